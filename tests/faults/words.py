"""Messages that are called by a word of their own, so that each can be found again, and counted, wherever it comes."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable

from tests.faults.bench import Bench
from tests.faults.compare import want


def put_in(bench: Bench, machine: str, head: str, submit: str, count: int) -> list[str]:
    """Submit so many messages on a machine; the word that each bears.

    Args:
        bench: with both hosts up.
        machine: where.
        head: of each, as printf(1) has it, with the empty line behind it.
        submit: the command that takes a message from its standard input.
        count: how many.
    """
    words = [f"word-{uuid.uuid4().hex}" for _ in range(count)]
    script = "".join(f"printf '{head}{word}\\n' | {submit}\n" for word in words)
    bench.lab("console", machine, "sh", "-s", stdin=script)
    return words


def found_in(bench: Bench, machine: str, where: str) -> Counter[str]:
    """How often each word is in the files of a pattern."""
    return Counter(bench.on(machine, f"cat {where} 2>/dev/null | grep -ao 'word-[0-9a-f]*'", ok=False).split())


def want_once(bench: Bench, machine: str, where: str, words: Iterable[str], hurry: str, at_once: str) -> None:
    """Wait until each is there; then it must be there once.

    Args:
        bench: with both hosts up.
        machine: where each has to come.
        where: the pattern of files there.
        words: of the messages.
        hurry: machines whose queues try again at each look.
        at_once: the command that has a queue do so.
    """
    wanted = set(words)

    def there() -> bool:
        for sender in hurry:
            bench.on(sender, at_once, ok=False)
        return wanted <= set(found_in(bench, machine, where))

    bench.wait(f"all of {len(wanted)} messages in {where} on {machine}", there)
    found = found_in(bench, machine, where)
    want([f"{word}: {found[word]} times" for word in wanted if found[word] != 1], "not exactly once")
