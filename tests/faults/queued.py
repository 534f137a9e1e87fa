"""Mail that waits in postfix's queue: each message bears a word of its own, and has to come exactly once."""

from __future__ import annotations

from collections.abc import Iterable

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import want
from tests.faults.words import found_in, put_in, want_once

ONCE = "each message is in its mailbox exactly once, and none on the other machine alone"
NEEDS = ("postfix",)
STUCK = "printf '\"|exit 75\"\\n' > /home/dave/.forward; chown dave: /home/dave/.forward"


def queue(bench: Bench, machine: str, to: str, count: int) -> list[str]:
    """So many messages for somebody, by sendmail(1); the word that each bears."""
    head = f"From: hayashi\\nTo: {to}\\nSubject: queued\\n\\n"
    return put_in(bench, machine, head, f"/usr/sbin/sendmail -i -f '' {to}", count)


def _want_once(bench: Bench, machine: str, where: str, words: Iterable[str]) -> None:
    want_once(bench, machine, where, words, "ab", "postqueue -f")


def _guest(bench: Bench) -> str:
    return f"guest@{bench.cast.profile.of_group('outside')[0].fqdn}"


@fault("queued/local-and-remote", "40 messages whose delivery fails for now are queued: a user's program, another host",
       "on production before phase 1", ONCE, seconds=150, needs=NEEDS)  # fmt: skip
def local_and_remote(bench: Bench) -> str:
    """A local one would be delivered into the old machine's /home for ever."""
    bench.at(1)
    bench.on("outside", "service postfix stop")
    bench.on("a", STUCK)
    stuck = queue(bench, "a", "dave@example.org", 20)
    far = queue(bench, "a", _guest(bench), 20)
    tried = "find /var/spool/postfix/deferred -type f | wc -l"
    bench.wait("each was tried", lambda: int(bench.on("a", tried)) >= 40)
    bench.resume(8)
    bench.on("outside", "service postfix start")
    bench.on("b", "rm /home/dave/.forward")
    _want_once(bench, "b", "/home/dave/Maildir/*/*", stuck)
    _want_once(bench, "outside", "/home/guest/Maildir/*/*", far)
    left = set(found_in(bench, "a", "/home/*/Maildir/*/*")) & {*stuck, *far}
    want(sorted(left), "on the old machine")
    return "40 messages, each once"


@fault("queued/rollback", "mail for users and for another host is queued on both machines", "behind phase 7, then "
       "rollback", "both queues deliver again, none is sent back: " + ONCE, seconds=150, needs=NEEDS)  # fmt: skip
def rolled_back(bench: Bench) -> str:
    """What is for the site's own domains is local on the new production, and remote on the standby that it becomes."""
    bench.prepare()
    bench.at(8)
    for machine in "ab":
        bench.on(machine, "service postfix stop")
    users = [word for machine in "ab" for word in queue(bench, machine, bench.cast.ours("@user@\x40@domain@"), 5)]
    others = [word for machine in "ab" for word in queue(bench, machine, _guest(bench), 2)]
    said = bench.fab("rollback", "--to", "phase1")
    _want_once(bench, "a", bench.cast.ours("/home/@user@/Maildir/*/*"), users)
    _want_once(bench, "outside", "/home/guest/Maildir/*/*", others)
    bench.want_before(said)
    return f"{len(users) + len(others)} messages, each once"
