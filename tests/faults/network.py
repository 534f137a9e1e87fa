"""The network: the operator's cable, a restart that fails, an address that somebody else has, no name server."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import partial

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.chains import SAME
from tests.faults.compare import NotSurvived, differences, want
from tests.faults.seat import BUSY

LAB = f"{sys.executable} -m lab.cli"
STATE = "cat /var/lib/irekae/exchange/state 2>/dev/null; true"
CONFIRM_WITHIN = 20  # seconds
HOME = ("", "reverted")
LARGE = "/home/@user@/large file"
STOP = """while [ ! -e /run/stopped ]; do
    for process in $(pgrep -x rsync); do
        ls -l /proc/$process/fd 2>/dev/null | grep -q 'large file' && kill -STOP $process && touch /run/stopped
    done
done
"""


@fault(
    "cut/3",
    "the operator's network is cut, for longer than a connection lives",
    "phase 3, while /home is being copied",
    "the copy goes on by itself; resume attaches to it, no second one is started; " + SAME,
    seconds=70,
)
def in_the_copy(bench: Bench) -> str:
    """The copy is stopped in the middle (SIGSTOP) until resume has attached to it, however long that takes."""
    bench.after(3)
    bench.at(3)
    large = bench.cast.ours(LARGE)
    bench.on("a", bench.cast.ours(f"head -c 200000000 /dev/urandom > '{LARGE}'; chown @user@: '{LARGE}'"))
    # The copy is met in the middle: the first rsync that has opened the large file.
    bench.on("a", f"cat > /root/stop <<'E'\n{STOP}E\nsetsid sh /root/stop >/dev/null 2>&1 &")
    operator = bench.start("resume", "--through", "3")
    bench.wait("the copy is in the middle", lambda: "yes" in bench.on("a", "[ -e /run/stopped ] && echo yes; true"), 60)
    bench.lab("cut", "seat")
    status, said = bench.finish(operator)
    bench.lab("mend", "seat")
    if status != 4:
        raise NotSurvived(f"fab ended with {status}, not 4: {said[-500:]}")
    other = _attached(bench)
    bench.on("a", "pkill -CONT -x rsync; rm -f /root/stop /run/stopped")
    status, said = bench.finish(other)
    if status != 0:
        raise NotSurvived(f"resume ended with {status}: {said[-500:]}")
    copies = [entry for entry in bench.journal("b") if entry["event"] == "change" and "copy /home" in entry["what"]]
    if len(copies) != 1:
        raise NotSurvived(f"{len(copies)} copies were started")
    if bench.on("a", f"sha256sum '{large}'") != bench.on("b", f"sha256sum '{large}'"):
        raise NotSurvived("the large file arrived damaged")
    for machine in "ab":
        bench.on(machine, f"rm '{large}'; rm -rf /root/stop")
    bench.want_after(3)
    return "one copy, attached to by resume"


def _attached(bench: Bench) -> subprocess.Popen[str]:
    """A resume that works at 3.1; the dead session holds it until its host has noticed."""
    process = bench.start("resume", "--through", "3")

    def works() -> bool:
        nonlocal process
        if process.poll() is not None:
            status, said = bench.finish(process)
            if status != 3 or BUSY not in said:
                raise NotSurvived(f"resume ended with {status}: {said[-500:]}")
            # As the refusal says: a lock never expires by itself.
            for machine in bench.cast.profile.pair:
                bench.fab("unlock", "3.1", "--host", machine.name, "--why", "the network was cut")
            process = bench.start("resume", "--through", "3")
        return len(_started(bench)) > 1

    bench.wait("resume works at 3.1", works)
    return process


def _started(bench: Bench) -> list[object]:
    return [entry for entry in bench.journal("a") if entry.get("item") == "3.1" and entry["event"] == "started"]


def _at_home(bench: Bench) -> bool:
    return all(bench.on(machine, STATE).strip() in HOME for machine in "ab")


def in_the_exchange(bench: Bench, point: str) -> str:
    """Cut at a word to a watchdog; both hosts are home by themselves before the cable is mended."""
    bench.after(6)
    bench.at(6)
    point = bench.cast.ours(point)
    with bench.setting("network", "confirm_within", str(CONFIRM_WITHIN)):
        operator = bench.start_killer("resume", "--through", "6", point=point, do=f"{LAB} cut seat")
    bench.wait("the cable is cut", lambda: "cable is cut" in bench.lab("status") or operator.poll() is not None)
    over = time.monotonic() + CONFIRM_WITHIN
    bench.wait("the deadline is over, and both hosts are home", lambda: time.monotonic() > over and _at_home(bench))
    places = differences(bench.after(5), bench.state(), mtimes=False)
    want([line for line in places if "addresses" in line or "hostname" in line], "not home")
    bench.lab("mend", "seat")
    found = bench.killed(operator)
    if not found["at"]:
        raise NotSurvived(f"never at {point}: {found['said'][-500:]}")
    seen = bench.resume_after_cut(6)
    bench.want_after(6)
    return f"fab ended with {found['status']}; both went home; {seen}"


for _point, _where in (
    ("arm-production", "before arming"),
    ("go-production", "after arming"),
    ("confirm-standby", "before confirming"),
):
    fault(f"cut/6-{_point}", "the operator's network is cut, for longer than the deadline", f"phase 6, {_where}",
          "both hosts go back by themselves; " + SAME,
          seconds=100)(partial(in_the_exchange, point="{}-@{}@".format(*_point.split("-"))))  # fmt: skip


def _never(program: str, unit: str) -> tuple[str, str]:
    """A daemon of systemd's that does not start, whose own program fails: what breaks it, and what mends it."""
    drop_in = f"/run/systemd/system/{unit}.service.d"
    return (
        f"mv {program} /root/kept; printf '#!/bin/sh\\nexit 1\\n' > {program}; chmod 755 {program}; "
        f"mkdir -p {drop_in}; printf '[Service]\\nExecStartPre=/bin/false\\n' > {drop_in}/x.conf; "
        "systemctl daemon-reload",
        f"mv /root/kept {program}; rm -r {drop_in}; systemctl daemon-reload; systemctl restart {unit}",
    )


_NO_NETWORKD = _never("/usr/bin/networkctl", "systemd-networkd")
# What makes a network manager do nothing, and mends it. What insserv reads of the script stays: a boot link that is set
# meanwhile is numbered as it would be anyway.
NO_RESTART = {
    "ifupdown": (
        "cp -a /etc/init.d/networking /root/kept; sed -i '/^### END INIT INFO/a exit 1' /etc/init.d/networking",
        "mv /root/kept /etc/init.d/networking",
    ),
    "networkd": _NO_NETWORKD,
    "netplan": _NO_NETWORKD,  # which it writes files for
    "NetworkManager": _never("/usr/bin/nmcli", "NetworkManager"),
}


def no_restart(bench: Bench, machine: str) -> str:
    """A start of the network manager ends with an error and does nothing."""
    bench.after(6)
    bench.at(6)
    broken, mended = NO_RESTART[bench.cast.facts["network"][machine]]
    bench.on(machine, broken)
    said = bench.fab("resume", "--through", "6", want=1)
    if "both hosts went back" not in said:
        raise NotSurvived(said[-800:])
    bench.on(machine, mended)
    home = differences(bench.after(5), bench.state(), mtimes=False)
    want([line for line in home if "addresses" in line or "hostname" in line], "not home")
    bench.resume(6)
    bench.want_after(6)
    return "both hosts went back, by themselves"


for _machine in "ab":
    fault(f"networking/6-{_machine}", f"the network manager cannot be started again on machine {_machine}", "phase 6",
          "both hosts go back, exit status 1; once it works, resume ends as an undisturbed phase does",
          seconds=90)(partial(no_restart, machine=_machine))  # fmt: skip


def third(bench: Bench, six: bool) -> str:
    """A second holder of the address answers to ARP, or to neighbour solicitations, as well."""
    bench.after(6)
    bench.at(6)
    production = bench.cast.production
    address = f"{production.ipv6}/128" if six else f"{production.address}/32"
    bench.on("outside", f"ip addr add {address} dev eth0{' nodad' if six else ''}")
    said = bench.fab("resume", "--through", "6", want=None)
    home = differences(bench.after(5), bench.state(), mtimes=False)
    bench.on("outside", f"ip addr del {address} dev eth0")
    want([line for line in home if "addresses" in line or "hostname" in line], "something was changed")
    if "held by" not in said and "stranger" not in said:
        raise NotSurvived(f"not told: {said[-800:]}")
    bench.resume(6)
    bench.want_after(6)
    return next(line.strip() for line in said.splitlines() if "held by" in line or "stranger" in line)[:200]


for _name, _six in (("third/6", False), ("third/6-ipv6", True)):
    fault(_name, f"a third machine has production's address{' of IPv6' if _six else ''}", "before phase 6",
          "found before anything is changed; once it is gone, " + SAME,
          needs=("ipv6",) if _six else ())(partial(third, six=_six))  # fmt: skip


@fault("dns/seat", "the operator's name server is down", "phases 1 to 8", SAME)
def no_dns(bench: Bench) -> str:
    """The campus' name server is the computer outside: its power is off."""
    bench.references()
    bench.at(1)
    bench.lab("power", "outside", "off")
    bench.fab("resume", "--through", "8")
    bench.lab("power", "outside", "on")
    bench.want_final()
    return "nothing that is done needs names resolved"


AT_MOST = 10  # seconds for a login with sudo; each name that is asked for costs 25 where nobody answers


@fault("dns/hosts-silent", "the name server of both hosts takes every question and says nothing",
       "from before phase 5 until 6.1", "each login with sudo is there at once, between 5.1 and 6.1 too; " + SAME,
       seconds=90)  # fmt: skip
def silent_dns(bench: Bench) -> str:
    """Until 6.1 a host runs under a name that its files do not give it any more."""
    bench.after(6)
    bench.at(5)
    bench.on("outside", "pkill -STOP -x named")
    resolver = bench.cast.profile.resolver[1]
    for machine in "ab":
        bench.on(machine, f"cp -p /etc/resolv.conf /root/resolv; echo nameserver {resolver} > /etc/resolv.conf")
    for phase in (4, 5):
        if phase == 5:
            bench.resume(5)
        for address in (machine.address for machine in bench.cast.profile.pair):
            done = bench.driver.ssh(address, f"timeout {AT_MOST} sudo -n true || echo late; hostname")
            if done.returncode != 0 or "late" in done.stdout:
                raise NotSurvived(f"{address} after phase {phase}: {done.returncode} {done.stdout}{done.stderr}")
    for machine in "ab":
        bench.on(
            machine, "cat /root/resolv > /etc/resolv.conf; touch -r /root/resolv /etc/resolv.conf; rm /root/resolv"
        )
    bench.resume(6)
    bench.on("outside", "pkill -CONT -x named")
    bench.want_after(6)
    return "sudo waits for no name, before 5.1 and behind it"


@fault("clock/seat", "the clocks of the hosts are five hours off the operator's (his own is put back: the lab's hosts "
       "have this machine's)", "phase 0", "refused with exit status 3, told by how much")  # fmt: skip
def clock(bench: Bench) -> str:
    """A stand-in: the operator's fab sees another time."""
    bench.lab("up")
    bench.lab("reset")
    found = bench.killer("phase0", late=18000.0)
    if found["status"] != 3 or "clock is +18000 s off" not in found["said"]:
        raise NotSurvived(f"{found['status']}: {found['said'][-600:]}")
    return "its clock is +18000 s off this seat's"
