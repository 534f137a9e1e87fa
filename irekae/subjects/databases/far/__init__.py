"""The databases' far end: runs on the host as root beside the server, standard library only, Python 3.7 or newer.

The modules of this package are joined to one program. For a look its text is sent along; for the copy it lies in
<state>/databases/program on both hosts, where production's sends and the standby's receives.
"""

from __future__ import annotations

import functools
from pathlib import Path

from irekae.host.far_program import joined

# In this order: each needs only those before it.
MODULES = (
    "base",
    "engine",
    "data_folder",
    "redo_log",
    "mariadb_words",
    "mariadb_grants",
    "mariadb_floats",
    "mariadb_digest",
    "mariadb_objects",
    "mariadb_files",
    "mariadb",
    "postgresql_queries",
    "postgresql_objects",
    "postgresql_files",
    "postgresql",
    "engines",
    "keeping",
    "exchange",
    "stream",
    "main",
)


@functools.cache
def program() -> bytes:
    """All modules as the text of one program."""
    head = '"""Written by irekae: the far end of the copy of databases."""\n\nfrom __future__ import annotations\n'
    return f"{head}{joined(Path(__file__).parent, MODULES)}\nsys.exit(main())\n".encode()
