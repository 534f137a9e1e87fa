"""Mail that is queued, under way or late: each message is called by a word of its own, and has to come exactly once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from tests.driver import PROJECT
from tests.faults.bench import Bench
from tests.faults.catalogue import QMAIL, fault
from tests.faults.compare import NotSurvived, want
from tests.faults.words import found_in, put_in, want_once

DOMAIN = "itpass.scitec.kobe-u.ac.jp"
ONCE = "each message is in its mailbox exactly once, and none on the other machine alone"
LOG = "/var/log/qmail/send.log"
AT_ONCE = "pkill -ALRM -x qmail-send || true"


def _queue(bench: Bench, machine: str, to: str, count: int) -> list[str]:
    """So many messages for somebody; the word that each bears."""
    return put_in(bench, machine, f"To: {to}\\n\\n", "/var/qmail/bin/qmail-inject", count)


def _want_once(bench: Bench, machine: str, where: str, words: Iterable[str], hurry: str = "") -> None:
    """As `want_once`; by itself qmail would try again after 400 s, once a try was in vain."""
    want_once(bench, machine, where, words, hurry, AT_ONCE)


def _ready_to_deliver(bench: Bench, user: str) -> None:
    """Whoever's home was sticky may be delivered to again."""
    bench.on("a", f"chmod -t /home/{user}")


@fault("mail/queued-local", "150 messages for users of both kinds of mailbox, and 20 that nothing takes, are queued",
       "on production before phase 1", ONCE, seconds=150, needs=(QMAIL,))  # fmt: skip
def queued_local(bench: Bench) -> str:
    """qmail has decided that they are local: on the old machine they would stay so for ever."""
    bench.references()
    bench.at(1)
    bench.on("a", "chmod +t /home/ueno /home/koyama")
    maildir = _queue(bench, "a", f"ueno@{DOMAIN}", 100)
    mbox = _queue(bench, "a", f"koyama@{DOMAIN}", 50)
    stuck = _queue(bench, "a", f"tsuda-ticket@{DOMAIN}", 20)
    bench.wait("all of them are preprocessed", lambda: bench.on("a", "ls /var/qmail/queue/todo") == "")
    _ready_to_deliver(bench, "ueno")
    _ready_to_deliver(bench, "koyama")
    bench.resume(8)
    bench.on("b", f"echo ./Maildir/ > /home/tsuda/.qmail-ticket; {AT_ONCE}")
    _want_once(bench, "b", "/home/ueno/Maildir/*/*", maildir)
    _want_once(bench, "b", "/home/koyama/Mailbox", mbox)
    _want_once(bench, "b", "/home/tsuda/Maildir/*/*", stuck)
    return "170 messages, each once"


@fault("mail/rollback", "mail for production's own domains is queued on the machine that takes none any more",
       "behind phase 7, then rollback", "production sends none of its own mail back (#5.4.6); " + ONCE,
       seconds=120, needs=(QMAIL,))  # fmt: skip
def rolled_back(bench: Bench) -> str:
    """By what locals said then it is remote; production would find itself to be its best exchanger."""
    bench.references()
    bench.at(8)
    # The boot just before has started what 1.3 stopped: nothing takes mail there until 8.1.
    bench.on("b", "/etc/init.d/tcpserver stop; /etc/init.d/qmail stop")
    words = _queue(bench, "a", f"asada@{DOMAIN}", 5)
    bench.wait("they were tried", lambda: bench.on("a", f"grep -c 'remote asada@{DOMAIN}' {LOG}", ok=False) >= "5")
    held = _queue(bench, "a", f"ueno@{DOMAIN}", 5)
    own = bench.on("b", f"grep -rla 'T[a-z-]*@{DOMAIN}' /var/qmail/queue/local /var/qmail/queue/remote").split()
    said = bench.fab("rollback", "--to", "phase1")
    bench.on("a", AT_ONCE)
    _want_once(bench, "a", "/home/asada/Maildir/*/*", words)
    _want_once(bench, "a", "/home/ueno/Maildir/*/*", held)
    if "5.4.6" in bench.on("a", f"cat {LOG}"):
        raise NotSurvived("production sent its own mail back (#5.4.6)")
    log = bench.on("b", f"cat {LOG}")
    want(
        [f"message {path}" for path in own if f"bounce msg {path.rpartition('/')[2]}\n" in log],
        "b sent its own mail back",
    )
    if not own:
        raise NotSurvived("nothing for production's domains was queued on b")
    bench.want_before(said)
    return "10 messages, each once"


@fault("mail/rollback-both", "mail is queued on both machines, for users and for another host", "behind phase 7, "
       "then rollback", "both queues deliver again: " + ONCE, seconds=120, needs=(QMAIL,))  # fmt: skip
def rolled_back_both(bench: Bench) -> str:
    """The new production's is local there, and remote on the standby that it becomes again."""
    bench.references()
    bench.at(8)
    for machine in "ab":
        bench.on(machine, "/etc/init.d/tcpserver stop; /etc/init.d/qmail stop")
    far = "gaibu@outside.scitec.kobe-u.ac.jp"
    users = [word for machine in "ab" for word in _queue(bench, machine, f"asada@{DOMAIN}", 5)]
    others = [word for machine in "ab" for word in _queue(bench, machine, far, 2)]
    said = bench.fab("rollback", "--to", "phase1")
    _want_once(bench, "a", "/home/asada/Maildir/*/*", users, hurry="ab")
    _want_once(bench, "outside", "/home/gaibu/Maildir/*/*", others, hurry="ab")
    bench.want_before(said)
    return f"{len(users) + len(others)} messages, each once"


@fault("mail/hanging-peer", "another host takes production's connection and never says a word",
       "1.3", "1.3 says whom it waits for, ends that delivery at its deadline, and the message stays in the queue",
       seconds=90, needs=(QMAIL,))  # fmt: skip
def hanging_peer(bench: Bench) -> str:
    """tcpserver of outside is stopped: the kernel takes connections for it."""
    bench.references()
    bench.at(1)
    bench.on("outside", "pkill -STOP -x tcpserver")
    try:
        [word] = _queue(bench, "a", "gaibu@outside.scitec.kobe-u.ac.jp", 1)
        bench.wait("a delivery hangs", lambda: bench.on("a", "pgrep -x qmail-remote", ok=False) != "")
        with bench.site(r"^stop_wait = 180 .*$", "stop_wait = 5"):
            said = bench.fab("resume", "--through", "1")
    finally:
        bench.on("outside", "pkill -CONT -x tcpserver")
    for told in ("waiting for", "talks to 198.51.100.50:25", "killed, as the last resort"):
        if told not in said:
            raise NotSurvived(f"“{told}” was not said: {said[-1500:]}")
    if word not in found_in(bench, "a", "/var/qmail/queue/mess/*/*"):
        raise NotSurvived("the message is not in the queue any more")
    return next(line.strip() for line in said.splitlines() if "last resort" in line)[:160]


SLOW = "printf '|sleep 8; cat >> slow\\n' > /home/kato/.qmail-slow; chown kato: /home/kato/.qmail-slow"


def _under_way(bench: Bench) -> list[str]:
    """A delivery, as kato, that takes some seconds."""
    bench.on("a", SLOW)
    words = _queue(bench, "a", f"kato-slow@{DOMAIN}", 1)
    bench.wait("it is under way", lambda: bench.on("a", "pgrep -xf '.*qmail-local.* kato-slow .*'", ok=False) != "")
    return words


@fault("mail/under-way", "a delivery into a user's mailbox is under way, as that user", "1.2 and 1.3",
       "it ends by itself, and is copied: " + ONCE, seconds=60, needs=(QMAIL,))  # fmt: skip
def under_way(bench: Bench) -> str:
    """1.2 ends the users' processes, and 1.3 stops qmail."""
    bench.references()
    bench.at(1)
    words = _under_way(bench)
    bench.resume(4)
    _want_once(bench, "b", "/home/kato/slow", words)
    return "delivered once, and copied"


STOPS = {
    "only-signals": "pkill -TERM -x qmail-send",
    "greps-its-name": "ps axww | grep qmail | grep -v -e grep -e 'qmail stop' | awk '{print $1}' | xargs -r kill",
}


def _script(bench: Bench, machine: str, stop: str) -> None:
    """qmail's script with another way to stop, as many a host has it."""
    text = bench.on(machine, "cat /etc/init.d/qmail")
    changed, found = re.subn(
        r"^stop\(\) \{.*?^\}", lambda _: f"stop() {{\n    {stop}\n    return 0\n}}", text, flags=re.M | re.S
    )
    assert found == 1
    bench.lab("console", machine, "sh", "-c", "cat > /etc/init.d/qmail", stdin=changed)


@fault("mail/script-only-signals", "qmail's stop script signals and returns while a delivery is under way",
       "1.3, 7.1", "it is waited for; phases 1 to 8 end, qmail runs on both", seconds=120, needs=(QMAIL,))  # fmt: skip
def only_signals(bench: Bench) -> str:
    """As those of most hand-made scripts do."""
    return _stopped_by(bench, STOPS["only-signals"])


@fault("mail/script-greps-its-name", "qmail's stop script ends whatever `ps` shows with its name", "1.3, 7.1",
       "no process of ours is among them; phases 1 to 8 end, qmail runs on both", seconds=120,
       needs=(QMAIL,))  # fmt: skip
def greps_its_name(bench: Bench) -> str:
    """It killed the shell that was to start qmail again."""
    return _stopped_by(bench, STOPS["greps-its-name"], slow=False)


def _stopped_by(bench: Bench, stop: str, slow: bool = True) -> str:
    bench.references()
    bench.at(1)
    for machine in "ab":
        bench.on(machine, "cp -p /etc/init.d/qmail /root/qmail")
        _script(bench, machine, stop)
    words = _under_way(bench) if slow else []
    bench.resume(8)
    if words:
        _want_once(bench, "b", "/home/kato/slow", words)
    for machine in "ab":
        bench.on(machine, "pgrep -x qmail-send")
    return "phases 1 to 8 done; qmail runs on both"


@fault("mail/stranded", "mail comes into a mailbox of the old machine behind the copy", "behind phase 7",
       "the report names it and denies acceptance", seconds=100, needs=("mail",))  # fmt: skip
def stranded(bench: Bench) -> str:
    """Put there by hand, as a program that does not go by qmail would."""
    bench.references()
    bench.at(8)
    bench.resume(8)
    user = bench.cast["user"]
    bench.on("a", f"su {user} -s /bin/sh -c 'echo late > /home/{user}/Maildir/new/9.late.here'")
    bench.fab("report", want=None)
    results = json.loads((PROJECT / "report/acceptance.json").read_text(encoding="utf-8"))
    rows = [row for row in results["baseline"] if row["verdict"] == "new difference"]
    if not any(row["subject"] == f"stranded mail 9.late.here of {user}" for row in rows):
        raise NotSurvived(f"it is not told: {rows}")
    return "named, and denied"


@fault("mail/submitted-late", "programs of production submit mail by qmail-inject while its qmail rests", "before 6.1",
       ONCE + "; the report names each", seconds=120, needs=(QMAIL,))  # fmt: skip
def submitted_late(bench: Bench) -> str:
    """For a local user, for another host, and for both in one message: qmail-queue takes them all."""
    bench.references()
    bench.at(1)
    bench.resume(5)
    local = _queue(bench, "a", f"asada@{DOMAIN}", 3)
    both = _queue(bench, "a", f"ueno@{DOMAIN}, gaibu@outside.scitec.kobe-u.ac.jp", 1)
    bench.resume(8)
    _want_once(bench, "b", "/home/asada/Maildir/*/*", local)
    _want_once(bench, "b", "/home/ueno/Maildir/*/*", both)
    _want_once(bench, "outside", "/home/gaibu/Maildir/*/*", both, hurry="a")
    if left := set(found_in(bench, "a", "/home/*/Maildir/*/*")) & {*local, *both}:
        raise NotSurvived(f"on the old machine: {left}")
    bench.fab("report", want=None)
    results = json.loads((PROJECT / "report/acceptance.json").read_text(encoding="utf-8"))
    told = [row["after"] for row in results["baseline"] if row["subject"].startswith("mail #")]
    if sum("carried to ika as #" in row for row in told) < 4:
        raise NotSurvived(f"not each is told: {told}")
    return "4 messages, each once"
