"""[[hooks]] of site.toml: a site's own command or webhook, told of the beginning and the end of phases."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from irekae.site.kinds import Positive

Phase = Annotated[int, msgspec.Meta(ge=0, le=11)]
Https = Annotated[str, msgspec.Meta(pattern=r"^https://[^/\s]+(/\S*)?\Z", description="an https address")]


class Hook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[hooks]]: whom to tell, at the seat.

    run: a command as a list of words, which reads the JSON on standard input; post: an address that it is posted to;
    phases: of which, all by default; at: which moments; deadline in seconds; required: a failure stops the phase.
    """

    run: list[str] = []
    post: Https | None = None
    phases: list[Phase] = msgspec.field(default_factory=lambda: list(range(12)))
    at: list[Literal["begin", "end"]] = msgspec.field(default_factory=lambda: ["begin", "end"])
    deadline: Positive = 10
    required: bool = False

    @property
    def label(self) -> str:
        """What it is called: an address without its path and its user, which may hold a token."""
        return self.run[0] if self.run else str(urlsplit(self.post or "").hostname)

    @property
    def is_one(self) -> bool:
        """Whether it says one thing that is to be done, and not two or none."""
        return bool(self.run) is (self.post is None)

    @property
    def can_be_told(self) -> bool:
        """Whether the command can be run, the address be taken apart, so that no phase ends by it."""
        try:
            parts = urlsplit(self.post or "")
            is_address = not self.post or (bool(parts.hostname) and (parts.port or 443) > 0)
        except ValueError:
            return False
        return is_address and not any("\0" in word for word in self.run)
