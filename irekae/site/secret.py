"""secrets.toml beside hosts.ini: what must never be shown, quoted or passed as an argument."""

import tomllib
from pathlib import Path
from typing import Any

from irekae.model.errors import wrong_use
from irekae.model.near import meant, near
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import Machine

_KNOWN = {"pop": ("password",), "gate": ("password",), "sudo": ("password", "hosts")}


def sudo_password(inventory: Inventory, entry: HostEntry, machine: Machine) -> str | None:
    """What sudo on a host may be told, or None.

    `[sudo] password` is for the pair alone; a host that `[sudo.hosts]` names has its own. A machine keeps its password
    when the names change places, so there it goes by the name that it bore when it was pinned.

    Args:
        inventory: beside whose hosts.ini secrets.toml lies.
        entry: the name that is connected to.
        machine: the pinned machine that answers there.

    Raises:
        SwapError: the file can be read by others, or is broken.
    """
    path = inventory.secrets
    sudo = _tables(inventory).get("sudo", {})
    hosts = sudo.get("hosts", {}) if isinstance(sudo, dict) else None
    if not isinstance(sudo, dict) or not isinstance(hosts, dict):
        raise wrong_use(f"{path}: sudo is not a table", hint='[sudo], and below it password = "…"')
    pair = entry.name in (known.name for known in inventory.pair)
    found = hosts.get(machine.first_name if pair else entry.name, sudo.get("password") if pair else None)
    if isinstance(found, str) and "\n" in found:
        raise wrong_use(f"{path}: a password of sudo has more than one line", hint="correct it and call again")
    return str(found) if found is not None else None


def _refuse_unknown(path: Path, tables: dict[str, Any]) -> None:
    """A slip in a name would be a password that is never used; what stands behind it is not shown."""
    for section, keys in tables.items():
        if section not in _KNOWN:
            hint = meant([f"[{name}]" for name in near(section, _KNOWN)], "correct it and call again")
            raise wrong_use(f"{path}: [{section}]: unknown section", f"known: {', '.join(_KNOWN)}", hint)
        for key in keys if isinstance(keys, dict) else ():
            if key not in _KNOWN[section]:
                hint = meant(near(key, _KNOWN[section]), "correct it and call again")
                raise wrong_use(f"{path}: [{section}] {key}: unknown key", f"known: {', '.join(_KNOWN[section])}", hint)


def _tables(inventory: Inventory) -> dict[str, Any]:
    path = inventory.secrets
    if not path.exists():
        return {}
    if path.stat().st_mode & 0o077:
        raise wrong_use(f"{path} can be read by others", hint=f"chmod 600 {path}")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise wrong_use(f"{path} cannot be read", str(error), "it must be a file of yours, mode 600") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The parser's message may quote the line, and with it the secret.
        raise wrong_use(f"{path} is not TOML", hint="correct it and call again") from None
    _refuse_unknown(path, tables)
    return tables
