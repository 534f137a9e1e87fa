"""The far end of a connection: runs on the host as root, standard library only, Python 3.7 or newer.

The modules of this package are joined to one program, whose text the seat sends over ssh unless the host has kept it
(`start.py`, `kept.py`). Then it speaks one JSON object a line: {"op": …, arguments} is answered by {"ok": …} or
{"error": …, "kind": …}. File contents travel as base64, commands as argument lists. When the seat goes away, standard
input ends and so does the agent, and with it the locks it holds.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from irekae.host.far_program import joined

# In this order: each needs only those before it.
MODULES = (
    "start",
    "words",
    "base",
    "parts",
    "paths",
    "attributes",
    "walk",
    "replace",
    "files",
    "search",
    "checkpoints",
    "kept",
    "account_lock",
    "processes",
    "users",
    "families",
    "commands",
    "journal",
    "locks",
    "boot",
    "homes",
    "marks",
    "copy_notes",
    "copies",
    "trees",
    "survey",
    "mailboxes",
    "mail_logs",
    "mail_sessions",
    "mail_queue",
    "mail_rules",
    "held_mail",
    "postfix_queue",
    "postfix_held",
    "exim_queue",
    "exim_held",
    "mail_states",
    "mail_ends",
    "digests",
    "data_trees",
    "undeclared",
    "seen",
    "seen_accounts",
    "seen_mail",
    "seen_programs",
    "seen_service",
    "seen_databases",
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


@functools.cache
def program_digest() -> str:
    """What the program is known by on hosts that keep it: its sha256."""
    return hashlib.sha256(program()).hexdigest()


@functools.cache
def beginning() -> bytes:
    """What is sent before the program: it looks for one that is kept, and asks for the text where there is none."""
    return f"{_FUTURE}{joined(Path(__file__).parent, ('start',))}\nbegin()\n".encode()
