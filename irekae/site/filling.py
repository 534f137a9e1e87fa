"""Reads a TOML file whose texts have gaps for the addresses and full names of hosts.ini: {ika}, {ika.fqdn}."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from irekae.model.errors import wrong_use
from irekae.site.errors import Step, place
from irekae.site.inventory import Inventory


def read_toml(path: Path, hint: str) -> dict[str, Any]:
    """What a TOML file holds; hint: what may be done where it cannot be read.

    Raises:
        SwapError: it cannot be read, or is not TOML (exit status 2).
    """
    return of_toml(path, read_text(path, hint))


def read_text(path: Path, hint: str) -> str:
    """Its text. Arguments and errors as of `read_toml`."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise wrong_use(f"{path} cannot be read", str(error), hint) from None


def of_toml(path: Path, text: str) -> dict[str, Any]:
    """What the text of a TOML file holds. Errors as of `read_toml`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise wrong_use(f"{path} is not TOML", str(error), "correct that line and call again") from None


def placeholders(inventory: Inventory) -> dict[str, str]:
    """What stands for the hosts of hosts.ini, with its value."""
    values = {}
    named = {host.name: host for host in inventory.pair}
    named |= {group: hosts[0] for group in ("backup", "outside") if (hosts := inventory.group(group))}
    for name, host in named.items():
        values[name] = host.address
        values[f"{name}.fqdn"] = host.fqdn
    return values


def fill(raw: dict[str, Any], names: Mapping[str, str], path: Path) -> dict[str, Any]:
    """The same with every gap filled in.

    Raises:
        SwapError: a gap that has no value (exit status 2).
    """
    return {key: _fill(value, raw, names, path, [key]) for key, value in raw.items()}


def _fill(value: Any, raw: Any, names: Mapping[str, str], path: Path, steps: list[Step]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(inner, raw, names, path, [*steps, key]) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, raw, names, path, [*steps, index]) for index, inner in enumerate(value)]
    if not isinstance(value, str):
        return value

    def one(match: re.Match[str]) -> str:
        if match[1] not in names:
            known = ", ".join(f"{{{name}}}" for name in names)
            what = f"{path}: {place(raw, steps)}: unknown placeholder {match[0]}"
            raise wrong_use(what, f"known: {known}", _of_one_pair())
        return names[match[1]]

    return re.sub(r"\{([A-Za-z0-9_.-]+)\}", one, value)


def _of_one_pair() -> str:
    """What to do where a file speaks of hosts that hosts.ini does not name."""
    files = {"IREKAE_INVENTORY": "hosts.ini", "IREKAE_SITE": "site.toml"}
    unset = [name for name in files if name not in os.environ]
    if len(unset) == 1:
        return (
            f"set {unset[0]} too: without it the {files[unset[0]]} of this folder is read, which may be another pair's"
        )
    return "correct it, or hosts.ini: both must be of one pair"
