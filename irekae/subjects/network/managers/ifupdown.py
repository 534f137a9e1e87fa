"""ifupdown: `/etc/network/interfaces`, `ifup`, `ifdown`, `ifquery`, and the hooks beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from irekae.host.editors import interfaces as editor
from irekae.host.editors.tokens import spelled
from irekae.host.host import Host
from irekae.host.names import Exchange
from irekae.host.services import ServiceManager, uncounted
from irekae.model.errors import Status, SwapError
from irekae.subjects.network.managers.adapter import Commands, GuardFile, Guards, Wanted
from irekae.subjects.network.managers.ifupdown_files import MAIN, Definition, definition, read_all
from irekae.subjects.network.managers.kept import asked
from irekae.swap.obstacle import Obstacle

HOOK = "/etc/network/if-pre-up.d/irekae"
DEFAULTS = "/etc/default/networking"


class Ifupdown:
    """Debian's own since ever."""

    name: ClassVar[str] = "ifupdown"
    through: ClassVar[tuple[str, ...]] = ()
    programs: ClassVar[tuple[tuple[str, str], ...]] = (
        ("ifup", "ifupdown"),
        ("ifdown", "ifupdown"),
        ("ifquery", "ifupdown"),
    )

    def has(self, host: Host, interface: str) -> bool:
        """`ifquery --state` names what ifup brought up and nobody took down since."""
        return asked(host, "ifquery", "--state", interface).status == 0

    def file(self, host: Host, wanted: Wanted) -> str:
        """Where the interface's stanza stands."""
        found = {stanza.path for stanza in read_all(host).stanzas if stanza.is_of(wanted.interface)}
        return found.pop() if len(found) == 1 else ""

    def obstacles(self, host: Host, wanted: Wanted) -> Iterable[Obstacle]:
        """The one static stanza states the address, ifupdown brought it up from there, and does so at boot."""
        files = read_all(host)
        yield from files.obstacles
        yield from definition(
            files.stanzas,
            Definition(
                wanted.interface,
                wanted.named,
                wanted.own[0],
                wanted.other[0],
                wanted.stays,
                "".join(wanted.own[1:]),
                "".join(wanted.other[1:]),
            ),
        )
        yield from self._running(host, wanted)
        yield from self._at_boot(host, wanted.interface)

    def _running(self, host: Host, wanted: Wanted) -> Iterable[Obstacle]:
        interface, own = wanted.interface, " and ".join(wanted.own)
        again = f"`ifdown {interface}; ifup {interface}` on its console, before the swap"
        state = asked(host, "ifquery", "--state", interface)
        if state.status != 0:
            yield Obstacle(f"{interface} was not brought up by ifupdown: its address was set otherwise", again)
        elif state.text.strip() != f"{interface}={interface}":
            yield Obstacle(
                f"{interface} came up as {state.text.strip()}: a mapping is at work", f"define {interface} itself"
            )
        stated = _addresses(asked(host, "ifquery", interface).text)
        if [one for one in stated if one not in wanted.stays] != list(wanted.own):
            said = ", ".join(stated) or "no address"
            yield Obstacle(f"`ifquery {interface}` says {said}, not {own}", f"correct {MAIN}, then {again}")

    def _at_boot(self, host: Host, interface: str) -> Iterable[Obstacle]:
        held = host.find(DEFAULTS)
        settings = held.data.decode("utf-8", "replace").splitlines() if held else []
        for line in settings:
            key, _, value = line.strip().partition("=")
            value = value.strip("\"'")
            if (key == "CONFIGURE_INTERFACES" and value == "no") or (
                key == "EXCLUDE_INTERFACES" and interface in value.split()
            ):
                yield Obstacle(
                    f"{DEFAULTS} keeps {interface} from coming up at boot: {line.strip()}", "take it out there"
                )

    def staged(self, text: bytes, exchange: Exchange) -> bytes:
        """The stanza's address exchanged."""
        return editor.edit(text, exchange).text

    def prove(self, host: Host, wanted: Wanted, path: str) -> None:
        """`ifquery` reads it as ifup will."""
        if host.planned:
            return
        interface, address = wanted.interface, " and ".join(wanted.other)
        found = asked(host, "ifquery", "-i", path, interface)
        stated = [one for one in _addresses(found.text) if one not in wanted.stays]
        if found.status != 0 or stated != list(wanted.other):
            raise SwapError(
                f"the new {MAIN} of {host.name} does not give {interface} the address {address} alone",
                f"$ ifquery -i {path} {interface}\n{found.text}{found.err.decode('utf-8', 'replace')}",
                f"give {interface} one plain static stanza, then `fab phase5`",
                Status.REFUSED,
            )

    def commands(self, host: Host, wanted: Wanted) -> Commands:
        """6.1 is the host's own restart; one that comes up by hotplug is not brought up by it under systemd."""
        restart = [["/etc/init.d/networking", "restart"]]
        if host.link.facts["systemd"]:
            restart = uncounted("restart", "networking")
        interface = wanted.interface
        auto = interface in asked(host, "ifquery", "--list").text.split()
        return Commands(
            down=[[["ifdown", "-i", "{file}", interface]], [["ifdown", "--force", "-i", "{file}", interface]]],
            up=[[["ifup", "-i", "{file}", interface]], [["ifup", "--force", "-i", "{file}", interface]]],
            restart=[restart] if auto else [restart, [["ifup", interface]]],
            others=[["ifup", "-a"]],
            shown=["ifquery"],
        )

    def by_hand(self, interface: str, services: ServiceManager) -> str:
        """It is a service of the host."""
        return services.by_hand("restart", "networking")

    def guards(self, interface: str, script: str) -> Guards:
        """The hook that ifup asks; a broken watchdog must not keep an interface down: only its plain no counts."""
        text = (
            "#!/bin/sh\n"
            "# Written by irekae (6.3); removed when the exchange is confirmed. "
            "To exchange the addresses by hand, remove this first.\n"
            f"[ -r {script} ] || exit 0\n"
            f"python3 {script} gate\n"
            "[ $? -ne 3 ]\n"
        )
        return Guards([GuardFile(HOOK, text.encode(), 0o755)])

    def may_lie_beside(self, path: str) -> bool:
        """A copy beside a sourced file would be sourced as well."""
        return path == MAIN


def _addresses(shown: str) -> list[str]:
    """The addresses in what ifquery prints, IPv4 first."""
    lines = [line.partition(":") for line in shown.splitlines()]
    found = [spelled(value.strip().split("/")[0]) for key, _, value in lines if key == "address"]
    return sorted(found, key=lambda address: ":" in address)
