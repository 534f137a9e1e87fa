"""In what 7.2 would change production's exim4 of today, by Debian's files of it; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from irekae.subjects.mail.address_classes import is_itself
from irekae.subjects.mail.debian_exim import macro_of, value_of
from irekae.swap.obstacle import Obstacle

_EVERYWHERE = {"0.0.0.0", "::0"}


@dataclass(frozen=True)
class Today:
    """What decides it: both files, /etc/mailname, and the host's full name.

    Attributes:
        settings: update-exim4.conf.conf.
        macros: the file that is read before everything else.
        path: where that lies.
        mailname: the first word of /etc/mailname.
        own: the full name, which exim takes mail for in any case (`@`).
    """

    settings: bytes
    macros: bytes
    path: str
    mailname: str
    own: str


def changes(today: Today, then: Mapping[str, str], given: Mapping[str, str]) -> Iterator[Obstacle]:
    """Each with what keeps it; nothing of what means the same, nor of what site.toml gives.

    Args:
        today: production's.
        then: what 7.2 writes into update-exim4.conf.conf.
        given: [mail.production] of site.toml.
    """
    yield from _local(today, then["dc_other_hostnames"])
    for name, read in (("dc_relay_domains", domains), ("dc_local_interfaces", _interfaces)):
        value = value_of(today.settings, name)
        if name not in given and read(value) - read(then[name]):
            yield Obstacle(
                f'{name} is "{value}" today, and 7.2 would make it "{then[name]}"',
                f"write `{_line(name, value)}` into [mail.production] of site.toml, and it stays; or empty it",
            )
    origin = macro_of(today.macros, "MAIN_QUALIFY_DOMAIN")
    if origin is not None and origin.lower() != today.mailname.lower():
        yield Obstacle(
            f"MAIN_QUALIFY_DOMAIN of {today.path} is {origin} today, and 7.2 takes it out: senders would be of "
            f"{today.mailname}, as /etc/mailname says",
            "write that domain into /etc/mailname of both hosts, and take the line out",
        )


def domains(value: str) -> set[str]:
    """The words of a list of domains, as update-exim4.conf takes it: colons, or semicolons."""
    return {word.lower() for word in re.split(r"[\s:;<]+", value) if word}


def _local(today: Today, then: str) -> Iterator[Obstacle]:
    own, value = macro_of(today.macros, "MAIN_LOCAL_DOMAINS"), value_of(today.settings, "dc_other_hostnames")
    before = domains(value) if own is None else {word.strip().lower() for word in own.split(":")}
    kept = {"", "@", today.own.lower(), *domains(then)}
    left = ", ".join(sorted(word for word in before - kept if not is_itself(word)))
    if left and own is None:
        yield Obstacle(
            f"exim4 takes mail for {left} today, by dc_other_hostnames, and 7.2 would leave it out",
            f"add it to [mail] domains in site.toml; or write `{_line('dc_other_hostnames', value)}` into "
            "[mail.production]; or take it out",
        )
    elif left:
        yield Obstacle(
            f"exim4 takes mail for {left} today, by MAIN_LOCAL_DOMAINS of {today.path}, and 7.2 takes that line out",
            "name each domain in [mail] domains of site.toml (which knows no lookups), and take the line out",
        )


def _interfaces(value: str) -> set[str]:
    """Where it listens; nothing for everywhere."""
    parts = value.removeprefix("<;").split(";") if ";" in value else re.split(r"\s+:\s+", value)
    found = {part.strip() for part in parts if part.strip()}
    return set() if found in (_EVERYWHERE, {"0.0.0.0", "::"}) else found


def _line(name: str, value: str) -> str:
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"
