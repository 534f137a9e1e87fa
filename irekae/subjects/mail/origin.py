"""Whose mail it is that the standby's own programs send without a domain: today's, and what 7.1 makes of it; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from irekae.subjects.mail.address_classes import is_itself
from irekae.subjects.mail.debian_exim import macro_of
from irekae.swap.obstacle import Obstacle


def of_exim(macros: bytes, mailname: str) -> str:
    """As Debian's exim4 finds it: its macro, else /etc/mailname."""
    return (macro_of(macros, "MAIN_QUALIFY_DOMAIN") or mailname).strip()


def is_own(domain: str, names: Collection[str]) -> bool:
    """Is it a name of the host itself, or none: 7.1 means to change that, for nobody takes mail for it then."""
    plain = domain.lower().rstrip(".")
    own = {name.lower().rstrip(".") for name in names}
    return not plain or is_itself(plain) or plain in own | {name.partition(".")[0] for name in own}


def lost(today: str, then: str, names: Collection[str]) -> Iterator[Obstacle]:
    """The obstacle, where it would become another one.

    Args:
        today: the standby's.
        then: what 7.1 writes.
        names: of the standby itself.
    """
    if not is_own(today, names) and today.lower().rstrip(".") != then.lower().rstrip("."):
        yield Obstacle(
            f"what its programs send without a domain is of {today} today, and 7.1 would make it {then}",
            f'write `origin = "{today}"` into [mail] of site.toml, and it stays; '
            f'or `origin = "{then}"`, if that is meant',
        )
