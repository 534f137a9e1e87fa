"""Who holds a service's sockets, where it is not the service's own first process (9.1, 9.2)."""

from __future__ import annotations

from irekae.site.site import Site
from verify.facts import Facts
from verify.parsing import Listener, Process
from verify.subjects import ServiceCase
from verify.world import Server


def to_itself_alone(server: Server, case: ServiceCase, site: Site) -> bool:
    """Whether it is the mail system of a null client; that nobody else reaches it is 9.16's to say."""
    production = server.entry is server.world.inventory.production
    null_client = site.mail is not None and site.qmail is None and not production
    return null_client and site.mail is not None and case.name == site.mail.service


def strangers(facts: Facts, found: list[Listener], running: list[Process], theirs: set[str]) -> set[str]:
    """Names of who holds a service's sockets and is neither of `theirs` nor a child of its own, as postfix has them.

    Who came and went while the host was looked at keeps no port: ps has seen nothing of him, before and behind ss.
    """
    mine = {process.pid for process in running}
    seen = {process.pid: process.parent for process in facts.families}
    held = {holder for listener in found for holder in listener.holders}
    return {name for name, pid in held if name not in theirs and pid in seen and seen[pid] not in mine}


def end_of(found: list[Listener], facts: Facts, running: list[Process]) -> str:
    """The command that ends who sits on a service's port in its stead: none of its own processes, and not init."""
    mine = {process.pid for process in running}
    mine |= {process.pid for process in facts.families if process.parent in mine}
    pids = sorted({pid for one in found for pid in one.pids} - mine - {1})
    return f"kill {' '.join(map(str, pids))}; " if pids else ""
