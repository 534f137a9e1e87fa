"""The pair that the command line of `fab init` names; what is wrong there is told with its option and its value."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote

from irekae.model.errors import SwapError, wrong_use
from irekae.site.inventory import HostEntry, Inventory, inventory_of, is_host_name, is_ipv4, is_port
from irekae.swap.swap import login_user

GAP = "NAME=ADDRESS"
_ACCOUNT = re.compile(r"[^\s'\"\\#;=]+")


@dataclass(frozen=True)
class Named:
    """What the command line says, as it stands there; empty: nothing.

    Attributes:
        out: the folder that is written to.
        production, standby: NAME=ADDRESS[:PORT].
        user: the account on both hosts.
        known_hosts: the file that the operator vouches for.
    """

    out: str = "."
    production: str = ""
    standby: str = ""
    user: str = ""
    known_hosts: str = ""

    @property
    def folder(self) -> Path:
        """Where both files are written."""
        return Path(self.out).absolute()

    @property
    def a_pair(self) -> bool:
        """Is one named."""
        return bool(self.production or self.standby)

    def but(self, **other: str) -> str:
        """The command line with other values, as a hint shows it; what is still to be named is a gap in it."""
        now = replace(self, **other)
        given = {
            "out": now.out if now.out != "." else "",
            "production": now.production or GAP,
            "standby": now.standby or GAP,
            "user": now.user,
            "known-hosts": now.known_hosts,
        }
        words = ["fab", "init", *(f"--{name} {quote(value)}" for name, value in given.items() if value)]
        return f"`{' '.join(words)}`"

    def inventory(self) -> Inventory:
        """The pair, as a hosts.ini would have it.

        Raises:
            SwapError: an option, what it says, and what was expected (exit status 2).
        """
        if self.user and not _ACCOUNT.fullmatch(self.user):
            raise wrong_use(f"--user {self.user!r} is no account's name", hint=self.but(user="NAME"))
        said = {role: self._words(role) for role in ("production", "standby")}
        for what, ours, theirs in zip(("name", "address"), said["production"], said["standby"], strict=False):
            if ours == theirs:
                told = f"--production {self.production} and --standby {self.standby} have the same {what}, {ours}"
                raise wrong_use(told, "they are two hosts", self.but(standby=GAP))
        lines = [f"[all:vars]\nansible_user={self.user}"] if self.user else []
        for role, (name, address, port) in said.items():
            at = f" ansible_port={port}" if port else ""
            # Its full name is asked of the host itself.
            lines += [f"[{role}]", f"{name} ansible_host={address}{at} fqdn={name}.invalid"]
        return inventory_of(self.folder / "hosts.ini", "\n".join(lines))

    def _words(self, role: str) -> tuple[str, str, str]:
        """Name, address and port, which may be empty."""
        text = str(getattr(self, role))
        name, _, where = text.partition("=")
        address, colon, port = where.partition(":") if where.count(":") == 1 else (where, "", "")
        if not text:
            raise wrong_use(f"--{role} is missing", hint=self.but(**{role: GAP}))
        if not where:
            raise self._wrong(role, "NAME=ADDRESS[:PORT] was expected")
        if not is_host_name(name):
            raise self._wrong(role, f"{name!r} is no host name: letters, digits and hyphens")
        if not is_ipv4(address):
            raise self._wrong(role, f"an IPv4 address was expected, found {address!r}")
        if colon and not is_port(port):
            raise self._wrong(role, f"a port was expected, found {port!r}")
        return name, address, port

    def _wrong(self, role: str, why: str) -> SwapError:
        given = f"--{role} {getattr(self, role)}".strip()
        return wrong_use(f"{given}: {why}", hint=self.but(**{role: GAP}))

    def want_same(self, there: Inventory) -> None:
        """A hosts.ini that is there already, and stays, must be about the pair that is named.

        Raises:
            SwapError: it is about another one, or another account (exit status 2).
        """
        named = self.inventory()
        others = [
            f"[{ours.group}] there: {_told(ours)}; named: {_told(theirs)}"
            for ours, theirs in zip(there.pair, named.pair, strict=True)
            if _told(ours) != _told(replace(theirs, port=theirs.port if theirs.port != 22 else ours.port))
        ]
        others += [
            f"ansible_user of {entry.name} there: {login_user(entry)}; named: {self.user}"
            for entry in there.pair
            if self.user not in ("", login_user(entry))
        ]
        if others:
            raise wrong_use(
                f"{there.path} is there already, and does not fit what the command line names",
                "\n".join(others),
                f"name the hosts as it does; or, for another pair, {self.but(out='FOLDER')} writes elsewhere",
            )


def _told(entry: HostEntry) -> str:
    return f"{entry.name}={entry.address}:{entry.port}"
