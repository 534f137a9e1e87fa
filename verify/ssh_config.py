"""The configuration of ssh for one run of the suite."""

from __future__ import annotations

from pathlib import Path

from irekae.site.inventory import Inventory
from irekae.site.jump import proxy_command

CONNECT_TIMEOUT = 8  # seconds


def ssh_config(inventory: Inventory, folder: Path) -> str:
    """The configuration that every ssh of a run uses; of the operator's own, keys, agent, and jump hosts.

    Args:
        inventory: hosts, users, ports and keys.
        folder: private to the run; holds known_hosts and the control sockets.
    """
    lines: list[str] = []
    for host in inventory.hosts.values():
        lines += [f"Host {host.name}", f"  HostName {host.address}", f"  Port {host.port}"]
        lines += [f"  User {host.user}"] if host.user else []
        lines += [f'  IdentityFile "{host.key_file}"'] if host.key_file else []
        lines += [f"  ProxyCommand {way}"] if (way := proxy_command(host)) else []
    return "\n".join(
        [
            *lines,
            "Host *",
            "  BatchMode yes",
            "  StrictHostKeyChecking yes",
            f"  UserKnownHostsFile {folder}/known_hosts",
            "  GlobalKnownHostsFile /dev/null",
            "  UpdateHostKeys no",
            "  ControlMaster auto",
            "  ControlPersist 60",
            # A path of this run's own: a master of before the exchange would still lead to the other machine.
            f"  ControlPath {folder}/%n",
            f"  ConnectTimeout {CONNECT_TIMEOUT}",
            "  ServerAliveInterval 5",
            "  ServerAliveCountMax 3",
            "  ForwardAgent no",
            "  ForwardX11 no",
            "",
        ]
    )
