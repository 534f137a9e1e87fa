"""A known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): the keys that it has for a host, and what does not count.

paramiko knows hashed names and keys, but neither markers, nor patterns, nor which line was wrong.
"""

import binascii
import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from irekae.model.errors import wrong_use

DEFAULT_PORT = 22


@dataclass(frozen=True)
class Line:
    """A line that holds a key.

    Attributes:
        place: the file and the number of the line, for messages.
        marker: "", "@cert-authority", "@revoked", or another that a later OpenSSH knows.
        names: hosts, patterns or one hashed name, as they stand there.
    """

    place: str
    marker: str
    names: list[str]
    kind: str
    data: str

    def is_for(self, spelled: Iterable[str]) -> bool:
        """Whether the line is for a host by any of these names; one that `!` excepts is not meant by the others."""
        return any(self._names(name.lower()) for name in spelled)

    def _names(self, name: str) -> bool:
        excepted = any(one.startswith("!") and _matches(one[1:], name) for one in self.names)
        return not excepted and any(_matches(one, name) for one in self.names)

    def key(self) -> str | None:
        """The key as "type base64"; None: of a type that no connection of ours can use.

        Raises:
            SwapError: it is no key, or one of another type.
        """
        from paramiko.hostkeys import HostKeyEntry, InvalidHostKey
        from paramiko.ssh_exception import SSHException

        try:
            entry = HostKeyEntry.from_line(f"host {self.kind} {self.data}")
        except (InvalidHostKey, SSHException, ValueError, IndexError) as error:
            why = str(error) if isinstance(error, SSHException) else ""
            raise wrong_use(
                f"{self.place}: {self.data!r} is no key of type {self.kind!r}", why, "correct or remove that line"
            ) from None
        if entry is None or entry.key is None:
            return None
        return f"{entry.key.get_name()} {entry.key.get_base64()}"


@dataclass(frozen=True)
class Found:
    """What a file has for a host.

    Attributes:
        keys: "type base64", in the file's order.
        passed_over: a sentence for each line that is for the host and does not count.
    """

    keys: list[str]
    passed_over: list[str]


def read_known_hosts(path: Path) -> list[Line]:
    """The lines that hold keys; those that are none, OpenSSH passes over too.

    Raises:
        SwapError: the file cannot be read (exit status 2).
    """
    try:
        text = path.read_bytes().decode("utf-8", "replace")  # comments may be of any encoding
    except OSError as error:
        raise wrong_use(f"{path} cannot be read", str(error), "name another known_hosts file") from None
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        marker = words.pop(0) if words and words[0].startswith("@") else ""
        if len(words) >= 3 and not words[0].startswith("#"):
            lines.append(Line(f"{path}: line {number}", marker, words[0].split(","), words[1], words[2]))
    return lines


def keys_of(lines: list[Line], names: Iterable[str], port: int) -> Found:
    """The keys of a host, as OpenSSH would look them up.

    Args:
        lines: of the file.
        names: the host's address and names.
        port: of its sshd; where the file has lines for it (`[host]:2222`), those for the bare names are another sshd's.

    Raises:
        SwapError: a line for the host holds no key (exit status 2).
    """
    bare = list(names)
    own = [line for line in lines if line.is_for(f"[{name}]:{port}" for name in bare)]
    plain = [line for line in lines if line.is_for(bare)]
    if port == DEFAULT_PORT or not any(line.marker == "" for line in own):
        own = [line for line in lines if line in own or line in plain]
    revoked = {line.data for line in lines if line.marker == "@revoked"}  # for whomever: machines change names
    keys, passed_over = [], []
    for line in own:
        key = line.key() if line.marker in ("", "@revoked") else None
        if why := _why_not(line, key, line.data in revoked):
            passed_over.append(f"{line.place}: {why}")
        elif key:
            keys.append(key)
    return Found(list(dict.fromkeys(keys)), passed_over)


def _why_not(line: Line, key: str | None, revoked: bool) -> str:
    """Why a line's key does not count; "": it does."""
    if line.marker == "@cert-authority":
        return "an authority for certificates; only keys can be pinned"
    if line.marker not in ("", "@revoked"):
        return f"{line.marker!r} is no marker that is known here"
    if revoked:
        return "this key is revoked (@revoked)"
    if key is None:
        return f"{line.kind!r} is no type of key that is known here"
    return ""


def _matches(pattern: str, name: str) -> bool:
    """A name, a pattern of `*` and `?`, or a hashed name."""
    if not pattern.startswith("|"):
        # In fnmatch a bracket has a meaning of its own; here it is part of `[host]:port`.
        return re.match(fnmatch.translate(pattern.lower().replace("[", "[[]")), name) is not None
    from paramiko.hostkeys import HostKeys

    try:
        return HostKeys.hash_host(name, pattern) == pattern
    except (binascii.Error, ValueError, IndexError, AssertionError):
        return False  # broken: nobody's name


def want_keys(path: Path, found: dict[str, Found], places: Mapping[str, str], instead: str) -> None:
    """Each of these hosts must have a key.

    Args:
        path: of the file.
        found: what it has, by the hosts' names.
        places: where they are looked for, by their names.
        instead: what to do where it has none.

    Raises:
        SwapError: which have none, and which lines for them did not count (exit status 2).
    """
    missing = [name for name in places if not found[name].keys]
    if missing:
        passed_over = dict.fromkeys(line for name in missing for line in found[name].passed_over)
        named = ", ".join(f"{name} ({places[name]})" for name in missing)
        raise wrong_use(f"{path} has no key for {named}", "\n".join(passed_over), instead)
