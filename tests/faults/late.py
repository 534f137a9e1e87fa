"""What is written on production behind the copy, before the names change places: none of it may stay there unseen."""

from __future__ import annotations

import uuid

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived
from tests.faults.databases import MARIADB, POSTGRESQL
from tests.faults.hostile import must
from tests.faults.words import found_in

NEEDS = ("trees", "postfix")
BOX = "/var/vmail/example.com/anna"
TOLD = "6.1 refuses, naming it, before anything is let go; copied again as it says, all of it is on the new production"
SEND = """
import smtplib
with smtplib.SMTP("@at-production@", timeout=20) as server:
    server.sendmail("", ["anna\\x40example.com"], "Subject: late\\r\\n\\r\\n{word}\\r\\n")
"""


def _refused(bench: Bench, *paths: str) -> None:
    """6.1 must name each, and neither host's address may have moved."""
    said = bench.fab("resume", "--through", "6", want=None)
    missing = [path for path in paths if path not in said]
    if missing or "rollback --to phase2" not in said:
        raise NotSurvived(f"not told: {missing}: {said[-2000:]}")
    for machine, box in zip("ab", bench.cast.profile.pair, strict=True):
        must(bench, machine, f"ip -4 -o addr show | grep -qw {box.address}", "it has its old address")


def _copied_again(bench: Bench) -> None:
    bench.fab("rollback", "--to", "phase2")
    bench.resume(8)


@fault("late/files", "a new file, an altered one, one that goes (/srv), a mail that a program puts into /var/vmail",
       "on production between phases 5 and 6", TOLD, seconds=150, needs=NEEDS)  # fmt: skip
def files(bench: Bench) -> str:
    """By hand: no service that is stopped has anything to do with it."""
    bench.at(6)
    bench.on("a", "cd /srv/files; echo late > late; chown carol:team late; echo altered > readme.html; "
                  "rm /srv/git/project.git/description; "
                  f"install -o vmail -g vmail -m 600 /dev/null {BOX}/Maildir/new/9.late.here")  # fmt: skip
    box = f"{BOX}/Maildir/new/9.late.here"
    paths = ("/srv/files/late", "/srv/files/readme.html", "/srv/git/project.git/description")
    _refused(bench, *paths, box)
    _copied_again(bench)
    must(bench, "b", f'[ "$(cat {paths[0]} {paths[1]})" = "$(printf \'late\\naltered\')" ]', "both are there")
    must(bench, "b", f"[ -f {box} ] && ! [ -e {paths[2]} ]", "the mail is there, and what went is gone")
    must(bench, "b", f"[ $(stat -c %U {box}) = vmail ]", "it belongs to vmail, whatever its number")
    return "named and refused, then copied"


@fault("late/mail", "production boots, its mail system with it, and takes a mail for a mailbox in /var/vmail",
       "between phases 5 and 6", "it is in its box on the new production, exactly once", seconds=150,
       needs=NEEDS)  # fmt: skip
def mail(bench: Bench) -> str:
    """Nothing is at rest any more that 1.3 only stopped."""
    bench.at(6)
    word = f"word-{uuid.uuid4().hex}"
    bench.lab("console", "outside", "python3", "-", stdin=bench.cast.ours(SEND).replace("{word}", word))
    said = bench.fab("resume", "--through", "6", want=None)
    seen = "carried over with the queue"
    if "rollback --to phase2" in said:
        _copied_again(bench)
        seen = "told, then copied"
    else:
        bench.resume(8)
    bench.wait("it is in its box", lambda: found_in(bench, "b", f"{BOX}/Maildir/*/*")[word] > 0)
    if (count := found_in(bench, "b", f"{BOX}/Maildir/*/*")[word]) != 1:
        raise NotSurvived(f"it is there {count} times")
    return seen


TIMER = """
cd /etc/systemd/system
printf '[Service]\\nType=oneshot\\nExecStart=/bin/sh -c "date >> /srv/files/measured"\\n' > late.service
printf '[Timer]\\nOnActiveSec=1\\nOnUnitActiveSec=1\\nAccuracySec=100ms\\n' > late.timer
systemctl daemon-reload; systemctl start late.timer
"""


@fault("late/timer", "a timer that nobody named starts, and writes below /srv every second", "phases 3 to 6", TOLD,
       seconds=150, needs=NEEDS)  # fmt: skip
def timer(bench: Bench) -> str:
    """Of 1.5's own timers none is armed; this one is not among them."""
    bench.at(3)
    bench.on("a", TIMER)
    bench.resume(5)
    _refused(bench, "/srv/files/measured")
    bench.on("a", "systemctl stop late.timer late.service; rm /etc/systemd/system/late.*; systemctl daemon-reload")
    _copied_again(bench)
    lines = [bench.on(machine, "cat /srv/files/measured") for machine in "ab"]
    if lines[0] != lines[1] or not lines[0]:
        raise NotSurvived(f"{len(lines[0].splitlines())} lines there, {len(lines[1].splitlines())} here")
    return f"named and refused, then copied: {len(lines[0].splitlines())} lines"


@fault("late/held-timer", "somebody arms a timer again that 1.5 holds, and its job is started", "in phase 3",
       "the swap ends; it is armed on the new production alone", seconds=150, needs=("systemd",))  # fmt: skip
def held_timer(bench: Bench) -> str:
    """As a hand, or a package's own script, would."""
    bench.at(3)
    units = bench.cast.site["phase1"]["scheduled"]
    bench.on("a", f"systemctl enable --now {units[-1]}; systemctl start {units[-1].replace('.timer', '.service')}")
    bench.resume(8)
    for unit in units:
        must(bench, "b", f"systemctl is-active -q {unit} && systemctl is-enabled -q {unit}", f"{unit} is armed")
        must(bench, "a", f"! systemctl is-active -q {unit} && ! systemctl is-enabled -q {unit}", f"{unit} is not")
    return "armed on the new production alone"


@fault("late/rows", "a row of the wiki's and a row of the library's",
       "written on production between phases 5 and 6", TOLD, seconds=150, needs=("databases", "systemd"))  # fmt: skip
def rows(bench: Bench) -> str:
    """By hand: what writes there is stopped."""
    bench.at(6)
    MARIADB.ask(bench, "a", "INSERT INTO page (name, contents, md5hex) VALUES ('Late', 'x', '')")
    POSTGRESQL.ask(bench, "a", "INSERT INTO book (title) VALUES ('Late')")
    _refused(bench, "mariadb: wiki: table page: ", "postgresql: library: table public.book: ", "changed since 3.6")
    _copied_again(bench)
    for kind, words in ((MARIADB, "page WHERE name = 'Late'"), (POSTGRESQL, "book WHERE title = 'Late'")):
        if kind.ask(bench, "b", f"SELECT COUNT(*) FROM {words}") != "1":
            raise NotSurvived(f"{kind.name}: the row stayed behind")
    return "named and refused, then copied"
