"""MariaDB's data directory: what belongs to the host in it, what lies elsewhere, what both servers must agree in."""

from __future__ import annotations

import os
import platform
import sys
from typing import Iterator, Mapping, Sequence

from irekae.subjects.databases.far.base import Answer
from irekae.subjects.databases.far.data_folder import first_line, folder_look, stands_in

# Files of the host's own: Debian's mark of the release, keys and certificates, settings.
MARIADB_OWN = ("/debian-*.flag", "/*.pem", "/*.cnf")
# Places of a replica and of logs, besides those that the server names.
MARIADB_LEFT = (
    "/*.pid",
    "/*.sock",
    "/*.err",
    "/master.info",
    "/master-*.info",
    "/relay-log*.info",
    "/multi-master.info",
)
LOGS = (
    "log_error",
    "general_log_file",
    "slow_query_log_file",
    "pid_file",
    "socket",
    "log_bin_index",
    "relay_log_index",
)
NUMBERED = ("log_bin_basename", "relay_log_basename")
PLACES = ("innodb_data_home_dir", "innodb_undo_directory", "aria_log_dir_path", "rocksdb_datadir", "tokudb_data_dir")
AGREED = (
    "innodb_page_size",
    "lower_case_table_names",
    "innodb_data_file_path",
    "innodb_undo_tablespaces",
    "aria_block_size",
)
ELSEWHERE = {"columnstore", "s3", "spider", "connect"}  # engines whose data lie in other places, or on other hosts


def mariadb_files(settings: Mapping[str, str], engines: Sequence[str], plugins: Sequence[str], keys: Sequence[str],
                  maintenance: bool) -> Answer:  # fmt: skip
    """What a copy of the files must know.

    Args:
        settings: the server's.
        engines: of its tables.
        plugins: the libraries that it loads because its own tables say so.
        keys: the plugins that it has its keys from.
        maintenance: does it have Debian's former account for maintenance.
    """
    data = os.path.realpath(settings["datadir"])
    answer = folder_look(data, mariadb_left(settings, data), (".isl",))
    answer["own"] = list(MARIADB_OWN)
    answer["left"] += MARIADB_OWN
    answer["same"] = {name: settings[name] for name in AGREED if name in settings}
    answer["same"]["machine"] = f"{platform.machine()}, {sys.byteorder}-endian"
    answer["needs"] = sorted({"plugin " + name for name in plugins})
    answer["offers"] = sorted("plugin " + name for name in _listed(settings["plugin_dir"]))
    pid = first_line(os.path.join(data, settings.get("pid_file", "")))
    answer["against"] += stands_in(data, pid)
    answer["against"] += mariadb_against(settings, data, engines)
    answer["against"] += [("encrypted", name) for name in keys] + [("maintenance", "")] * maintenance
    return answer


def mariadb_left(settings: Mapping[str, str], data: str) -> list[str]:
    """Patterns of what lies in the data directory and is the host's: its logs, the files of its process."""
    found = list(MARIADB_LEFT)
    for name in (*LOGS, *NUMBERED):
        path = os.path.normpath(os.path.join(data, settings.get(name, "")))
        if settings.get(name) and os.path.dirname(path) == data:
            found.append("/{}{}".format(os.path.basename(path), ".*" if name in NUMBERED else ""))
    return found


def mariadb_against(settings: Mapping[str, str], data: str, engines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What lies outside the data directory, and how the server ends."""
    for name in PLACES:
        value = settings.get(name) or ""
        path = os.path.realpath(os.path.join(data, value))
        if not f"{path}/".startswith(data + "/"):
            yield "outside", f"{name} = {value}"
    redo = settings.get("innodb_log_group_home_dir") or ""
    if os.path.realpath(os.path.join(data, redo)) != data:
        yield "outside", f"innodb_log_group_home_dir = {redo}"
    for part in settings.get("innodb_data_file_path", "").split(";"):
        if part.startswith("/") or ".." in part:
            yield "outside", f"innodb_data_file_path = {part}"
    for engine in sorted({name for name in engines if name.lower() in ELSEWHERE}):
        yield "outside", f"the engine {engine}"
    if settings.get("innodb_fast_shutdown") not in ("0", "1"):
        yield "shutdown", "innodb_fast_shutdown = {}".format(settings.get("innodb_fast_shutdown"))


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
