"""PostgreSQL's data directory: what belongs to the host in it, what lies elsewhere, what both servers must agree in."""

from __future__ import annotations

import glob
import hashlib
import os
import platform
from typing import Sequence

from irekae.subjects.databases.far.base import Answer, Failed, found, run, whole
from irekae.subjects.databases.far.data_folder import first_line, folder_look, stands_in
from irekae.subjects.databases.far.postgresql_queries import BUILT

POSTGRESQL_OWN = (
    "/postgresql.conf", "/postgresql.auto.conf", "/pg_hba.conf", "/pg_ident.conf", "/server.key", "/server.crt",
    "/root.crt",
)  # fmt: skip
POSTGRESQL_LEFT = ("/postmaster.pid", "/postmaster.opts", "/current_logfiles", "/pg_log", "/core", "/*.log")


SERVERS = ("postgres", "postmaster")
CLUSTERS = "/var/lib/postgresql/*/*/postmaster.pid"


def other_clusters(data: str) -> list[str]:
    """Data directories of Debian's clusters that run, but for the one that is asked."""
    found_ = []
    for path in sorted(glob.glob(CLUSTERS)):
        folder = os.path.realpath(os.path.dirname(path))
        name = first_line(f"/proc/{whole(first_line(path))}/comm")
        if folder != os.path.realpath(data) and name in SERVERS:
            found_.append(folder)
    return found_


def postgresql_files(row: Sequence[object]) -> Answer:
    """What a copy of the files must know, by the row that FILES brings."""
    folder, logs, archive, slots, spaces, unicode = row
    data = os.path.realpath(str(folder))
    left = [*POSTGRESQL_LEFT, *([] if os.path.isabs(str(logs)) else ["/{}".format(str(logs).split("/")[0])])]
    answer = folder_look(data, left)
    answer["own"] = list(POSTGRESQL_OWN)
    answer["left"] += POSTGRESQL_OWN
    control = controlled(data)
    answer["same"] = {name: control.get(name, "") for name in BUILT}
    answer["same"].update(
        {"machine": platform.machine(), "libc": os.confstr("CS_GNU_LIBC_VERSION") or "", "ICU": unicode}
    )
    answer["needs"], answer["offers"] = [], []
    answer["against"] += stands_in(data, first_line(os.path.join(data, "postmaster.pid")))
    answer["against"] += [("tablespace", str(space)) for space in spaces]  # type: ignore[attr-defined]
    answer["against"] += [("slot", str(slot)) for slot in slots]  # type: ignore[attr-defined]
    answer["against"] += [] if archive == "off" else [("archive", f"archive_mode = {archive}")]
    return answer


def controlled(data: str) -> dict[str, str]:
    """What pg_controldata says of a data directory."""
    major = first_line(os.path.join(data, "PG_VERSION"))
    tools = glob.glob(f"/usr/lib/postgresql/{glob.escape(major)}/bin/pg_controldata") if major else []
    said = run(([tools[0] if tools else found("pg_controldata"), "-D", data], {}))
    pairs = (line.partition(":") for line in said.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def postgresql_rests(data: str) -> Answer:
    """Has a server ended well in a data directory, and a word for how it has left it."""
    control = controlled(data)
    if "Database cluster state" not in control:
        raise Failed(f"pg_controldata says nothing of {data}")
    state = hashlib.sha256(repr(sorted(control.items())).encode()).hexdigest()[:32]
    return {"clean": control["Database cluster state"] == "shut down", "state": state}
