"""What network managers keep below /run about an interface that they have, by its number."""

from __future__ import annotations

from collections.abc import Mapping

from irekae.host.host import Host
from irekae.host.overlay import Result, run
from irekae.host.remote import HostError

NETWORKD = "/run/systemd/netif/links"
NETWORKMANAGER = "/run/NetworkManager/devices"
ANSWERS_WITHIN = 60.0  # seconds


def kept(host: Host, interface: str, folder: str) -> Mapping[str, str]:
    """The settings of the file about an interface; none when there is no such file."""
    number = host.look("cat", f"/sys/class/net/{interface}/ifindex").text.strip()
    held = host.find(f"{folder}/{number}") if number.isdecimal() else None
    lines = held.data.decode("utf-8", "replace").splitlines() if held else []
    return {key: value for key, equals, value in (line.partition("=") for line in lines) if equals}


def asked(host: Host, *argv: str, stdin: bytes | None = None) -> Result:
    """What a network manager's program says; where it is not installed, a shell's exit status for that (127)."""
    try:
        return run(host.link, argv, stdin, ANSWERS_WITHIN)
    except HostError as error:
        if error.kind != "ENOENT":
            raise
        return Result(127, b"", str(error).encode())
