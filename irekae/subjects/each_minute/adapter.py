"""The verbs of who keeps a job, and what a job is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from irekae.host.host import Host
from irekae.site.site import Site


@dataclass(frozen=True)
class Job:
    """Commands that root runs.

    Attributes:
        name: of its files.
        title: what stands in them, in one line.
        why: what it is for, where a plan shows it.
        each_minute, at_boot: the commands, as words without a blank; none of them passes a shell by us.
    """

    name: str
    title: str
    why: str
    each_minute: tuple[str, ...]
    at_boot: tuple[str, ...]


@dataclass(frozen=True)
class Parting:
    """How files of a job go away when nobody of ours is there: in a shell script, by the host alone.

    Attributes:
        files: are removed.
        before, after: commands around that, where there is any of the files; how they end has no say.
        folder: goes too when it is empty then, "" for none.
    """

    files: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()
    folder: str = ""


class Keeper(Protocol):
    """Who runs a job each minute and at a boot."""

    name: ClassVar[str]

    def problem(self, host: Host, site: Site) -> str:
        """Why it would run nothing on this host; "" where it would."""

    def paths(self, job: Job) -> list[str]:
        """The files of a job."""

    def parting(self, job: Job) -> Parting:
        """How the host itself takes the job away."""

    def has(self, host: Host, job: Job) -> bool:
        """Does it have the job: all of it, and known to who runs it."""

    def failure(self, host: Host, job: Job) -> str:
        """Why it does not do the job that it has; "" where it was seen to, as far as that can be seen at once."""

    def install(self, host: Host, job: Job) -> None:
        """Give it the job."""

    def put_back(self, host: Host, job: Job) -> None:
        """The same in an undo, which is no change by itself."""

    def remove(self, host: Host, job: Job) -> None:
        """Take the job away, where it has it."""
