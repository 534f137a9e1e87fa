"""Output of a host's programs, as data. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """A line of `ps -eo pid=,ppid=,ruid=,stat=,comm=,args=`; uid: of the real user."""

    pid: int
    parent: int
    uid: int
    state: str
    name: str
    line: str

    @property
    def alive(self) -> bool:
        """Not a zombie: a dead process that nobody has buried serves nobody."""
        return not self.state.startswith("Z")


@dataclass(frozen=True)
class Listener:
    """A line of `ss -H -ltunp`: who listens where."""

    port: str
    address: str
    holders: tuple[tuple[str, int], ...]
    line: str

    @property
    def owners(self) -> tuple[str, ...]:
        """The names of the processes that hold it, each once."""
        return tuple(dict.fromkeys(name for name, _ in self.holders))

    @property
    def pids(self) -> tuple[int, ...]:
        """Their numbers."""
        return tuple(pid for _, pid in self.holders)

    def hears(self, address: str) -> bool:
        """Whether a client that calls `address` (IPv4) gets to this socket."""
        return self.address in ("0.0.0.0", "*", "::", "[::]", address, f"::ffff:{address}")


def processes(ps: str) -> list[Process]:
    """Read the output of ps."""
    found = []
    for line in ps.splitlines():
        words = line.split(None, 5)
        if len(words) >= 5 and all(word.isdigit() for word in words[:3]):
            pid, parent, uid, state, name = words[:5]
            found.append(Process(int(pid), int(parent), int(uid), state, name, " ".join(line.split())))
    return found


def listeners(ss: str) -> list[Listener]:
    """Read the output of ss."""
    found = []
    for line in ss.splitlines():
        words = line.split()
        if len(words) < 5 or words[0] not in ("tcp", "udp"):
            continue
        address, _, port = words[4].rpartition(":")
        holders = tuple((name, int(pid)) for name, pid in re.findall(r'\("([^"]+)",pid=(\d+)', line))
        address = address.partition("%")[0].strip("[]")
        found.append(Listener(f"{words[0]}/{port}", address, holders, line.strip()))
    return found


def boot_targets(depend: str) -> set[str] | None:
    """The scripts that insserv has put into .depend.start, by which a boot with startpar goes; None: no such file."""
    targets = re.search(r"^TARGETS *= *(.*)$", depend, re.MULTILINE)
    return set(targets[1].split()) if targets else None


def sshd_options(process_title: str) -> list[str]:
    """The options that a running sshd was started with, from its title `sshd: /usr/sbin/sshd -D [listener] 0 of …`."""
    title = re.search(r"sshd: (\S*sshd)((?: .*?)?) \[listener\]", process_title)
    words = title[2].split() if title else process_title.split()[1:]
    # -D, -d and -e only say how it runs; -T itself would be contradicted by them.
    return [word for word in words if word not in ("-D", "-e", "-d")]


def sshd_values(shown: str) -> dict[str, list[str]]:
    """What `sshd -T` shows: option in lower case → its values."""
    values: dict[str, list[str]] = {}
    for line in shown.splitlines():
        key, _, value = line.partition(" ")
        values.setdefault(key.lower(), []).append(value)
    return values


def control_lines(text: str) -> list[str]:
    """A qmail control file's entries, one a line (qmail-control(5)); trailing spaces and tabs and comments don't count.

    A carriage return does: to qmail it belongs to the name.
    """
    return [line.rstrip(" \t") for line in text.split("\n") if line.strip() and not line.startswith("#")]


def setting_lines(text: str) -> list[str]:
    """The lines of a configuration file that say something, with single spaces."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip() and line.lstrip()[0] not in "#;"]


def host_tokens(text: str) -> set[str]:
    """Every maximal run of host-name characters, without outer dots and hyphens: `ika-itpass.scitec.kobe-u.ac.jp`."""
    return {token.strip(".-") for token in re.findall(r"[A-Za-z0-9_.~-]+", text)}


def bears_name(text: str, label: str, name: str) -> bool:
    """Whether a host is named in `text`: its short name as a whole token, or its label in any longer name.

    So `ika`, `ika-itpass.scitec.kobe-u.ac.jp` and `root.ika-itpass.scitec.kobe-u.ac.jp.` count, `ikasumi` does not.
    """
    tokens = host_tokens(text)
    return name in tokens or any(label in token.split(".") for token in tokens)


@dataclass(frozen=True)
class Account:
    """A line of /etc/passwd."""

    name: str
    uid: int
    gid: int
    home: str
    shell: str


def accounts(passwd: str) -> list[Account]:
    """Read passwd(5); a line that is not one is left out."""
    found = []
    for line in passwd.splitlines():
        words = line.split(":")
        if len(words) == 7 and words[2].isdigit() and words[3].isdigit():
            found.append(Account(words[0], int(words[2]), int(words[3]), words[5], words[6]))
    return found


def first_fields(text: str) -> list[str]:
    """The name of each line of shadow(5) or group(5)."""
    return [line.partition(":")[0] for line in text.splitlines() if line.strip()]
