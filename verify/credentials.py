"""secrets.toml beside hosts.ini: passwords that go to the hosts through standard input only."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from irekae.model.errors import wrong_use

_TABLES = {"pop": {"password"}, "gate": {"password"}, "sudo": {"password", "hosts"}}


@dataclass(frozen=True)
class Credentials:
    """Secrets of this seat; an empty one is not known.

    Attributes:
        pop: APOP secret of site.toml's pop.user.
        gate: password that 9.6 gives to the account that it registers.
        sudo: password of the operator on both hosts of the pair, where sudo asks for one.
        sudo_hosts: his password on single hosts; the pair's by the names before the swap.
    """

    pop: str = ""
    gate: str = ""
    sudo: str = ""
    sudo_hosts: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Names only: a traceback must not show a secret."""
        known = [name for name in _TABLES if getattr(self, name)]
        return f"Credentials({', '.join(known)})"

    def values(self) -> list[str]:
        """All that must be blanked in what is shown."""
        return [secret for secret in (self.pop, self.gate, self.sudo, *self.sudo_hosts.values()) if secret]

    def sudo_on(self, host: str, first_name: str, of_pair: bool) -> str:
        """What sudo on a host may be told; "" is nothing. The pair's password is for the pair alone.

        Args:
            host: the name that is connected to.
            first_name: the name that the machine there bore when it was pinned; its password stays with it.
            of_pair: is it one of the two that change places.
        """
        return self.sudo_hosts.get(first_name if of_pair else host, self.sudo if of_pair else "")


def load_credentials(folder: Path) -> Credentials:
    """Read `folder`/secrets.toml; without it nothing is known.

    Raises:
        SwapError: others may read the file, or a key is unknown or not a string (exit status 2).
    """
    path = folder / "secrets.toml"
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Credentials()
    except (OSError, UnicodeDecodeError) as error:
        raise wrong_use(f"{path} cannot be read", str(error)) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise wrong_use(f"{path} may be read by others", f"its mode is {stat.S_IMODE(mode):04o}", f"chmod 600 {path}")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        # The parser's message could quote a secret.
        raise wrong_use(f"{path} is not TOML", hint='[pop] password = "…"; see docs/architecture.md') from None
    hosts = _hosts(path, tables.get("sudo"))
    return Credentials(**{name: _password(path, name, table) for name, table in tables.items()}, sudo_hosts=hosts)


def _hosts(path: Path, sudo: object) -> dict[str, str]:
    hosts = sudo.get("hosts", {}) if isinstance(sudo, dict) else {}
    if not isinstance(hosts, dict) or not all(isinstance(one, str) and "\n" not in one for one in hosts.values()):
        raise wrong_use(f"{path}: [sudo.hosts]: a name and a string of one line were expected on each line")
    return hosts


def _password(path: Path, name: str, table: object) -> str:
    known = ", ".join(f"[{table}] password" for table in _TABLES)
    if name not in _TABLES or not isinstance(table, dict) or set(table) - _TABLES[name]:
        raise wrong_use(f"{path}: [{name}]: unknown section or key", f"known: {known}")
    value = table.get("password", "")
    if not isinstance(value, str) or "\n" in value:
        raise wrong_use(f"{path}: [{name}] password: a string of one line was expected")
    return value
