"""What sshd makes of its configuration, by its own word; and what stands in files that decide for some people only."""

import fnmatch
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from irekae.host.host import Host
from irekae.site.inventory import HostEntry

SSHD = "/usr/sbin/sshd"
# Of nobody: TEST-NET-1 and the documentation's IPv6 prefix (RFC 5737, RFC 3849).
ELSEWHERE = ("192.0.2.1", "2001:db8::1")
DEPTH = 16  # sshd's own limit on files that include others
_WORDS = re.compile(r"^\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*$")


@dataclass(frozen=True)
class Line:
    """A line of a configuration file.

    Attributes:
        place: path and number.
        keyword: in small letters.
        value: what follows it, as it stands.
        match: the criteria of the Match block that it stands in, "" outside.
    """

    place: str
    keyword: str
    value: str
    match: str


def effective(host: Host, source: str, name: str) -> dict[str, list[str]]:
    """What applies to root who comes from an address: keyword → values, by `sshd -T`.

    Raises:
        SwapError: sshd refuses its configuration.
    """
    return _effective(host, [(source, name)])[0]


def _effective(host: Host, sources: Sequence[tuple[str, str]]) -> list[dict[str, list[str]]]:
    """What applies to root from each address with its name, in one round trip."""
    entry, found = host.entry, []
    common = f"laddr={entry.address},lport={entry.port}"
    asked = [(SSHD, "-T", "-C", f"user=root,host={name},addr={source},{common}") for source, name in sources]
    for argv, said in zip(asked, host.look_at_all(asked, timeout=60), strict=True):
        values: dict[str, list[str]] = {}
        for line in host.expect(said, argv, (0,)).text.splitlines():
            keyword, _, value = line.partition(" ")
            values.setdefault(keyword.lower(), []).append(value)
        found.append(values)
    return found


def root_logins(host: Host, sources: Sequence[tuple[str, str]]) -> list[str]:
    """The value of PermitRootLogin for root who comes from each address with its name."""
    return [values.get("permitrootlogin", ["?"])[0].lower() for values in _effective(host, sources)]


def lines(host: Host, config: str) -> list[Line]:
    """Every line of sshd_config and of the files that it includes, in sshd's order."""
    return list(_lines(host, config, "", DEPTH))


def _lines(host: Host, path: str, match: str, depth: int) -> Iterator[Line]:
    held = host.find(path)
    if held is None or not depth:
        return
    for number, text in enumerate(held.data.decode("utf-8", "replace").splitlines(), 1):
        found = _WORDS.match(text)
        if not found:
            continue
        keyword, value = found[1].lower(), found[2]
        if keyword == "match":
            match = value
        yield Line(f"{path}:{number}", keyword, value, match)
        if keyword == "include":
            for included in _included(host, value):
                yield from _lines(host, included, match, depth - 1)


def _included(host: Host, value: str) -> Iterator[str]:
    """The files that an Include names: patterns for glob(7), below /etc/ssh unless they are absolute."""
    try:
        patterns = shlex.split(value, comments=True)
    except ValueError:
        patterns = value.split()
    for pattern in patterns:
        folder, _, name = (pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}").rpartition("/")
        for known in sorted(host.names(folder)):
            if fnmatch.fnmatchcase(known, name) and (not known.startswith(".") or name.startswith(".")):
                yield f"{folder}/{known}"


def loopholes(host: Host, config: str) -> list[str]:
    """Lines of Match blocks, in whichever file, that let root in from somewhere, whatever the rest says."""
    return [
        f"{line.place}: Match {line.match}: PermitRootLogin {line.value}"
        for line in lines(host, config)
        if line.match and line.keyword == "permitrootlogin" and line.value.strip('"').split()[:1] != ["no"]
    ]


def other_daemons(host: Host) -> list[str]:
    """Running sshd that were started with settings of their own, which `sshd -T` does not see."""
    found = []
    for process in host.link.ask("processes"):
        # A listener's title: "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups".
        words = " ".join(process["words"]).removeprefix("sshd: ").partition(" [listener]")[0].split()
        if process["uid"] == 0 and words[:1] == [SSHD] and any(word[:2] in ("-o", "-f", "-p") for word in words):
            found.append(" ".join(words))
    return found


def addresses(host: Host, other: HostEntry) -> list[tuple[str, str]]:
    """From where root might come, with its name: the other host, this one, anywhere else."""
    own = (host.entry.address, host.entry.fqdn)
    return [(other.address, other.fqdn), own, ("127.0.0.1", "localhost"), ("::1", "localhost"), *anywhere()]


def anywhere() -> list[tuple[str, str]]:
    """Of nobody, with a name that nobody has."""
    return [(address, "somebody.invalid") for address in ELSEWHERE]
