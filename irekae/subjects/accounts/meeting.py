"""Numbers that mean somebody else on the other host: what is copied would become another's (0.2, 0.4, 3.1). Pure.

rsync gives what it copies to whoever bears the owner's name on the receiver; where nobody does, the number stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from irekae.site.account_numbers import group_ids, user_ids


@dataclass(frozen=True)
class Meeting:
    """A number under which something lies that would become somebody else's.

    Attributes:
        kind: user or group.
        number: UID or GID.
        ours: its name on the source; "" if it has none.
        theirs: whose number it is on the target.
        example: a path that belongs to it.
    """

    kind: str
    number: int
    ours: str
    theirs: str
    example: str

    def __str__(self) -> str:
        here = self.ours or "has no name"
        return (
            f"{self.kind} {self.number} is {here} there and {self.theirs} here; {self.example} would be {self.theirs}'s"
        )


def meetings(
    survey: Mapping[str, Iterable[tuple[int, str]]], source: tuple[bytes, bytes], target: tuple[bytes, bytes]
) -> list[Meeting]:
    """Who would meet in what is copied.

    Args:
        survey: of the source: "users" and "groups", each number with a path that belongs to it.
        source: its passwd and group.
        target: the same of the receiver, as they are when the copy begins.
    """
    found = []
    for index, (kind, read) in enumerate((("user", user_ids), ("group", group_ids))):
        ours, theirs = _by_number(read(source[index])), read(target[index])
        holders = _by_number(theirs)
        for number, example in survey[f"{kind}s"]:
            name = ours.get(number, "")
            if name not in theirs and number in holders:
                found.append(Meeting(kind, number, name, holders[number], example))
    return found


def _by_number(ids: Mapping[str, int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for name, number in ids.items():
        found.setdefault(number, name)
    return found
