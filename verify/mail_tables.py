"""The mail system's tables of both hosts, as far/mail_tables.py reads them."""

from __future__ import annotations

import secrets
from typing import Any

from irekae.model.results import Evidence
from irekae.site.site import Site
from verify.connection import PinnedSsh
from verify.evidence import start

Tables = dict[str, dict[str, Any]]


def look_at_mail_tables(here: PinnedSsh, there: PinnedSsh, site: Site) -> tuple[Tables, Tables, list[Evidence]]:
    """Those that a host's mail system names, and the same ones on the other: a standby's own names few of them."""
    mail = site.its_mail
    request: dict[str, Any] = {"system": mail.system, "config": mail.conf, "salt": secrets.token_hex(16)}
    ours, said = _asked(here, request)
    if not ours:
        return {}, {}, [said]
    theirs, more = _asked(there, {**request, "tables": [*ours]})
    return ours, theirs, [said, more]


def _asked(backend: PinnedSsh, request: dict[str, Any]) -> tuple[Tables, Evidence]:
    began = start()
    answer: Tables = backend.far("mail_tables", request, become="root")
    told = "\n".join(f"{name}: { ({**state, 'each': ''}) }" for name, state in answer.items())
    return answer, began.heard("the mail system's tables", told, f"on {backend.entry.name}")
