"""Looks at the database servers of a host as their administrator, and at what 3.6 wrote down of them."""

from __future__ import annotations

import collections
import gzip
import hashlib
import json
import os
import subprocess
import sys
import zlib
from typing import Any, Iterator

SECONDS = 600  # that any question may take
PACE = 1 << 20  # bytes a second that a slow server reads, where every row is counted
# It becomes the tool: nothing waits beside it that a signal to the one would not reach.
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--")
SYSTEM = "('information_schema', 'performance_schema', 'mysql', 'sys')"
MARIADB_SIZE = (
    "SELECT IFNULL(SUM(data_length + index_length), 0) FROM information_schema.tables"
    f" WHERE table_schema NOT IN {SYSTEM}"
)
# A table of this connection alone: what is written into it is read again, and gone with it.
MARIADB_WRITES = (
    "CREATE TEMPORARY TABLE {}.irekae_probe (word VARCHAR(20)); INSERT INTO {}.irekae_probe VALUES ('written');"
    " SELECT word FROM {}.irekae_probe;"
)
POSTGRESQL_WRITES = (
    "CREATE TEMPORARY TABLE irekae_probe (word text); INSERT INTO irekae_probe VALUES ('written');"
    " SELECT json_build_array(word) FROM irekae_probe;"
)
MARIADB_THINGS = (
    "SELECT HEX(table_schema), 'view', HEX(table_name) FROM information_schema.views",
    "SELECT HEX(trigger_schema), 'trigger', HEX(trigger_name) FROM information_schema.triggers",
    "SELECT HEX(routine_schema), 'routine', HEX(routine_name) FROM information_schema.routines",
    "SELECT HEX(event_schema), 'event', HEX(event_name) FROM information_schema.events",
)
# What an account may do where: in the words of 3.6's record.
MARIADB_MAY = (
    "SELECT HEX(grantee), HEX(privilege_type), HEX('*.*') FROM information_schema.user_privileges"
    " WHERE privilege_type <> 'USAGE'",
    "SELECT HEX(grantee), HEX(privilege_type), HEX(CONCAT(table_schema, '.*'))"
    " FROM information_schema.schema_privileges",
    "SELECT HEX(grantee), HEX(privilege_type), HEX(CONCAT(table_schema, '.', table_name))"
    " FROM information_schema.table_privileges",
    "SELECT HEX(grantee), HEX(privilege_type), HEX(CONCAT(table_schema, '.', table_name, '.', column_name))"
    " FROM information_schema.column_privileges",
    "SELECT HEX(CONCAT(QUOTE(user), '@', QUOTE(host))), HEX(proc_priv), HEX(CONCAT(db, '.', routine_name))"
    " FROM mysql.procs_priv",
    "SELECT HEX(CONCAT(QUOTE(user), '@', QUOTE(host))), HEX('role'), HEX(role) FROM mysql.roles_mapping",
)
OUTER = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'"
RELATIONS = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
POSTGRESQL_THINGS = (
    "SELECT json_build_array('column', n.nspname || '.' || c.relname, a.attname, format_type(a.atttypid, a.atttypmod))"
    f" FROM {RELATIONS} JOIN pg_attribute a ON c.oid = a.attrelid WHERE c.relkind IN ('r', 'm', 'p') AND a.attnum > 0"
    f" AND NOT a.attisdropped AND {OUTER} ORDER BY a.attnum;",
    "SELECT json_build_array('thing', CASE c.relkind WHEN 'S' THEN 'sequence ' ELSE 'view ' END || n.nspname || '.' ||"
    f" c.relname) FROM {RELATIONS} WHERE c.relkind IN ('v', 'm', 'S') AND {OUTER};",
    "SELECT json_build_array('thing', 'extension ' || extname) FROM pg_extension;",
    "SELECT format('SELECT json_build_array(''rows'', %L::text, count(*)) FROM ONLY %I.%I;', n.nspname || '.' ||"
    f" c.relname, n.nspname, c.relname) FROM {RELATIONS} WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND {OUTER}"
    " \\gexec",
)

POSTGRESQL_MAY = (
    *(
        "SELECT json_build_array(CASE WHEN r.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r.grantee)::text END || ' '"
        f" || r.privilege_type || ' on ' || {what}) FROM {place}, aclexplode({rights}) r{within};"
        for what, rights, place, within in (
            ("'database ' || d.datname", "d.datacl", "pg_database d", " WHERE d.datname = current_database()"),
            ("'schema ' || n.nspname", "n.nspacl", "pg_namespace n", ""),
            ("n.nspname || '.' || c.relname", "c.relacl", RELATIONS, ""),
            (
                "n.nspname || '.' || p.proname",
                "p.proacl",
                "pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace",
                "",
            ),
        )
    ),
    "SELECT json_build_array(m.rolname || ' role ' || g.rolname) FROM pg_auth_members a, pg_roles m, pg_roles g"
    " WHERE m.oid = a.member AND g.oid = a.roleid;",
)


def main(request: dict[str, Any]) -> dict[str, Any]:
    """`servers`, by label: what each holds, or its `error`; `copied`, by label: the last record of 3.6.

    Args:
        request: `state`, irekae's folder; `servers`, of site.toml: label, kind, socket, port, cluster.
    """
    copied = {record["label"]: record for record in records(request["state"])}
    servers = {}
    for server in request["servers"]:
        servers[server["label"]] = _looked_at(server)
        size, made = servers[server["label"]].pop("size", 0), copied.get(server["label"], {}).get("made")
        if made and not servers[server["label"]]["error"]:
            servers[server["label"]].update(_made(server, made, request["state"], size))
    return {"servers": servers, "copied": copied}


def records(state: str) -> Iterator[dict[str, Any]]:
    """What 3.6 kept, oldest first; one whose text is not what its name says is none."""
    try:
        with open(os.path.join(state, "journal.jsonl"), "rb") as file:
            lines = file.read().splitlines()
    except OSError:
        return
    for line in lines:
        if b'"databases"' not in line:
            continue
        try:
            entry = json.loads(line)
            if entry.get("event") != "evidence" or entry.get("kind") != "databases":
                continue
            with gzip.open(os.path.join(state, "evidence", entry["digest"] + ".json.gz")) as kept:
                text = kept.read()
        except (ValueError, OSError, EOFError, zlib.error):
            continue
        if hashlib.sha256(text).hexdigest() == entry["digest"]:
            yield json.loads(text)


def _looked_at(server: dict[str, Any]) -> dict[str, Any]:
    try:
        return mariadb(server) if server["kind"] == "mariadb" else postgresql(server)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return {"error": str(error)[-500:]}


def _made(server: dict[str, Any], then: dict[str, Any], state: str, size: int) -> dict[str, Any]:
    """How everything is made, asked by the program and under the key that 3.6 has left; why it cannot be asked."""
    folder = os.path.join(state, "databases")
    path = os.path.join(folder, "objects.program")
    try:
        with open(path, "rb") as program, open(os.path.join(folder, "objects.key")) as key:
            if hashlib.sha256(program.read()).hexdigest() != then["program"]:
                return {"unmade": f"{path} is not what 3.6 has left"}
            about = {"server": server, "names": sorted(then["objects"]), "key": key.read()}
        argv = [sys.executable or "/usr/bin/python3", "-I", path, "objects"]
        (answer,) = said(argv, json.dumps(about), {}, size)
        made = json.loads(answer)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return {"unmade": str(error)[-500:]}
    return {"unmade": made["failed"]} if "failed" in made else {"made": made}


def said(argv: list[str], text: str, more: dict[str, str], size: int = 0) -> list[str]:
    """The lines that a client answers.

    Args:
        argv: the client.
        text: what it reads.
        more: of its environment.
        size: bytes that the server reads for it.

    Raises:
        ValueError: it ended with an error; with its first line.
    """
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root", **more}
    seconds = SECONDS + size / PACE
    done = subprocess.run(argv, input=text.encode(), capture_output=True, env=environment, cwd="/", timeout=seconds)
    if done.returncode:
        raise ValueError((done.stderr.decode("utf-8", "replace").splitlines() or ["it says nothing"])[0])
    return done.stdout.decode("utf-8", "replace").splitlines()


# --- MariaDB ---


def mariadb(server: dict[str, Any]) -> dict[str, Any]:
    """Rows, columns and things of every database, the accounts, and whether what is written can be read."""

    def ask(text: str, size: int = 0) -> list[list[str]]:
        socket = ["--socket=" + server["socket"]] if server["socket"] else []
        argv = ["mariadb", "--user=root", *socket, "--batch", "--skip-column-names", "--default-character-set=utf8mb4"]
        return [line.split("\t") for line in said(argv, text, {}, size)]

    found: dict[str, Any] = collections.defaultdict(lambda: {"rows": {}, "columns": {}, "things": []})
    for name, table, column, kind in ask(
        "SELECT HEX(c.table_schema), HEX(c.table_name), HEX(c.column_name), c.column_type FROM"
        " information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema"
        " AND t.table_name = c.table_name"
        f" WHERE t.table_type <> 'VIEW' AND c.table_schema NOT IN {SYSTEM} ORDER BY c.ordinal_position"
    ):
        found[_name(name)]["columns"].setdefault(_name(table), []).append(f"{_name(column)} {kind}")
    for name, kind, thing in ask(";".join(MARIADB_THINGS)):
        found[_name(name)]["things"].append(f"{kind} {_name(thing)}")
    counted = [
        f"SELECT '{name.encode().hex()}', '{table.encode().hex()}', COUNT(*) FROM {_quoted(name)}.{_quoted(table)};"
        for name, one in found.items()
        for table in one["columns"]
    ]
    size = int(ask(MARIADB_SIZE)[0][0])
    for name, table, count in ask("".join(counted), size):
        found[_name(name)]["rows"][_name(table)] = int(count)
    probes = [ask(MARIADB_WRITES.replace("{}", _quoted(name))) for name in found if _is_asked_for(server, name)]
    accounts = [
        _quoted(user) + ("" if is_role == "Y" else "@" + _quoted(host))
        for user, host, is_role in ((_name(row[0]), _name(row[1]), row[2]) for row in ask(
            "SELECT HEX(user), HEX(host), is_role FROM mysql.user"
        ))
    ]  # fmt: skip
    may = [" ".join(map(_name, row)) for row in ask(";".join(MARIADB_MAY))]
    version = ask("SELECT VERSION()")[0][0]
    # Its administrator writes all the same.
    read_only = ask("SELECT @@GLOBAL.read_only")[0][0] not in ("0", "OFF")
    writes = not read_only and bool(probes) and all(probe == [["written"]] for probe in probes)
    held = {"databases": found, "accounts": accounts, "rights": may}
    return {"error": "", "version": version, **held, "writes": writes, "size": size}


def _name(text: str) -> str:
    return bytes.fromhex(text).decode("utf-8", "replace")


def _quoted(text: str) -> str:
    return "`" + text.replace("`", "``") + "`"


def _is_asked_for(server: dict[str, Any], name: str) -> bool:
    return name in (server["names"] or [name]) and name not in server["excludes"]


# --- PostgreSQL ---


def postgresql(server: dict[str, Any]) -> dict[str, Any]:
    """The same, of PostgreSQL."""

    def ask(text: str, database: str = "postgres", size: int = 0) -> list[list[Any]]:
        more = {"PGDATABASE": database, "PGUSER": "postgres", "PGCLIENTENCODING": "UTF8"}
        more.update({"PGHOST": server["socket"]} if server["socket"] else {})
        more.update({"PGPORT": str(server["port"])} if server["port"] else {})
        more.update({"PGCLUSTER": server["cluster"].replace("-", "/", 1)} if server["cluster"] else {})
        argv = [*AS_POSTGRES, "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        return [json.loads(line) for line in said(argv, text, more, size) if line]

    names = ask(
        "SELECT json_build_array(datname, pg_database_size(oid)) FROM pg_database WHERE NOT datistemplate"
        " AND datname <> 'postgres';"
    )
    found: dict[str, Any] = {}
    probes, may = [], []
    for name, size in names:
        may += [f"{name}: {row[0]}" for row in ask("\n".join(POSTGRESQL_MAY) + "\n", name)]
        found[name] = {"rows": {}, "columns": {}, "things": []}
        for kind, *row in ask("\n".join(POSTGRESQL_THINGS) + "\n", name, size):
            if kind == "column":
                found[name]["columns"].setdefault(row[0], []).append(f"{row[1]} {row[2]}")
            elif kind == "rows":
                found[name]["rows"][row[0]] = row[1]
            else:
                found[name]["things"].append(row[0])
        if _is_asked_for(server, name):
            probes.append(ask(POSTGRESQL_WRITES, name))
    accounts = [row[0] for row in ask("SELECT json_build_array(rolname) FROM pg_roles;")]
    version = ask("SELECT json_build_array(current_setting('server_version'));")[0][0]
    writes = bool(probes) and all(probe == [["written"]] for probe in probes)
    held = {"databases": found, "accounts": accounts, "rights": may}
    return {"error": "", "version": version, **held, "writes": writes, "size": sum(row[1] for row in names)}
