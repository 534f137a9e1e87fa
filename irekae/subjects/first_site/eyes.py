"""How `fab init` looks at a host: commands that only tell, files, folders."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from irekae.host.remote import HostError, Link, decode
from irekae.site.inventory import HostEntry

PATIENCE = 60  # seconds for one command
ORDINARY = ("ENOENT", "link", "kind", "size")  # no such command; a file that is none to be read


class Eyes:
    """One host, as root sees it; what cannot be asked says nothing.

    Args:
        link: the connection.
    """

    def __init__(self, link: Link) -> None:
        """Nothing is looked at yet."""
        self.link = link
        self._heard: dict[tuple[str, ...], str] = {}
        self._read: dict[str, str] = {}
        self._listed: dict[str, dict[str, Any]] = {}

    @property
    def entry(self) -> HostEntry:
        """The name that is connected to."""
        return self.link.entry

    @property
    def systemd(self) -> bool:
        """Whether systemd is its init."""
        return bool(self.link.facts["systemd"])

    def said(self, *argv: str) -> str:
        """What a command prints, "" where there is none of that name; its exit status means nothing here.

        It is carried out once: what it tells is as it was when it was asked first.
        """
        if argv not in self._heard:
            self._heard[argv] = self._hear(argv)
        return self._heard[argv]

    def _hear(self, argv: tuple[str, ...]) -> str:
        try:
            found = self.link.ask("run", argv=list(argv), timeout=PATIENCE)
        except HostError as error:
            if error.kind not in ORDINARY:
                self.unseen[argv[0]] = error.what
            return ""
        return decode(found["out"]).decode("utf-8", "replace")

    def lines(self, *argv: str) -> list[str]:
        """The lines of it that are not empty."""
        return [line.strip() for line in self.said(*argv).splitlines() if line.strip()]

    def text(self, path: str) -> str:
        """A file's text, "" where there is none; it is read once."""
        if path not in self._read:
            self._read[path] = self._text(path)
        return self._read[path]

    def _text(self, path: str) -> str:
        try:
            found = self.link.ask("read", path=path)
        except HostError as error:
            if error.kind not in ORDINARY:
                self.unseen[path] = error.what
            return ""
        return decode(found["data"]).decode("utf-8", "replace") if found else ""

    @cached_property
    def unseen(self) -> dict[str, str]:
        """Paths that the host could not look at, and commands that did not end, each with what it said of that."""
        return {}

    def _asked(self, op: str, path: str, **more: Any) -> Any:
        """What it answers of a path, None where it cannot look there: a mount whose server is away ends nothing."""
        try:
            return self.link.ask(op, **(more or {"path": path}))
        except HostError as error:
            self.unseen[path] = error.what
            return None

    def there(self, path: str) -> bool:
        """Whether anything lies at a path."""
        return self._asked("stat", path) is not None

    def names(self, folder: str) -> list[str]:
        """What lies in a folder."""
        return sorted(self._inside(folder))

    def folders(self, folder: str) -> list[str]:
        """The folders in a folder, as paths."""
        return self._of_kind(folder, "dir")

    def files(self, folder: str) -> list[str]:
        """The files in a folder, as paths."""
        return self._of_kind(folder, "file")

    def largest(self, folder: str) -> int:
        """Bytes of the largest file in a folder."""
        return max((state["size"] for state in self._inside(folder).values() if state["kind"] == "file"), default=0)

    def _of_kind(self, folder: str, kind: str) -> list[str]:
        return [f"{folder}/{name}" for name, state in sorted(self._inside(folder).items()) if state["kind"] == kind]

    def _inside(self, folder: str) -> dict[str, Any]:
        """Name and state of each entry; a folder is looked into once."""
        if folder not in self._listed:
            self._listed[folder] = self._asked("list", folder) or {}
        return self._listed[folder]

    def holding(self, tree: str, skip: list[str], words: list[str]) -> dict[str, bytes]:
        """The files in a folder in which one of the words stands, with their contents."""
        answers = self._asked("grep", tree, trees=[tree], skip=skip, words=words) or []
        return {answer["path"]: decode(answer["data"]) for answer in answers}

    def of_no_package(self, paths: list[str]) -> list[str]:
        """Those paths that no package of Debian's has brought."""
        if not paths:
            return []
        owned = re.findall(r": (/.+)$", self.said("dpkg-query", "-S", *paths), re.MULTILINE)
        return [path for path in paths if path not in owned]

    def pages(self, urls: list[str]) -> dict[str, str]:
        """Each page as the host itself answers it: status, title; none where that cannot be asked."""
        asked = {"address": self.entry.address, "urls": urls, "most": 0, "seconds": PATIENCE}
        try:
            found = self.link.ask("seen_pages", **asked)
        except HostError:
            return {}
        return {str(url): str(row) for url, row in found.items()}

    @cached_property
    def fqdn(self) -> str:
        """The host's full name, "" where it has none."""
        name = next(iter(self.lines("hostname", "-f")), "")
        return name if "." in name else ""

    @cached_property
    def interface(self) -> str:
        """The interface that bears the host's address, "" for none."""
        for line in self.lines("ip", "-o", "address", "show"):
            words = line.split()
            if len(words) > 3 and words[3].partition("/")[0] == self.entry.address:
                return words[1]
        return ""

    @cached_property
    def given_ipv6(self) -> list[str]:
        """The IPv6 addresses that somebody has given that interface."""
        found = []
        for line in self.lines("ip", "-o", "-6", "address", "show", "dev", self.interface or "lo", "scope", "global"):
            words = line.split()
            if len(words) > 3 and not {"dynamic", "temporary", "mngtmpaddr"} & set(words):
                found.append(words[3].partition("/")[0])
        return found

    @property
    def ipv6(self) -> str:
        """The one of them, "" for none or several."""
        return self.given_ipv6[0] if len(self.given_ipv6) == 1 else ""
