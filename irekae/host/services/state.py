"""What is known of a service, and what a manager of services is (phases 1 and 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Argv = list[str]
"""A command as an argument list; it never passes a shell."""

Links = Mapping[str, str]
"""The start and stop links below /etc: `rc2.d/S01cron` → its target."""


class Answer(Protocol):
    """What a command returned."""

    @property
    def status(self) -> int:
        """Exit status."""

    @property
    def out(self) -> bytes:
        """Standard output."""

    @property
    def err(self) -> bytes:
        """Standard error."""


@dataclass(frozen=True)
class ServiceState:
    """A service on a host: two separate facts, "runs now" and "will run after the next boot".

    running, at_boot: None if the host's answer does not tell; known: whether the host has such a service at all;
    detail: what the host said, for people; unit: what commands call it, where that is another name than site.toml's;
    stops: what is stopped with it, in this order: what would start it again comes first; starts: what of it ran, in the
    order in which it can be started again; turns_off: what has to be turned off so that no boot starts it; needs_mask:
    others pull it in at boot, so only a mask keeps it off.
    """

    running: bool | None
    at_boot: bool | None
    known: bool
    detail: str
    unit: str = ""
    stops: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    turns_off: tuple[str, ...] = ()
    needs_mask: bool = False


class ServiceManager(Protocol):
    """Says which commands to run and what their answers mean; runs nothing itself."""

    name: str

    def queries(self, service: str, process: str = "") -> list[Argv]:
        """Commands whose answers `parse` wants, in this order. process: the name that `ps` shows, if it is known."""

    def parse(self, service: str, answers: Sequence[Answer], links: Links) -> ServiceState:
        """What the answers to `queries`, and the links, say of the service."""

    def start(self, service: str) -> list[Argv]:
        """Start it for now."""

    def stop(self, service: str) -> list[Argv]:
        """Stop it for now (1.3), without what may start it again."""

    def restart(self, service: str) -> list[Argv]:
        """Stop and start it, whether it runs or not."""

    def enable(self, service: str) -> list[Argv]:
        """Let it start at boot (7.3, 7.5, 7.7)."""

    def disable(self, service: str, state: ServiceState) -> list[Argv]:
        """Keep it from starting at boot (1.4, 7.8). state: what it does now."""

    def renew(self, service: str) -> list[Argv]:
        """Forget and make anew what lets it start at boot (7.5)."""

    def look(self, service: str) -> str:
        """What shows a person how it starts at boot."""

    def undo_boot(self, service: str, before: ServiceState) -> list[Argv]:
        """What brings back the boot setting of `before`, besides the links themselves."""
