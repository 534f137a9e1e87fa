"""What is long comes from a host in parts, and goes there in parts: none of it is ever held as a whole."""

from collections.abc import Iterable, Iterator
from typing import Any

from irekae.host.claims import typed
from irekae.host.interrupt import Workers
from irekae.host.memory import Asked

LONG = 1 << 20  # characters that are sent at once


def each(link: Asked, host: str, of: str, /, **arguments: Any) -> Iterator[Any]:
    """What `each_…` of a host's agent yields, one after the other.

    Args:
        link: to the host.
        host: its name, for refusals.
        of: what is asked for, and its arguments.

    Raises:
        HostError, Lost: as of `Link.ask`, at any of them.
    """
    for part in in_parts(link, host, of, **arguments):
        yield from part


def each_ahead(link: Asked, host: str, of: str, /, **arguments: Any) -> Iterator[Any]:
    """The same, the next part asked for while one is used: two hosts then walk at the same time."""
    found = in_parts(link, host, of, **arguments)
    with Workers(1) as pool:
        coming = pool.submit(next, found, None)
        while (part := coming.result()) is not None:
            coming = pool.submit(next, found, None)
            yield from part


def in_parts(link: Asked, host: str, of: str, /, **arguments: Any) -> Iterator[list[Any]]:
    """What `each` tells, a part at a time."""
    answer = link.ask("parts", of=of, **arguments)
    while True:
        part: list[Any] = typed(host, of, answer["part"])
        yield part
        if not answer["number"]:
            return
        if not part:
            typed(host, "next_part", None)  # nothing, and more of it
        answer = link.ask("next_part", number=answer["number"])


def write(link: Asked, path: str, texts: Iterable[str]) -> int:
    """Write a list of ours below the host's state folder; it has its name when all of it is there.

    Args:
        link: to the host.
        path: the list.
        texts: what is in it, a line or several at a time.

    Returns:
        How many texts there were.
    """
    first, held, size, count = True, list[str](), 0, 0
    for text in texts:
        count += 1
        held.append(text)
        size += len(text)
        if size >= LONG:
            link.ask("write_part", path=path, text="".join(held), first=first, last=False)
            first, held, size = False, [], 0
    link.ask("write_part", path=path, text="".join(held), first=first, last=True)
    return count
