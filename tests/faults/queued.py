"""Mail that waits in postfix's queue: each message bears a word of its own, and has to come exactly once."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import want

ONCE = "each message is in its mailbox exactly once, and none on the other machine alone"
NEEDS = ("postfix",)
STUCK = "printf '|exit 75\\n' > /home/dave/.forward; chown dave: /home/dave/.forward"


def put_in(bench: Bench, machine: str, to: str, count: int) -> list[str]:
    """So many messages for somebody, by sendmail(1); the word that each bears."""
    words = [f"word-{uuid.uuid4().hex}" for _ in range(count)]
    head = f"From: hayashi\\nTo: {to}\\nSubject: queued\\n\\n"
    script = "".join(f"printf '{head}{word}\\n' | /usr/sbin/sendmail -i -f '' {to}\n" for word in words)
    bench.lab("console", machine, "sh", "-s", stdin=script)
    return words


def found_in(bench: Bench, machine: str, where: str) -> Counter[str]:
    """How often each word is in the files of a pattern."""
    return Counter(bench.on(machine, f"cat {where} 2>/dev/null | grep -ao 'word-[0-9a-f]*'", ok=False).split())


def want_once(bench: Bench, machine: str, where: str, words: Iterable[str], hurry: str = "ab") -> None:
    """Wait until each is there; then it must be there once. hurry: machines whose queues try again at each look."""
    wanted = set(words)

    def there() -> bool:
        for sender in hurry:
            bench.on(sender, "postqueue -f", ok=False)
        return wanted <= set(found_in(bench, machine, where))

    bench.wait(f"all of {len(wanted)} messages in {where} on {machine}", there)
    found = found_in(bench, machine, where)
    want([f"{word}: {found[word]} times" for word in wanted if found[word] != 1], "not exactly once")


def _guest(bench: Bench) -> str:
    return f"guest@{bench.cast.profile.of_group('outside')[0].fqdn}"


@fault("queued/local-and-remote", "40 messages whose delivery fails for now are queued: a user's program, another host",
       "on production before phase 1", ONCE, seconds=150, needs=NEEDS)  # fmt: skip
def local_and_remote(bench: Bench) -> str:
    """A local one would be delivered into the old machine's /home for ever."""
    bench.at(1)
    bench.on("outside", "service postfix stop")
    bench.on("a", STUCK)
    stuck = put_in(bench, "a", "dave@example.org", 20)
    far = put_in(bench, "a", _guest(bench), 20)
    tried = "find /var/spool/postfix/deferred -type f | wc -l"
    bench.wait("each was tried", lambda: int(bench.on("a", tried)) >= 40)
    bench.resume(8)
    bench.on("outside", "service postfix start")
    bench.on("b", "rm /home/dave/.forward")
    want_once(bench, "b", "/home/dave/Maildir/*/*", stuck)
    want_once(bench, "outside", "/home/guest/Maildir/*/*", far)
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
    users = [word for machine in "ab" for word in put_in(bench, machine, bench.cast.ours("@user@\x40@domain@"), 5)]
    others = [word for machine in "ab" for word in put_in(bench, machine, _guest(bench), 2)]
    said = bench.fab("rollback", "--to", "phase1")
    want_once(bench, "a", bench.cast.ours("/home/@user@/Maildir/*/*"), users)
    want_once(bench, "outside", "/home/guest/Maildir/*/*", others)
    bench.want_before(said)
    return f"{len(users) + len(others)} messages, each once"
