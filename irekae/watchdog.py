"""The host's own hand in the exchange of addresses (6.1): runs detached as root, standard library only, Python >= 3.7.

The seat puts this file into <state>/exchange/ on both hosts. From 5.3 on it guards the address (`gate`, called by
ifupdown); armed by the seat (`arm`) it changes places with the other host, and goes back by itself unless the seat
confirms over the new address. docs/phase6.md describes and argues the protocol; its words are the states below.

  gate             may ifupdown bring the interface up with $IF_ADDRESS? (exit status 3: no)
  arm              take the plan from standard input, then watch
  watch, again     be the watchdog; `again` (cron) only where something is unfinished
  ask WORD         tell the watchdog: status, go, prepare, confirm, abort; prints its answer
  who IFACE ADDRESS…   which hardware addresses answer for each address
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time
from typing import Any, Callable

FOLDER = os.path.dirname(os.path.abspath(__file__))
PERMIT = "/run/irekae-address"  # the address that the watchdog is just bringing up
GOODBYE = 2.0  # seconds for the operators' connections to end before the address goes
BEAT = 0.3  # seconds between two words to the other host
FRESH = 3.0  # seconds that the other host's word about an address is good for
SILENCE = 10.0  # seconds without a word, then the other host counts as dead
QUIET = 0.8  # seconds in which nobody may answer for an address before it is taken
INSIST = 20.0  # seconds, then a host takes its own address home though a third machine has it
PROBE = 0.2  # seconds between two ARP probes
TRIES = 3  # to get the network back up before the host is rebooted
ARP, WORD, ALL = 0x0806, 0x88B5, 0x0003  # ethertypes: ARP, IEEE's for local experiments, every one
EVERYBODY = b"\xff" * 6
SETTLED = ("", "reverted", "confirmed")


# --- what is remembered -----------------------------------------------------------------------------------------------


def place(name: str) -> str:
    """Path of one of our files."""
    return os.path.join(FOLDER, name)


def load(name: str) -> Any:
    """A JSON file of ours, {} when there is none."""
    try:
        with open(place(name), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def keep(name: str, text: str) -> None:
    """Write a file of ours in one step, and make it last."""
    fresh = place("." + name)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(fresh, place(name))
    folder = os.open(FOLDER, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def state() -> str:
    """The exchange's state on this host."""
    try:
        with open(place("state"), encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def log(text: str) -> None:
    """A line for people."""
    with open(place("watchdog.log"), "a", encoding="utf-8") as file:
        file.write("%s %s\n" % (time.strftime("%Y-%m-%dT%H:%M:%S%z"), text))


def home() -> str:
    """The side ("old" or "new") that is this host's without anybody's further word: also after a boot."""
    word, plan = state(), load("plan.json")
    if word in SETTLED:
        return "new" if word == "confirmed" else "old"
    return str(plan["take"] if word == "prepared" else plan["leave"])


def side(name: str) -> dict[str, str]:
    """Host name, address and interfaces file of a side."""
    guard, plan = load("guard.json"), load("plan.json")
    found: dict[str, str] = plan[name] if name in plan else guard[name]
    return found


# --- the host's network -----------------------------------------------------------------------------------------------


def addresses(interface: str) -> list[str]:
    """The IPv4 addresses that an interface has."""
    shown = subprocess.run(
        ["ip", "-4", "-o", "addr", "show", "dev", interface], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ).stdout.decode()
    return [line.split()[3].split("/")[0] for line in shown.splitlines()]


def logged_in(address: str) -> bool:
    """Is an ssh connection to this address open (proc(5), /proc/net/tcp: state 01 is established)."""
    wanted = "%08X:0016" % struct.unpack("=I", socket.inet_aton(address))[0]
    with open("/proc/net/tcp") as file:
        return any(line.split()[1] == wanted and line.split()[3] == "01" for line in file.readlines()[1:])


def arp(mac: bytes, sender: str, target: str) -> bytes:
    """An ARP request as a frame: a probe when sender is 0.0.0.0, an announcement when it is target (RFC 5227)."""
    head = EVERYBODY + mac + struct.pack("!HHHBBH", ARP, 1, 0x0800, 6, 4, 1)
    return head + mac + socket.inet_aton(sender) + b"\0" * 6 + socket.inet_aton(target)


def spell(mac: bytes) -> str:
    """A hardware address as people write it."""
    return ":".join("%02x" % byte for byte in mac)


class Wire:
    """The interface's Ethernet: works with or without an address, as long as the link is up."""

    def __init__(self, interface: str) -> None:
        """Listen to everything on the interface."""
        self.interface = interface
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(ALL))
        self.socket.bind((interface, ALL))
        self.socket.setblocking(False)
        self.mac: bytes = self.socket.getsockname()[4]
        self.heard = 0.0  # when any frame came in last
        self.holders: dict[str, dict[bytes, float]] = {}  # address → hardware address → when it last spoke

    def send(self, frame: bytes) -> None:
        """Send a frame; with the link down it is lost."""
        with contextlib.suppress(OSError):
            self.socket.send(frame)

    def frames(self) -> list[tuple[int, bytes]]:
        """What came in: ethertype and payload of every frame of others; who speaks for which address is noted."""
        found: list[tuple[int, bytes]] = []
        while True:
            try:
                data, come = self.socket.recvfrom(2048)
            except OSError:
                return found
            if come[2] == 4 or len(data) < 14 or data[6:12] == self.mac:  # 4: PACKET_OUTGOING, our own
                continue
            self.heard = time.monotonic()
            kind = struct.unpack("!H", data[12:14])[0]
            if kind == ARP and len(data) >= 42:
                # Who probes for an address is about to take it (RFC 5227, 2.1.1).
                sender = data[28:32] if any(data[28:32]) else data[38:42]
                self.holders.setdefault(socket.inet_ntoa(sender), {})[data[22:28]] = self.heard
            found.append((kind, data[14:]))

    def speakers(self, address: str, since: float = 0.0) -> list[str]:
        """Hardware addresses of all others that spoke for the address since then."""
        spoke = sorted(mac for mac, when in self.holders.get(address, {}).items() if when >= since)
        return [spell(mac) for mac in spoke]


# --- the watchdog -----------------------------------------------------------------------------------------------------


class Watchdog:
    """This host's half of the exchange."""

    def __init__(self) -> None:
        """Pick up what is remembered."""
        self.guard, self.plan = load("guard.json"), load("plan.json")
        self.interface = str(self.guard["interface"])
        self.wire = Wire(self.interface)
        self.state = state()
        self.claim = ""  # address that this host has, is taking, or has not surely let go
        for name in ("old", "new"):
            if (name in self.plan or name in self.guard) and side(name)["address"] in addresses(self.interface):
                self.claim = side(name)["address"]
        self.asked: set[str] = set()
        self.peer: dict[str, Any] = {}
        self.peer_at = 0.0
        self.next_beat = self.announce_until = self.deadline = self.away_since = 0.0
        self.why = ""
        self.door = self.open_door()

    def open_door(self) -> socket.socket:
        """The socket by which `ask` reaches us."""
        if os.path.exists(place("socket")):
            os.unlink(place("socket"))
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        door.bind(place("socket"))
        door.listen(8)
        return door

    # --- talking ---

    def pump(self, until: Callable[[], object], seconds: float = 1e9) -> bool:
        """Listen, speak and answer until the condition holds; False when it does not within these seconds."""
        end = time.monotonic() + seconds
        while True:
            self.beat()
            if until():
                return True
            left = min(end, self.next_beat) - time.monotonic()
            if end <= time.monotonic():
                return False
            ready = select.select([self.wire.socket, self.door], [], [], max(left, 0.0))[0]
            if self.door in ready:
                self.answer()
            for kind, payload in self.wire.frames():
                if kind == WORD:
                    self.hear(payload)

    def beat(self) -> None:
        """Tell the other host our state and which address we lay claim to, now and then."""
        now = time.monotonic()
        if now < self.next_beat:
            return
        self.next_beat = now + BEAT
        if self.plan:
            word = {"exchange": self.plan["id"], "from": self.plan["me"], "mac": spell(self.wire.mac),
                    "state": self.state, "claim": self.claim, "go": "go" in self.asked}  # fmt: skip
            text = json.dumps(word).encode()
            seal = hmac.new(bytes.fromhex(self.plan["secret"]), text, hashlib.sha256).digest()
            self.wire.send(EVERYBODY + self.wire.mac + struct.pack("!HH", WORD, len(text)) + seal + text)
        if self.claim and now < self.announce_until:
            self.wire.send(arp(self.wire.mac, self.claim, self.claim))

    def hear(self, payload: bytes) -> None:
        """Take the other host's word, if it is its own and of this exchange."""
        if not self.plan or len(payload) < 34:
            return
        text = payload[34 : 34 + struct.unpack("!H", payload[:2])[0]]
        seal = hmac.new(bytes.fromhex(self.plan["secret"]), text, hashlib.sha256).digest()
        if not hmac.compare_digest(seal, payload[2:34]):
            return
        word = json.loads(text.decode())
        if word["from"] == self.plan["peer"] and word["exchange"] == self.plan["id"]:
            self.peer, self.peer_at = word, time.monotonic()

    def answer(self) -> None:
        """Answer one `ask`."""
        guest, _ = self.door.accept()
        with guest:
            guest.settimeout(1.0)
            try:
                word = guest.recv(64).decode()
                if word != "status":
                    self.asked.add(word)
                    self.next_beat = 0.0
                    self.beat()
                guest.sendall(json.dumps(self.status()).encode())
            except OSError:
                pass

    def status(self) -> dict[str, Any]:
        """How things stand, for the seat."""
        age = time.monotonic() - self.peer_at if self.peer else None
        left = max(0.0, self.deadline - time.monotonic()) if self.deadline else None
        return {"state": self.state, "claim": self.claim, "left": left, "why": self.why, "running": True,
                "peer": self.peer.get("state"), "hears": age is not None and age < FRESH}  # fmt: skip

    # --- steps ---

    def enter(self, word: str, why: str = "") -> None:
        """Go to a state: remembered first, then told."""
        keep("state", word + "\n")
        self.state, self.why = word, why or self.why
        log("%s%s" % (word or "disarmed", ": " + why if why else ""))
        self.next_beat = 0.0
        self.beat()

    def run(self, *argv: str) -> int:
        """Run a command of the host while we go on talking; its exit status."""
        log("$ " + " ".join(argv))
        with open(place("watchdog.log"), "ab") as output:
            try:
                child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            except OSError as error:
                log(str(error))
                return 127
            # A command that hangs must not hold the way back.
            if not self.pump(lambda: child.poll() is not None, 30.0):
                child.kill()
        status = child.wait()
        if status:
            log("%s ended with status %d" % (argv[0], status))
        return status

    def put_down(self, name: str) -> None:
        """Let go of a side's address, leaving the link up."""
        gone = side(name)["address"]
        self.run("ifdown", "-i", side(name)["file"], "--exclude=lo", "-a")
        if gone in addresses(self.interface):
            self.run("ip", "-4", "address", "flush", "dev", self.interface, "scope", "global")
        self.run("ip", "link", "set", "dev", self.interface, "up")
        if gone not in addresses(self.interface):
            self.claim = ""
            self.next_beat = 0.0
            self.beat()

    def is_free(self, address: str, since: float, at_home: bool) -> bool:
        """May the address be taken: nobody answers for it, and the other host says that it has let go.

        On the way home a dead host needs no asking: one from which nothing is heard while others are. As long as the
        wire is silent this host is itself cut off, and nobody misses it. A third machine cannot keep it out for good.
        """
        now = time.monotonic()
        let_go = self.peer.get("claim") != address
        told = bool(self.peer) and let_go and now - self.peer_at < FRESH
        sure = not self.plan or os.path.exists(place("done")) or (let_go and self.peer.get("state") in SETTLED)
        speakers = self.wire.speakers(address, max(since, now - QUIET))
        if at_home and now - since > INSIST and (told or sure):
            speakers = [mac for mac in speakers if mac == self.peer.get("mac")]
        if now - since < QUIET or speakers:
            return False
        dead = now - max(since, self.peer_at) > SILENCE and self.wire.heard > since
        return told or (at_home and (sure or dead))

    def take(
        self, name: str, at_home: bool, seconds: float = 1e9, unless: Callable[[], object] = lambda: False
    ) -> bool:
        """Take a side's address and name when it is free; False when it isn't in time, or did not come up."""
        wanted = side(name)
        since = time.monotonic()
        probed = 0.0

        def free() -> bool:
            nonlocal probed
            if time.monotonic() - probed > PROBE:
                probed = time.monotonic()
                self.next_beat = min(self.next_beat, probed + PROBE)
                self.wire.send(arp(self.wire.mac, "0.0.0.0", wanted["address"]))
            return self.is_free(wanted["address"], since, at_home)

        self.run("ip", "link", "set", "dev", self.interface, "up")
        if not self.pump(lambda: unless() or free(), seconds) or unless():
            held_by = ", ".join(self.wire.speakers(wanted["address"], since)) or "the other host, or that is silent"
            self.why = "%s is held by %s" % (wanted["address"], held_by)
            return False
        self.claim = wanted["address"]
        # The other host must know before the address answers.
        self.next_beat = 0.0
        self.beat()
        return self.bring_up(wanted, at_home)

    def bring_up(self, wanted: dict[str, str], at_home: bool) -> bool:
        """Have ifupdown bring the address up, take the name with it, and announce both."""
        with open(PERMIT, "w") as file:
            file.write(wanted["address"])
        socket.sethostname(wanted["name"])
        # 6.1: the host's own restart, of which nothing is left to stop. The way home must not depend on it.
        ways = [["ifup", "-i", wanted["file"], "-a"], ["ifup", "-i", wanted["file"], self.interface]]
        ways = ways if at_home or wanted["file"] == self.guard["old"]["file"] else [self.guard["restart"]]
        for up in ways:
            if wanted["address"] not in addresses(self.interface):
                self.run(*up)
        os.unlink(PERMIT)
        if wanted["address"] not in addresses(self.interface):
            self.why = "%s did not come up (%s)" % (wanted["address"], " ".join(ways[0]))
            return False
        self.announce_until = time.monotonic() + 3.0
        self.next_beat = 0.0
        self.beat()
        return True

    def given_up(self) -> bool:
        """Has the other host given up, or the seat asked to."""
        return self.peer.get("state") in ("returning", self.plan.get("back")) or "abort" in self.asked

    # --- the exchange ---

    def watch(self) -> None:
        """Whatever is to be done from the remembered state on."""
        if self.state in ("changing", "trial", "returning"):
            self.go_back("the watchdog began anew in the state %s" % self.state)
        elif self.state == "prepared":
            self.wait_for_decision()
        else:
            if side(home())["address"] not in addresses(self.interface):
                self.come_home(home())
            if self.state == "armed":
                self.exchange()
        # The other host may still need our word: `again` goes on with this until it is known not to.
        self.pump(lambda: not self.plan or self.peer.get("state") in SETTLED or "quit" in self.asked, 55.0)
        if self.peer.get("state") in SETTLED:
            keep("done", "")
            for _ in range(3):
                self.next_beat = 0.0
                self.beat()

    def exchange(self) -> None:
        """From armed on."""
        within = self.plan["confirm_within"]
        self.pump(lambda: ("go" in self.asked and self.peer.get("go")) or "abort" in self.asked, within)
        if "abort" in self.asked or not ("go" in self.asked and self.peer.get("go")):
            self.enter(self.plan["back"], "disarmed, nothing was changed")
            return
        self.deadline = time.monotonic() + within
        self.enter("changing")
        leave = side(self.plan["leave"])
        self.pump(lambda: not logged_in(leave["address"]), GOODBYE)
        began = time.monotonic()
        self.put_down(self.plan["leave"])
        if self.take(self.plan["take"], False, within * 2 / 3, self.given_up):
            log("without an address for %.1f s" % (time.monotonic() - began))
            self.enter("trial", "away for %.1f s" % (time.monotonic() - began))
            if self.decide() if self.plan["decides"] else self.promise():
                return
        self.go_back(self.why)

    def decide(self) -> bool:
        """The deciding host: confirmed by the seat before the deadline, while the other host has promised to stay."""

        def may() -> bool:
            promised = self.peer.get("state") == "prepared" and time.monotonic() - self.peer_at < FRESH
            return promised and "confirm" in self.asked and time.monotonic() < self.deadline

        self.pump(lambda: self.given_up() or may(), self.deadline - time.monotonic())
        if self.given_up() or not may():
            self.why = "the other host gave up" if self.given_up() else "not confirmed in time"
            return False
        self.enter(self.plan["done"])
        return True

    def promise(self) -> bool:
        """The other host: once it is prepared it no longer goes back by itself, but only with the deciding one."""
        self.pump(lambda: self.given_up() or "prepare" in self.asked, self.deadline - time.monotonic())
        if self.given_up() or "prepare" not in self.asked:
            self.why = "the other host gave up" if self.given_up() else "not confirmed in time"
            return False
        self.deadline = 0.0
        self.enter("prepared")
        self.wait_for_decision()
        return True

    def wait_for_decision(self) -> None:
        """Prepared: the deciding host's word ends it, or the seat's, which had it from there."""
        self.asked.discard("abort")  # too late: the deciding host may have been confirmed
        went_back = ("returning", self.plan["back"])

        def decided() -> bool:
            return "confirm" in self.asked or self.peer.get("state") in (self.plan["done"], *went_back)

        wanted = side(self.plan["take"])["address"]
        while wanted not in addresses(self.interface) and not decided():
            if not self.take(self.plan["take"], True, unless=decided):
                self.pump(decided, 2.0)
        self.pump(decided)
        if self.peer.get("state") in went_back:
            self.go_back("the other host gave up")
        else:
            if wanted not in addresses(self.interface):
                self.come_home(self.plan["take"])
            self.enter(self.plan["done"])

    def go_back(self, why: str) -> None:
        """To the side that was left."""
        self.deadline = 0.0
        self.enter("returning", why)
        self.put_down(self.plan["take"])
        self.come_home(self.plan["leave"])
        self.enter(self.plan["back"])

    def come_home(self, name: str) -> None:
        """Take a side's address, whatever it takes: D6, a reboot, once; then without ifupdown."""
        tries = 0
        while not self.take(name, True):
            log(self.why)
            self.put_down(name)
            tries += 1
            if tries >= TRIES and not os.path.exists(place("rebooted")):
                self.reboot()
            elif tries >= TRIES and name == "old":
                log("ifupdown does not work, also after a reboot: setting the address by hand")
                for argv in self.guard["plain"]:
                    self.run(*argv)
                if side(name)["address"] in addresses(self.interface):
                    return
            self.pump(lambda: False, 2.0)

    def reboot(self) -> None:
        """The last resort (D6), once an exchange."""
        keep("rebooted", "")
        log("rebooting as the last resort (D6)")
        self.run("shutdown", "-r", "now")
        self.pump(lambda: False, 60.0)
        self.run("reboot", "-f")


# --- commands ---------------------------------------------------------------------------------------------------------


def alone(seconds: float) -> bool:
    """Take the watchdog's lock for the life of this process; False when another has it for so long."""
    fd = os.open(place("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def free() -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    return wait_for(free, seconds)


def watch(seconds: float) -> int:
    """Be the watchdog, unless there is one that stays for so long."""
    if alone(seconds):
        try:
            Watchdog().watch()
        except Exception as error:
            log("the watchdog failed: %r" % error)
            raise
    return 0


def detach() -> None:
    """Start a watchdog that outlives whoever asked for it."""
    with open(place("watchdog.log"), "ab") as output:
        subprocess.Popen([sys.executable, os.path.abspath(__file__), "watch"], stdin=subprocess.DEVNULL, stdout=output,
                         stderr=output, start_new_session=True, cwd="/")  # fmt: skip


def gate() -> int:
    """ifupdown asks, before it brings an interface up: only the address that is this host's just now may come up."""
    guard = load("guard.json")
    interface, address = os.environ.get("IFACE", ""), os.environ.get("IF_ADDRESS", "").split("/")[0]
    if not guard or state() == "confirmed" or interface not in ("--all", guard["interface"]):
        return 0
    try:
        with open(PERMIT) as file:
            mine = file.read()
    except FileNotFoundError:
        mine = side(home())["address"]
        if mine not in addresses(guard["interface"]):
            # After a boot, or a restart of the network by hand: come home. ifupdown asks for all interfaces first, and
            # waiting there lets what starts next find an address.
            socket.sethostname(side(home())["name"])
            detach()
            if interface == "--all":
                wait_for(lambda: mine in addresses(guard["interface"]), 15.0)
    if address not in (guard["old"]["address"], guard["new"]["address"]) or address == mine:
        return 0
    print("irekae: %s must not come up with %s before the exchange is confirmed" % (interface, address))
    return 3


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition, at most so long."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def arm() -> int:
    """Take the plan and watch from now on; refused while an exchange is under way."""
    if state() not in SETTLED:
        print("an exchange is under way: %s" % state())
        return 3
    plan = json.load(sys.stdin)
    tell("quit")  # one that lingers for the other host's sake
    if not alone(10.0):
        print("another watchdog is at work")
        return 3
    for mark in ("rebooted", "done"):
        if os.path.exists(place(mark)):
            os.unlink(place(mark))
    keep("plan.json", json.dumps(plan))
    keep("state", "armed\n")
    detach()
    return 0


def tell(word: str) -> str:
    """Tell the watchdog a word; its answer, "" where there is none."""
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(5.0)
    with contextlib.suppress(OSError), client:
        client.connect(place("socket"))
        client.sendall(word.encode())
        return client.recv(4096).decode()
    return ""


def ask(word: str) -> int:
    """Print the watchdog's answer to a word; without a watchdog, what is remembered."""
    print(tell(word) or json.dumps({"state": state(), "running": False, "why": "", "hears": False}))
    return 0


def who(interface: str, wanted: list[str]) -> int:
    """Print which hardware addresses answer for each address: {address: [hardware address…]}."""
    wire = Wire(interface)
    end = time.monotonic() + 1.5
    probe = 0.0
    while time.monotonic() < end:
        if time.monotonic() > probe:
            probe = time.monotonic() + 0.3
            for address in wanted:
                wire.send(arp(wire.mac, "0.0.0.0", address))
        select.select([wire.socket], [], [], 0.1)
        wire.frames()
    found = {address: wire.speakers(address) for address in wanted}
    print(json.dumps({"me": spell(wire.mac), "holders": found}))
    return 0


def main(words: list[str]) -> int:
    """One of the verbs above; exit status 2 for anything else."""
    os.umask(0o077)
    verb, rest = (words or [""])[0], words[1:]
    unfinished = state() not in SETTLED or (bool(load("plan.json")) and not os.path.exists(place("done")))
    verbs: dict[str, Callable[[], int]] = {
        "gate": gate,
        "arm": arm,
        "watch": lambda: watch(15.0),
        "again": lambda: watch(0.0) if unfinished else 0,
        "ask": lambda: ask(rest[0]),
        "who": lambda: who(rest[0], rest[1:]),
    }
    if verb not in verbs:
        print(__doc__)
        return 2
    return verbs[verb]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
