"""What one host says of itself, read in one round trip at the start."""

from __future__ import annotations

import errno
import os
import re
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from irekae.model.results import Evidence
from irekae.model.secrecy import quoted
from irekae.site.site import Site
from verify import units
from verify.connection import PinnedSsh
from verify.evidence import Start, start
from verify.far.ask import NOT_ENDED, PATIENCE
from verify.finding import Silent
from verify.parsing import Listener, Process, listeners, processes
from verify.resolver import ResolverConfig, resolver_config

SLOW = 150  # seconds until a host that has much to do has told all
PS = ["ps", "-eo", "pid=,ppid=,ruid=,stat=,comm=,args=", "ww"]
SS = ["ss", "-H", "-l", "-t", "-u", "-n", "-p"]
FILES = [
    "/etc/resolv.conf",
    "/etc/passwd",
    "/etc/group",
    "/etc/shadow",
    "/etc/crontab",
    "/etc/fstab",
    "/etc/inittab",
    "/etc/rc.local",
    "/etc/init.d/.depend.start",
    "/run/sshd.pid",
]
RUNLEVEL_FOLDERS = [f"/etc/rc{level}.d" for level in "2345S"]


@dataclass(frozen=True)
class Facts:
    """The answers, and how to quote them as evidence.

    Attributes:
        host: name of the host that was asked.
        raw: far/ask.py's answer.
        began: when it was asked.
        inits: site.toml's names for its services.
        offset: seconds by which the host's clock is ahead of the seat's; the way there and back makes it uncertain
            by `uncertain` seconds.
    """

    host: str
    raw: dict[str, Any]
    began: Start
    took: float
    offset: float
    uncertain: float
    asked: dict[str, list[str]]
    inits: tuple[str, ...] = ()

    @property
    def began_at(self) -> float:
        """When it was asked, by its own clock, seconds since 1970."""
        return float(self.raw["clock"])

    @property
    def resolver(self) -> ResolverConfig:
        """What its resolv.conf says."""
        return resolver_config(self.text("/etc/resolv.conf") or "")

    def text(self, path: str) -> str | None:
        """Content of a file, or None where it could not be read."""
        content = self.raw["files"].get(path, {}).get("text")
        return content if isinstance(content, str) else None

    def file(self, path: str) -> dict[str, Any]:
        """Content, owner, mode and times of a file, or its error."""
        found: dict[str, Any] = self.raw["files"].get(path, {"error": "was not asked for"})
        return found

    def under(self, folder: str) -> dict[str, dict[str, Any]]:
        """What lies in a folder, by name; nothing where there is no such folder."""
        found: dict[str, dict[str, Any]] = self.raw["folders"].get(folder, {}).get("entries", {})
        return found

    def unread(self, folder: str) -> str:
        """Why a folder that is there could not be looked into; "" where it was, or where there is none."""
        error = str(self.raw["folders"].get(folder, {}).get("error", ""))
        return "" if error in ("", os.strerror(errno.ENOENT)) else error

    def files_like(self, prefix: str) -> list[str]:
        """Paths of the files read whose path begins so."""
        return [path for path in self.raw["files"] if path.startswith(prefix)]

    def command(self, name: str) -> dict[str, Any]:
        """Status, out and err of a command."""
        found: dict[str, Any] = self.raw["commands"][name]
        return found

    def out(self, name: str) -> str:
        """What a command wrote.

        Raises:
            Silent: it has not ended in time, so nothing is known.
        """
        done = self.command(name)
        if done["status"] == NOT_ENDED:
            raise Silent(self.host, " ".join(self.asked.get(name, [name]))[:80], PATIENCE)
        return str(done["out"])

    @property
    def processes(self) -> list[Process]:
        """Living processes."""
        return [process for process in processes(self.out("ps")) if process.alive]

    @property
    def families(self) -> list[Process]:
        """Living processes, and those that began while the sockets were looked at: a daemon's child may be new."""
        return [*self.processes, *(one for one in processes(self.out("ps-behind")) if one.alive)]

    def program(self, process: Process) -> str:
        """What a process executes; "" where that is not known: the kernel's own, or one that has ended meanwhile."""
        return str(self.raw.get("programs", {}).get(str(process.pid), ""))

    def at_rest(self, process: Process) -> str:
        """Why a living process does nothing: "stopped" or "frozen"; "" where it works."""
        return str(self.raw.get("at_rest", {}).get(str(process.pid), ""))

    @property
    def listeners(self) -> list[Listener]:
        """Listening sockets."""
        return listeners(self.out("ss"))

    @property
    def systemd(self) -> bool:
        """Whether systemd is the init of the running system (sd_booted(3)); otherwise it is sysvinit."""
        return any(process.pid == 1 and process.name == "systemd" for process in self.processes)

    @cached_property
    def units(self) -> units.Units:
        """What systemd says of the services of site.toml."""
        return units.Units.read(self.inits, self.out("units"), self.out("boot"), self.out("generated"))

    def of_command(self, name: str, lines: list[str] | None = None) -> Evidence:
        """A command as evidence; `lines`: those of its output that matter, else all."""
        done = self.command(name)
        answered = done["out"] + done["err"] if lines is None else "\n".join(lines) or "(no such line)"
        asked = " ".join(self.asked[name])
        return self._evidence(asked, f"{answered}\n[status {done['status']}]", float(done["took"]))

    def of_file(self, path: str) -> Evidence:
        """A file as evidence."""
        return self._evidence(f"cat {path}", told(path, self.file(path)))

    def quoted(self, path: str, text: str) -> str:
        """A piece of a file as it may be shown: nothing of one that not everybody may read."""
        return quoted(path, self.file(path).get("public", False), text)

    def of(self, asked: str, answered: str) -> Evidence:
        """Something else that was read in the same round trip."""
        return self._evidence(asked, answered)

    def _evidence(self, asked: str, answered: str, took: float | None = None) -> Evidence:
        whole = self.began.heard(asked, answered, f"on {self.host}")
        took = self.took if took is None else round(took, 3)
        return Evidence(whole.asked, whole.answered, whole.seen_from, whole.at, took)


def told(path: str, file: dict[str, Any]) -> str:
    """What far/ask.py says of a file, as it may be shown."""
    if "error" in file:
        return f"{path}: {file['error']}"
    return f"{quoted(path, file['public'], file['text'])}[mode {file['mode']:04o}, uid {file['uid']}]"


# Where a network manager looks for an interface's addresses; of NetworkManager's, those without a dot in front.
INTERFACE_FILES = (
    "/etc/network/interfaces*",
    "/etc/network/interfaces.d/*",
    "/etc/netplan/*.yaml",
    "/etc/systemd/network/*.network",
    "/etc/systemd/network/*.network.d/*.conf",
    "/etc/NetworkManager/system-connections/[!.]*",
)


def _inits(site: Site) -> list[str]:
    """site.toml's names for what systemd is asked about, each once."""
    return list(dict.fromkeys(service.init for service in [*site.services.values(), *site.timers]))


def questions(site: Site) -> dict[str, Any]:
    """What every server is asked, for far/ask.py: commands by name, files, folders."""
    sshd_config = site.root_door.sshd_config
    named = {"named.conf": named_conf(site.dns.namedb)} if site.dns else {}
    httpd = {"httpd.conf": ["cat", site.web.httpd_conf]} if site.web and site.web.httpd_conf else {}
    return {
        "commands": {
            "ps": PS,
            "ss": SS,
            "ps-behind": PS,
            "hostname": ["hostname"],
            "fqdn": ["hostname", "-f"],
            **named,
            **httpd,
            **units.questions(_inits(site)),
        },
        "files": [*[file.path for file in site.files], *FILES, sshd_config, f"{site.site.state}/run.json"],
        "globs": [*INTERFACE_FILES, f"{sshd_config}.d/*.conf"],
        "programs": True,
        "folders": [*RUNLEVEL_FOLDERS, "/etc/init.d", *_of_jobs(site)],
    }


def job_folders(site: Site) -> list[str]:
    """Where daemons find users' jobs, one file each."""
    return [*([site.copy.crontabs] if site.copy.crontabs else []), *site.phase1.jobs]


def held_at(site: Site, folder: str) -> str:
    """Where the retired machine keeps what lay in one of them."""
    return f"{site.site.state}/held{folder}"


def _of_jobs(site: Site) -> list[str]:
    folders = job_folders(site)
    return [*folders, *(held_at(site, folder) for folder in folders)]


def named_conf(namedb: str | None) -> list[str]:
    """What prints the name server's configuration: that beside the data of one built by hand, else its own tools'."""
    return ["named-checkconf", "-p", *([f"{namedb.rpartition('/')[0]}/named.conf"] if namedb else ["-x"])]


def interface_files(facts: Facts, site: Site, address: str) -> list[str]:
    """The files that give the interface its address at boot: site.toml's, or those in which the address stands."""
    if site.network.interfaces:
        return [site.network.interfaces]
    whole = re.compile(rf"(?<![0-9.]){re.escape(address)}(?![0-9.])")
    kinds = [pattern.partition("*")[0] for pattern in INTERFACE_FILES]
    known = [path for kind in kinds for path in facts.files_like(kind)]
    return [path for path in dict.fromkeys(known) if whole.search(facts.text(path) or "")]


def read_facts(backend: PinnedSsh, site: Site) -> Facts:
    """Ask a host all of `questions`.

    Raises:
        Unreachable: it can't be asked.
    """
    request = questions(site)
    asked: dict[str, list[str]] = request["commands"]
    request["commands"] = {name: {"argv": words} for name, words in asked.items()}
    backend.call(["true"])  # the connection, so that it isn't part of the way that the clock is judged by
    began, before = start(), time.time()
    raw = backend.far("ask", request, become="root", timeout=SLOW)
    took = time.time() - before
    # far/ask.py reads its clock first, so it did between `before` and the end.
    offset = float(raw["clock"]) - before
    return Facts(backend.entry.name, raw, began, began.took(), offset, took, asked, tuple(_inits(site)))
