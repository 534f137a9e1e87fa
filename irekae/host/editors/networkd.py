"""systemd-networkd's `.network` files and their drop-ins (item 5.3): the address of this host's interface."""

from __future__ import annotations

from collections.abc import Iterator

from irekae.host.editors.draft import decode
from irekae.host.editors.ini import Setting, exchange_in, plain, settings
from irekae.host.names import Edited, Exchange

# systemd.network(5): which settings name an address of the host's own.
HOLDS = (("Network", "Address"), ("Address", "Address"))
SPEAKS = (("Route", "PreferredSource"), ("RoutingPolicyRule", "From"))


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Where `Address=` is the old address, with or without prefix, it becomes the new one.

    So does what routes and rules say of it (`PreferredSource=`, `From=`); gateways, name servers and other interfaces'
    addresses stay. Should the new address stand there already, nothing is changed, all is listed.
    """
    found = all_of(text)
    return exchange_in(text, exchange, _those(found, HOLDS), _those(found, SPEAKS))


def all_of(text: bytes) -> list[Setting]:
    """The file's settings."""
    return list(settings(line.removesuffix("\r") for line in decode(text).split("\n")))


def stated(text: bytes) -> Iterator[tuple[int, str]]:
    """Line, from 1, and address of everything that an interface is given; an empty `Address=` takes back all before."""
    found: list[tuple[int, str]] = []
    for setting in _those(all_of(text), HOLDS):
        if not setting.value:
            found.clear()
        elif address := plain(setting.value):
            found.append((setting.line + 1, address))
    yield from found


def _those(found: list[Setting], wanted: tuple[tuple[str, str], ...]) -> list[Setting]:
    return [setting for setting in found if (setting.section, setting.key) in wanted]
