"""What a merge comes to."""

from __future__ import annotations

from dataclasses import dataclass, field

from irekae.model.legible import line


@dataclass(frozen=True)
class Clash:
    """A place that both changed, each in another way.

    Attributes:
        where: the lines or the entry, for people; never a secret.
        base, ours, theirs: the lines there; they may be secret.
        name: of the account or group whose entry it is.
    """

    where: str
    base: tuple[bytes, ...] = field(repr=False)
    ours: tuple[bytes, ...] = field(repr=False)
    theirs: tuple[bytes, ...] = field(repr=False)
    name: str = ""

    def shown(self, secret: bool, ours: str = "what we want") -> list[str]:
        """The three, for people; of a secret file only the place. ours: what our side is called."""
        if secret:
            return [self.where]
        three = (("what we wrote", self.base), (ours, self.ours), ("what is there", self.theirs))
        said = [f"{self.where}:"]
        for who, lines in three:
            said.append(f"  {who}:" + ("" if lines else " nothing"))
            said += [f"    {line(text)}" for text in lines]
        return said


@dataclass(frozen=True)
class Merged:
    """A merge. data: theirs stands wherever the two clash. whole: is there to be a file at all."""

    data: bytes = field(repr=False)
    clashes: tuple[Clash, ...]
    whole: bool = True
