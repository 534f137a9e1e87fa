"""The verbs of a mail system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from irekae.host.daemons import Daemons
from irekae.host.host import Host
from irekae.host.remote import Link
from irekae.subjects.mail.tables import Table
from irekae.swap.obstacle import Obstacle

Message = dict[str, Any]
"""A message, as `Queued`, `Held` or `Settled` of irekae/host/mail_claims.py."""


class MailSystem(Protocol):
    """What a mail system does on a host. Who calls has it at rest where a verb says so."""

    name: str
    looks: str
    """What a person calls to see the queue."""
    tries_itself: bool
    """Does the daemon try what waits, and rests when it has; else a command of its own does."""

    # --- the queue ---

    def queued(self, link: Link) -> list[Message]:
        """Each message of a host's queue; none where it is laid out otherwise."""

    def try_all(self, host: Host, daemons: Daemons) -> None:
        """Let it try at once all that waits (1.3)."""

    def is_busy(self, host: Host, daemons: Daemons) -> bool:
        """Is a local delivery under way."""

    def rest(self, host: Host) -> None:
        """Stopped already: nothing of it delivers until 7.1 and 7.2, whoever submits what (1.3)."""

    def hold(self, link: Link, folder: str) -> list[Message]:
        """At rest: keep the queue's local mail in a folder, and mark it as done in the queue (1.6)."""

    def place(self, link: Link, folder: str, ids: Sequence[str] | None = None) -> list[Message]:
        """Put what is held in a folder into the queue, each message once (7.2)."""

    def withdraw(self, link: Link, folder: str) -> list[Message]:
        """At rest: take what was put there out of the queue again; those that were delivered meanwhile."""

    def settle(self, link: Link) -> list[Message]:
        """At rest: have each queued recipient decided by what the configuration says now; those that moved."""

    # --- what mail a host takes ---

    def take_mail(self, host: Host) -> None:
        """Configure it as production's: it takes the mail of the site's domains (7.2)."""

    def take_none(self, host: Host) -> None:
        """Configure it as the standby's: nothing from outside, and the system's own mail still gets out (7.1)."""

    def own_names(self, host: Host) -> list[str]:
        """What 7.2 makes a host's own name in mail, beside the site's domains."""

    def want_known(self, host: Host, domains: Sequence[str] | None = None) -> None:
        """It says itself that it takes the mail of the domains, by default of those that it is configured with.

        Raises:
            SwapError: it does not.
        """

    def tables(self, host: Host) -> list[Table]:
        """The files in which a host looks things up, that go over to the standby (3.7)."""

    def no_maker(self, host: Host, tables: Sequence[Table]) -> list[str]:
        """Why a host could not compile some of these tables, a line each."""

    # --- before the swap ---

    def obstacles(self, host: Host) -> Iterable[Obstacle]:
        """What would end an item of it, seen in phase 0; what is queued in a word is said."""

    def files(self) -> list[str]:
        """The files that must lie on a host, and that 7.1 and 7.2 write."""

    def programs(self) -> list[str]:
        """The programs that items run."""

    def ends_deliveries(self) -> bool:
        """Does it end the deliveries under way by itself, and in order, when it is stopped."""
