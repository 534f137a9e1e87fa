"""PostgreSQL, asked as its own administrator over its socket, by its own client and its own dump."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any, Mapping, Sequence

from irekae.subjects.databases.far.base import PART, Answer, Command, Failed, found, keyed, room, run
from irekae.subjects.databases.far.engine import Accounts, Engine
from irekae.subjects.databases.far.postgresql_files import other_clusters, postgresql_files, postgresql_rests
from irekae.subjects.databases.far.postgresql_objects import COUNTERS, EVERY_RIGHT, MEMBERS, PARTS, PLAIN_SETTINGS
from irekae.subjects.databases.far.postgresql_queries import (
    CHECKSUMS,
    COLUMNS,
    DATABASES,
    FILES,
    FILLED,
    LARGE,
    MEMBERSHIPS,
    NEEDS,
    OBJECTS,
    OFFERS,
    RIGHTS,
    ROLE_SETTINGS,
    ROLES,
    SEQUENCES,
    SERVER,
    SETTINGS,
)

ADMINISTRATOR = "postgres"  # of the system and of the server
# It becomes the tool. runuser(1) would wait beside it, stop when it stops, and hold its output open when it is killed.
AS_ADMINISTRATOR = ("setpriv", f"--reuid={ADMINISTRATOR}", f"--regid={ADMINISTRATOR}", "--init-groups", "--")
# No log of the server's gets what we ask: it may hold passwords. Values look alike on any host.
OPTIONS = (
    "-c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic -c statement_timeout=0"
    " -c pg_stat_statements.track_utility=off -c pgaudit.log=none -c timezone=UTC -c datestyle=ISO"
    " -c extra_float_digits=3 -c bytea_output=hex -c intervalstyle=postgres -c client_min_messages=warning"
    " -c search_path=pg_catalog"
)
PSQL = ("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")


def name_in_sql(text: str) -> str:
    """An identifier, quoted."""
    return '"{}"'.format(text.replace('"', '""'))


def locale_name(text: str) -> str:
    """A locale as it is compared: C.UTF-8 is C.utf8."""
    return "locale " + text.lower().replace("-", "").replace("posix", "c")


def _as_text(line: str) -> str:
    """A line that may be no UTF-8, so that it can be sent as JSON: the same bytes are the same text."""
    data = line.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def needs_of(encoding: str, locales: Sequence[str]) -> list[str]:
    """What a database of an encoding and of locales needs."""
    return ["encoding " + encoding, *map(locale_name, locales)]


class PostgreSql(Engine):
    """A PostgreSQL server."""

    accounts_first = True

    def __init__(self, server: Mapping[str, Any]) -> None:
        """As Engine says."""
        super().__init__(server)
        self._encodings: dict[str, str] = {}  # of the databases, as far as they are known

    def _command(self, *argv: str, database: str = ADMINISTRATOR, plain: bool = False) -> Command:
        """A tool of the server's, run as its administrator; a name may look like an option, so it is in no argument.

        Args:
            argv: the tool.
            database: where it begins.
            plain: a dump, or what restores one: in the database's own encoding, in which alone all of it can be told.
        """
        extra = {"PGDATABASE": database, "PGUSER": ADMINISTRATOR}
        # Bytes without an encoding are no UTF-8, and are told as they are.
        encoding = "SQL_ASCII" if self._encodings.get(database) == "SQL_ASCII" else "UTF8"
        extra.update({} if plain else {"PGOPTIONS": OPTIONS, "PGCLIENTENCODING": encoding})
        extra.update({"PGHOST": self.socket} if self.socket else {})
        extra.update({"PGPORT": str(self.port)} if self.port else {})
        extra.update({"PGCLUSTER": self.cluster.replace("-", "/", 1)} if self.cluster else {})
        found(argv[0])
        return [*AS_ADMINISTRATOR, *argv], extra

    def rows(self, *questions: str, database: str = ADMINISTRATOR) -> list[Any]:
        """The rows of questions, each a JSON array."""
        text = "\\set VERBOSITY terse\n" + "".join(
            question + ("\n" if question.rstrip().endswith("gexec") else ";\n") for question in questions
        )
        said = run(self._command(*PSQL, database=database), text)
        return [json.loads(_as_text(line)) for line in said.split("\n") if line.strip()]

    def carry_out(self, *statements: str) -> None:
        """Carry statements out, each by itself."""
        run(self._command(*PSQL), "\\set VERBOSITY terse\n" + "".join(line + ";\n" for line in statements))

    def look(self, dumped: bool) -> Answer:
        """As Engine says."""
        ((number, version, folder, replica, replicas, subscribed),) = self.rows(SERVER)
        if number < 110000:
            raise Failed(f"PostgreSQL {version} is older than 11")
        databases = {}
        for name, size, encoding, *locales in self._databases():
            databases[name] = {"size": size, "needs": needs_of(encoding, locales), "tables": {}, "lost": []}
        for name, one in databases.items():
            rows = self.rows(FILLED, *NEEDS, database=name)
            one["tables"] = {row[1]: row[2] for row in rows if row[0] == "table"}
            one["needs"] = sorted({*one["needs"], *(row[1] for row in rows if row[0] == "need")})
        against = (
            (replica, "it is a replica of another server"),
            (replicas, "another server replicates from it"),
            (subscribed, "it subscribes to another server's changes"),
        )
        return {
            "version": version,
            "release": [number // 10000],
            "room": room(os.path.realpath(folder)),
            "databases": databases,
            "offers": self._offers(),
            "limits": {},
            "against": [why for is_so, why in against if is_so],
            "scheduler": False,
            "accounts": sorted(self.accounts()),
            "own": [row[1] for row in self.rows(FILLED) if row[2]],
            "others": other_clusters(folder),
        }

    def files(self) -> Answer:
        """As Engine says."""
        return postgresql_files(self.rows(FILES)[0])

    def rests(self, data: str) -> Answer:
        """As Engine says."""
        return postgresql_rests(data)

    def _offers(self) -> list[str]:
        known = subprocess.run(["locale", "-a"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/").stdout
        locales = {locale_name(line) for line in known.decode("utf-8", "replace").splitlines()}
        return sorted({row[0] for row in self.rows(*OFFERS)} | locales | {locale_name("C")})

    def databases(self) -> list[str]:
        """As Engine says."""
        return [row[0] for row in self._databases()]

    def _databases(self) -> list[Any]:
        """The answer to DATABASES; in which encoding each is asked from now on."""
        rows = self.rows(DATABASES)
        self._encodings = {row[0]: row[2] for row in rows}
        return rows

    def sessions(self, names: Sequence[str]) -> list[str]:
        """As Engine says."""
        rows = self.rows(
            "SELECT json_build_array(usename, datname, coalesce(application_name, ''), state, pid, datname)"
            " FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return ["{} in {}: {} ({}), process {}".format(*row[:5]) for row in rows if row[5] in names]

    def digest(self, names: Sequence[str], key: str, known: Sequence[str]) -> Answer:
        """As Engine says; a role's rights are the databases' own."""
        there = self.databases()
        accounts = {name: keyed(key, *(statement for statement, _ in lines)) for name, lines in self.accounts().items()}
        found = [name for name in names if name in there]
        rights = {f"{name}: {row[0]}" for name in found for row in self.rows(*RIGHTS, database=name)}
        databases = {name: self._digest(name, key) for name in found}
        return {"databases": databases, "accounts": accounts, "rights": sorted(rights)}

    def _digest(self, name: str, key: str) -> Answer:
        questions = (SETTINGS, COLUMNS, SEQUENCES, CHECKSUMS, LARGE, *OBJECTS)
        answer: Answer = {"settings": "", "tables": {}, "columns": {}, "objects": {}}
        parts: dict[str, list[str]] = {}
        for kind, *row in self.rows(*(question.replace("@KEY@", key) for question in questions), database=name):
            if kind == "settings":
                answer["settings"] = json.dumps(row)
            elif kind == "column":
                answer["columns"].setdefault(row[0], []).append(row[1])
            elif kind == "table":
                answer["tables"][row[0]] = [row[1], row[2]]
            else:
                parts.setdefault(row[0], []).append(row[1] or "")
        answer["objects"] = {object_: keyed(key, *sorted(texts)) for object_, texts in parts.items()}
        return answer

    def objects(self, names: Sequence[str], key: str) -> Answer:
        """As Engine says."""
        there = self.databases()
        accounts = {
            name: keyed(key, *(statement for statement, _ in lines if not statement.startswith("GRANT ")))[:PART]
            for name, lines in self.accounts().items()
        }
        answer: Answer = {"release": [self.rows(SERVER)[0][0] // 10000], "accounts": accounts, "rights": []}
        answer.update({"settings": {}, "objects": {}, "counters": {}})
        for name in [name for name in names if name in there]:
            told: dict[tuple[str, str], list[str]] = {}
            counters = answer["counters"].setdefault(name, {})
            for kind, *row in self.rows(PLAIN_SETTINGS, COUNTERS, *EVERY_RIGHT, *PARTS, database=name):
                if kind == "settings":
                    answer["settings"][name] = keyed(key, json.dumps(row))[:PART]
                elif kind == "counter":
                    counters[row[0]] = row[1:]
                elif kind == "right":
                    answer["rights"].append([name, *row])
                else:
                    told.setdefault((row[0], row[1]), []).append(row[2] or "")
            objects = answer["objects"].setdefault(name, {})
            for (object_, part), texts in told.items():
                objects.setdefault(object_, {})[part] = keyed(key, *sorted(texts))[:PART]
        answer["rights"] += [["", *row] for row in self.rows(MEMBERS)]
        return answer

    def members(self, names: Sequence[str], whole: bool) -> list[tuple[str, Command]]:
        """A part for each database, with its owner, rights and settings."""
        options = () if whole else ("--no-tablespaces",)
        command = ("pg_dump", "-Fc", "--create", "--no-password", *options)
        return [(name, self._command(*command, database=name, plain=True)) for name in names]

    def rehearsing(self, name: str) -> Command:
        """As Engine says."""
        command = ("pg_dump", "--schema-only", "--create", "--no-password", "--lock-wait-timeout=60000")
        return self._command(*command, database=name, plain=True)

    def restoring(self, member: str, whole: bool) -> Command:
        """As Engine says; an archive names the tablespaces all the same."""
        options = () if whole else ("--no-tablespaces",)
        words = ("pg_restore", "--create", "--exit-on-error", "--no-password", "--dbname=" + ADMINISTRATOR)
        argv, extra = self._command(*words, *options, plain=True)
        # The archive's own settings count, but for what would write rows into a log.
        return argv, dict(extra, PGOPTIONS="-c log_statement=none -c log_min_error_statement=panic")

    def drop(self, names: Sequence[str]) -> None:
        """As Engine says; whoever is connected is sent away."""
        force = " WITH (FORCE)" if self.rows(SERVER)[0][0] >= 130000 else ""
        self.carry_out(*(f"DROP DATABASE IF EXISTS {name_in_sql(name)}{force}" for name in names))

    def accounts(self) -> Accounts:
        """As Engine says: roles that are no administrators."""
        answer: Accounts = {}
        for role, statement, back in self.rows(ROLES, MEMBERSHIPS, ROLE_SETTINGS):
            if (statement, back) not in answer.setdefault(role, []):
                answer[role].append((statement, back))
        return answer

    def give(self, accounts: Accounts, gone: Sequence[str]) -> None:
        """As Engine says, all of it or nothing."""
        held = self.accounts()
        changed = {name: lines for name, lines in accounts.items() if lines != held.get(name)}
        taken = [
            back
            for name, lines in changed.items()
            for statement, back in held.get(name, [])
            if back and (statement, back) not in lines
        ]
        # An end that the role shall no longer have; "infinity" is what a role without one is told to have.
        taken += [
            f"ALTER ROLE {name_in_sql(name)} VALID UNTIL 'infinity'"
            for name, lines in changed.items()
            if name in held and " VALID UNTIL " in held[name][0][0] and " VALID UNTIL " not in lines[0][0]
        ]
        makes = ["CREATE ROLE " + name_in_sql(name) for name in changed if name not in held]
        drops = ["DROP ROLE " + name_in_sql(name) for name in gone if name in held]
        lines = [statement for lines in changed.values() for statement, _ in lines]
        self.carry_out("BEGIN", *makes, *taken, *lines, *drops, "COMMIT")
