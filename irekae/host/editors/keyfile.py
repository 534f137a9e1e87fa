"""NetworkManager's keyfiles, `/etc/NetworkManager/system-connections/*.nmconnection` (item 5.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from irekae.host.editors.draft import decode
from irekae.host.editors.ini import Setting, exchange_in, plain, settings
from irekae.host.names import Edited, Exchange

FAMILIES = ("ipv4", "ipv6")
# nm-settings-keyfile(5): addressN=ADDRESS/PREFIX,GATEWAY; of old also addresses=ADDRESS/PREFIX,GATEWAY;…
_HOLDS = re.compile(r"address\d*|addresses\d*")
# `src=` of a route, `from` of a rule.
_SPEAKS = re.compile(r"routes?\d+_options|routing-rule\d+")


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Where `addressN=` of [ipv4] or [ipv6] is the old address, it becomes the new one.

    So does what options of routes and rules say of it; gateways, name servers and other addresses stay. Should the new
    address stand there already, nothing is changed, all is listed.
    """
    found = all_of(text)
    return exchange_in(text, exchange, holds(found), [one for one in found if _is(one, _SPEAKS)])


def all_of(text: bytes) -> list[Setting]:
    """The file's settings."""
    return list(settings(line.removesuffix("\r") for line in decode(text).split("\n")))


def holds(found: list[Setting]) -> list[Setting]:
    """Those that give the interface its addresses."""
    return [one for one in found if _is(one, _HOLDS)]


def stated(text: bytes) -> Iterator[tuple[int, str]]:
    """Line, from 1, and address of everything that the interface is given."""
    for setting in holds(all_of(text)):
        for word in setting.value.split(";"):
            if address := plain(word.partition(",")[0]):
                yield setting.line + 1, address


def _is(setting: Setting, pattern: re.Pattern[str]) -> bool:
    return setting.section in FAMILIES and pattern.fullmatch(setting.key) is not None
