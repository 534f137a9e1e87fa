"""Mailboxes of the hosts, looked into for the messages of a run."""

from __future__ import annotations

import time
from typing import Any

from irekae.site.inventory import HostEntry
from irekae.site.site import Site
from verify.connection import Connections
from verify.evidence import start
from verify.far_command import grown

ARRIVAL_DEADLINE = 15.0
SWEEP_DEADLINE = 8.0
QUEUE_DEADLINE = 30.0
"""Seconds until a queue is said not to have done with a message: a host that has much to do takes its time."""
DAY = 86400
USUAL_HOMES = "/home"  # where people keep their mail though nothing is copied


class Mailboxes:
    """Where the messages with one mark may lie: Maildirs of all homes, a list's archive, a mailbox file outside."""

    def __init__(self, site: Site, connections: Connections, mark: str) -> None:
        """Nothing is looked at yet."""
        self._site = site
        self._connections = connections
        self._mark = mark
        self._mail = site.its_mail
        self._queue = self._mail.queue
        self._home = site.home.path if site.home else USUAL_HOMES
        # A day before: the host's clock may be wrong, and old mail need not be read all the same.
        self._since = time.time() - DAY

    def look(
        self, host: HostEntry, awaited: list[list[str]], deadline: float = ARRIVAL_DEADLINE, sweep: bool = False
    ) -> dict[str, Any]:
        """Look through the mailboxes of a host.

        Args:
            host: whose mailboxes; all homes of a server, the operator's own mailbox outside.
            awaited: [owner, token] of each message to wait for; the owner "*" is anybody.
            deadline: seconds, and more the more messages are awaited; 0 waits for none.
            sweep: wait until the queue holds nothing of ours, then remove all of it.

        Returns:
            far/maildirs.py's answer, with the evidence.

        Raises:
            Unreachable: the host can't be asked.
        """
        own = host.group == "outside"
        began = start()
        deadline = grown(deadline, len(awaited)) if deadline else deadline
        request = {**self._request(host, own), "awaited": awaited, "deadline": deadline, "remove": sweep}
        if sweep and not own:
            request["queue"] = self._queue
        answer = self._connections.to(host).far(
            "maildirs", request, become=None if own else "root", timeout=ARRIVAL_DEADLINE + 30
        )
        lines = [f"{message['owner']}: {message['path']}\n{message['text']}" for message in answer["messages"]]
        lines += [f"nothing for {owner} with {token}" for owner, token in answer["missing"]]
        lines += [f"not looked into: {where}" for where in answer["astray"]]
        asked = f"messages with {self._mark} below {self._home}"
        answer["evidence"] = began.heard(asked, "\n\n".join(lines) or "none", f"on {host.name}")
        return answer

    def wait_for_queue(self, host: HostEntry) -> dict[str, Any]:
        """Wait until the host's queue has done with all of ours: far/maildirs.py's answer; `queued` is what has stayed.

        Raises:
            Unreachable: the host can't be asked.
        """
        began = start()
        request = {**self._request(host, own=False), "awaited": [], "deadline": QUEUE_DEADLINE, "remove": False}
        request["queue"] = self._queue
        answer = self._connections.to(host).far("maildirs", request, become="root", timeout=QUEUE_DEADLINE + 30)
        told = "\n".join(answer["queued"]) or "none"
        answer["evidence"] = began.heard(f"files of {self._queue} with {self._mark}", told, f"on {host.name}")
        return answer

    def _request(self, host: HostEntry, own: bool) -> dict[str, Any]:
        lists = [listed.place for listed in self._mail.lists if listed.place]
        return {
            "mark": self._mark,
            "homes": self._home,
            "maildir": self._mail.maildir,
            "since": self._since,
            "also": [] if own else lists,
            "mbox": f"/var/mail/{host.user}" if own and host.user else "",
            "boxes": [] if own else list(self._mail.mailboxes),
        }
