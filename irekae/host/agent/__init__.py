"""The far end of a connection: runs on the host as root, standard library only, Python 3.7 or newer.

The modules of this package are joined to one program, whose text the seat sends over ssh. Then it speaks one JSON
object a line: {"op": …, arguments} is answered by {"ok": …} or {"error": …, "kind": …}. File contents travel as
base64, commands as argument lists. When the seat goes away, standard input ends and so does the agent, and with it the
locks it holds.
"""

from __future__ import annotations

import functools
from pathlib import Path

from irekae.host.far_program import joined

# In this order: each needs only those before it.
MODULES = (
    "words",
    "base",
    "paths",
    "attributes",
    "walk",
    "replace",
    "files",
    "search",
    "checkpoints",
    "account_lock",
    "processes",
    "users",
    "families",
    "commands",
    "journal",
    "locks",
    "boot",
    "homes",
    "copies",
    "trees",
    "survey",
    "mailboxes",
    "mail_queue",
    "mail_rules",
    "held_mail",
    "postfix_queue",
    "postfix_held",
    "digests",
    "data_trees",
    "seen",
    "seen_accounts",
    "seen_mail",
    "seen_programs",
    "seen_service",
    "seen_files",
    "seen_web",
    "seen_contents",
    "seen_pages",
    "seen_outside",
    "facts",
    "seen_system",
    "serve",
)
_FUTURE = "from __future__ import annotations\n"


@functools.cache
def program() -> bytes:
    """All modules as the text of one program that serves at once."""
    return f"{_FUTURE}{joined(Path(__file__).parent, MODULES)}\nmain()\n".encode()
