"""A reason why something may not begin, with what ends it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Obstacle:
    """A reason why the swap may not begin.

    Attributes:
        what: what was found, one line.
        remedy: what ends it, so that it can be done as it stands.
        where: the host; "" where it concerns both.
    """

    what: str
    remedy: str
    where: str = ""

    def __str__(self) -> str:
        said = f"{self.where}: {self.what}" if self.where else self.what
        return f"{said}\n  remedy: {self.remedy}" if self.remedy else said
