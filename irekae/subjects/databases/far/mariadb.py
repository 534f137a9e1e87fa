"""MariaDB, asked as root over its socket, by its own client and its own dump."""

from __future__ import annotations

import os
import re
from typing import Mapping, Sequence

from irekae.subjects.databases.far.base import PART, Answer, Command, Failed, found, keyed, room, run, whole
from irekae.subjects.databases.far.engine import Accounts, Engine
from irekae.subjects.databases.far.mariadb_digest import ACTIVE, MAINTENANCE, MARIADB_RIGHTS, PLUGINS, mariadb_digest
from irekae.subjects.databases.far.mariadb_files import mariadb_files
from irekae.subjects.databases.far.mariadb_floats import FLOATS, lossy
from irekae.subjects.databases.far.mariadb_grants import givable, held_of, within
from irekae.subjects.databases.far.mariadb_objects import grantees, lasting, mariadb_objects
from irekae.subjects.databases.far.mariadb_words import cells, list_of, name_of, place_of, text_of
from irekae.subjects.databases.far.redo_log import resting_at

OWN_DATABASES = ("information_schema", "performance_schema", "mysql", "sys")
OWN_ACCOUNTS = ("root", "mysql", "mariadb.sys", "mysql.session", "mysql.sys", "debian-sys-maint", "PUBLIC", "")
# No log of the server's gets what we ask: it may hold passwords. Values look alike on any host.
PRELUDE = (
    "SET SESSION sql_mode='', time_zone='+00:00', max_statement_time=0, sql_log_off=1, slow_query_log=0;\n"
    "SET NAMES utf8mb4;\n"
    "SET SESSION sql_quote_show_create=1;\n"
)
SILENT = "SET SESSION sql_log_bin=0"  # a replica has accounts of its own


class MariaDb(Engine):
    """A MariaDB server."""

    def client(self, *options: str) -> Command:
        """The client: it obeys no commands of its own in what it reads."""
        argv = [found("mariadb", "mysql"), "--user=root", *self._socket(), "--binary-mode", "--batch"]
        return [*argv, "--skip-column-names", "--default-character-set=utf8mb4", *options], {}

    def _socket(self) -> list[str]:
        return [f"--socket={self.socket}"] if self.socket else []

    def rows(self, *statements: str) -> list[list[str]]:
        """The rows of statements, one after the other."""
        text = PRELUDE + "".join(f"{statement};\n" for statement in statements)
        return [cells(line) for line in run(self.client(), text).split("\n") if line]

    def variables(self) -> dict[str, str]:
        """The server's settings."""
        return {row[0]: row[1] for row in self.rows("SHOW GLOBAL VARIABLES") if len(row) == 2}

    def look(self, dumped: bool) -> Answer:
        """As Engine says."""
        settings = self.variables()
        version = settings["version"]
        if "MariaDB" not in version:
            raise Failed(f"it is no MariaDB, but {version}")
        return {
            "version": version.split("-")[0],
            "release": [int(number) for number in re.findall(r"\d+", version)[:2]],
            "room": room(settings["datadir"]),
            "databases": self._databases(settings, dumped),
            "offers": self._offers(settings),
            "limits": {"max_allowed_packet": whole(settings["max_allowed_packet"])},
            "against": list(self._against(settings)),
            "scheduler": settings.get("event_scheduler") == "ON",
            "accounts": [] if settings.get("skip_grant_tables") == "ON" else sorted(self._told_accounts()),
        }

    def files(self) -> Answer:
        """As Engine says."""
        engines = [row[0] for row in self.rows("SELECT DISTINCT IFNULL(engine, '') FROM information_schema.tables")]
        plugins, keys = ([row[0] for row in self.rows(*asked)] for asked in (PLUGINS, (ACTIVE,)))
        return mariadb_files(self.variables(), engines, plugins, keys, bool(self.rows(MAINTENANCE)))

    def rests(self, data: str) -> Answer:
        """As Engine says."""
        lsn = resting_at(os.path.join(data, "ib_logfile0"))
        return {"clean": lsn is not None, "state": str(lsn)}

    def _databases(self, settings: Mapping[str, str], dumped: bool) -> Answer:
        ours = f"NOT IN ({list_of(OWN_DATABASES)})"
        case = "lower_case_table_names {}".format(settings["lower_case_table_names"])
        answer: Answer = {}
        for schema, collation in self.rows(
            "SELECT schema_name, default_collation_name FROM information_schema.schemata WHERE schema_name " + ours
        ):
            answer[schema] = {"size": 0, "needs": [case, "collation " + collation], "tables": {}, "lost": []}
        for schema, table, kind, engine, collation, size in self.rows(
            "SELECT table_schema, table_name, table_type, IFNULL(engine, ''), IFNULL(table_collation, ''),"
            " IFNULL(data_length + index_length, 0) FROM information_schema.tables WHERE table_type <> 'VIEW'"
            " AND table_schema " + ours
        ):
            one = answer[schema]
            one["size"] += whole(size)
            one["needs"] += ["engine " + engine, "collation " + collation]
            one["tables"][table] = False
            if kind == "SYSTEM VERSIONED":
                one["lost"].append(f"the history of the table {table}")
        self._mark_filled(answer)
        if dumped:
            self._mark_lossy(answer)
        for one in answer.values():
            one["needs"] = sorted(need for need in set(one["needs"]) if not need.endswith(" "))
        return answer

    def _mark_filled(self, databases: Answer) -> None:
        """Note of each table whether it holds a row."""
        asked = [
            f"SELECT {text_of(schema)}, {text_of(table)}, EXISTS(SELECT 1 FROM {place_of(schema, table)} LIMIT 1)"
            for schema, one in databases.items()
            for table in one["tables"]
        ]
        for schema, table, filled in self.rows(*asked):
            databases[schema]["tables"][table] = filled == "1"

    def _mark_lossy(self, databases: Answer) -> None:
        """Note the tables with values that a dump has no digits for."""
        floats: dict[tuple[str, str], list[str]] = {}
        for schema, table, column in self.rows(FLOATS.format(list_of(OWN_DATABASES))):
            floats.setdefault((schema, table), []).append(column)
        for schema, table in self.rows(*(lossy(*place, columns) for place, columns in floats.items())):
            databases[schema]["lost"].append(f"digits of FLOAT in the table {table}, behind the sixth")

    def _offers(self, settings: Mapping[str, str]) -> list[str]:
        engines = self.rows("SELECT engine FROM information_schema.engines WHERE support IN ('YES', 'DEFAULT')")
        # A collation of Unicode 14 has its character set's name in front of it elsewhere.
        collations = self.rows(
            "SELECT collation_name FROM information_schema.collations",
            "SELECT full_collation_name FROM information_schema.collation_character_set_applicability"
            if [int(part) for part in re.findall(r"\d+", settings["version"])[:2]] >= [10, 10]
            else "SELECT collation_name FROM information_schema.collation_character_set_applicability",
        )
        return sorted(
            {"engine " + row[0] for row in engines}
            | {"collation " + row[0] for row in collations}
            | {"lower_case_table_names {}".format(settings["lower_case_table_names"])}
        )

    def _against(self, settings: Mapping[str, str]) -> list[str]:
        """Why nothing should be copied from or to it, whatever it holds."""
        why = []
        if settings.get("skip_grant_tables") == "ON":
            why.append("it runs with --skip-grant-tables: anybody is let in, and its accounts are not known")
        if self.rows("SHOW ALL SLAVES STATUS"):
            why.append("it is a replica of another server")
        if self.rows("SELECT 1 FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%' LIMIT 1"):
            why.append("another server replicates from it")
        if settings.get("wsrep_on") == "ON":
            why.append("it is part of a Galera cluster")
        return why

    def databases(self) -> list[str]:
        """As Engine says."""
        question = "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ({})"
        return [row[0] for row in self.rows(question.format(list_of(OWN_DATABASES)))]

    def sessions(self, names: Sequence[str]) -> list[str]:
        """As Engine says."""
        return [
            "{}@{} in {}: {} for {} s".format(*row)
            for row in self.rows(
                "SELECT user, host, IFNULL(db, '(none)'), command, time FROM information_schema.processlist"
                " WHERE id <> CONNECTION_ID() AND user NOT IN ('system user', 'event_scheduler')"
                f" AND command <> 'Daemon' AND (db IN ({list_of(names)}) OR (db IS NULL AND command <> 'Sleep'))"
            )
        ]

    def digest(self, names: Sequence[str], key: str, known: Sequence[str]) -> Answer:
        """As Engine says; `mariadb_digest` has the questions."""
        told = self._told_accounts()
        held, stale = givable(told, held_of(self.rows, told))
        wanted, elsewhere = within(held, known)
        accounts = {name: keyed(key, *(statement for statement, _ in lines)) for name, lines in wanted.items()}
        databases = mariadb_digest(self.rows, names, key)
        left = sorted({*stale, *elsewhere})
        return {"databases": databases, "accounts": accounts, "rights": self.rights(), "left": left}

    def objects(self, names: Sequence[str], key: str) -> Answer:
        """As Engine says; `mariadb_objects` has the questions."""
        ((version,),) = self.rows("SELECT VERSION()")
        accounts = {name: keyed(key, *lasting(lines))[:PART] for name, lines in self._told_accounts().items()}
        named = grantees(self.rows("SELECT user, host, is_role FROM mysql.user"))
        rights = [["", named[who], right, what] for who, right, what in self.rows(*MARIADB_RIGHTS) if who in named]
        release = [int(number) for number in re.findall(r"\d+", version)[:2]]
        found = mariadb_objects(self.rows, names, key)
        return dict(found, release=release, accounts=accounts, rights=[one for one in rights if one[1] in accounts])

    def rights(self) -> list[str]:
        """What each account may do, a line each; without the server's own accounts."""
        own = tuple(f"'{user}'@" for user in OWN_ACCOUNTS)
        return [" ".join(row) for row in self.rows(*MARIADB_RIGHTS) if not row[0].startswith(own)]

    def members(self, names: Sequence[str], whole: bool) -> list[tuple[str, Command]]:
        """One part: views may speak of tables of another database, and come behind all of them."""
        return [("all", self._dumping(names))] if names else []

    def rehearsing(self, name: str) -> Command:
        """As Engine says."""
        return self._dumping([name], "--no-data")

    def _dumping(self, names: Sequence[str], *options: str) -> Command:
        argv = [found("mariadb-dump", "mysqldump"), "--user=root", *self._socket(), "--single-transaction", "--quick"]
        argv += ["--routines", "--triggers", "--events", "--hex-blob", "--default-character-set=utf8mb4"]
        return [*argv, "--skip-dump-date", "--max-allowed-packet=1G", *options, "--databases", *names], {}

    def packet(self, wanted: int = 0) -> int:
        """As Engine says."""
        if wanted:
            self.rows(f"SET GLOBAL max_allowed_packet={wanted}")
        return whole(self.rows("SELECT @@GLOBAL.max_allowed_packet")[0][0])

    def restoring(self, member: str, whole: bool) -> Command:
        """As Engine says; the comments within routines come along."""
        return self.client("--max-allowed-packet=1G", "--comments")

    def drop(self, names: Sequence[str]) -> None:
        """As Engine says."""
        self.rows("SET SESSION foreign_key_checks=0", *("DROP DATABASE IF EXISTS " + name_of(name) for name in names))

    def accounts(self) -> Accounts:
        """As Engine says: users and roles, `user`@`host` or `role`; without rights on what is not there."""
        told = self._told_accounts()
        return givable(told, held_of(self.rows, told))[0]

    def _told_accounts(self) -> Accounts:
        asked = []
        for user, host, is_role in self.rows("SELECT user, host, is_role FROM mysql.user"):
            if user not in OWN_ACCOUNTS:
                account = name_of(user) if is_role == "Y" else f"{name_of(user)}@{name_of(host)}"
                made = (
                    "SELECT " + text_of("CREATE ROLE " + account) if is_role == "Y" else "SHOW CREATE USER " + account
                )
                # A row of two says whose the others behind it are.
                asked += [f"SELECT 'of', {text_of(account)}", made, "SHOW GRANTS FOR " + account]
        found: dict[str, list[str]] = {}
        for row in self.rows(*asked):
            if len(row) == 2:
                lines = found.setdefault(row[1], [])
            else:
                lines.append(row[0])
        # A default role must be granted before it is one.
        ordered = {
            account: [made, *sorted(grants, key=lambda grant: (grant.startswith("SET DEFAULT ROLE"), grant))]
            for account, (made, *grants) in found.items()
        }
        return {account: [(statement, "") for statement in lines] for account, lines in ordered.items()}

    def give(self, accounts: Accounts, gone: Sequence[str]) -> None:
        """As Engine says. A role that is made anew is granted again to those who have it here alone."""
        held, accounts = self.accounts(), givable(accounts, held_of(self.rows, accounts))[0]
        changed = {name: lines for name, lines in accounts.items() if lines != held.get(name)}
        stay = {name: lines for name, lines in held.items() if name not in changed and name not in gone}
        drops = [(name, self._drop(name)) for name in (*changed, *gone) if name in held]
        roles_first = sorted(changed.items(), key=lambda one: "@" in one[0])
        makes = [(name, lines[0][0]) for name, lines in roles_first]
        self._silently(*drops, *makes, *_grants(changed), *(_grants(stay) if drops else ()))

    def _silently(self, *statements: tuple[str, str]) -> None:
        """Carry statements out, each with its account, whose words nobody may see, not even where they are wrong."""
        try:
            self.rows(SILENT, *(statement for _, statement in statements))
        except Failed as failed:
            code = re.search(r"ERROR \d+ \(\w+\)(?: at line (\d+))?", str(failed))
            whose, line = "an account", f"{PRELUDE}{SILENT};\n".count("\n")
            for account, statement in statements:
                if code and line < whole(code[1]):
                    whose, line = account, line + f"{statement};\n".count("\n")
            reason = code[0].split(" at ")[0] if code else "no reason given"
            raise Failed(f"{whose} cannot be made as on the other host: {reason}") from None

    def _drop(self, account: str) -> str:
        return "DROP {} IF EXISTS {}".format("USER" if "@" in account else "ROLE", account)


def _grants(accounts: Accounts) -> list[tuple[str, str]]:
    """What makes accounts what they are, behind their making: roles' own first."""
    ordered = sorted(accounts.items(), key=lambda one: "@" in one[0])
    grants = [(name, statement) for name, lines in ordered for statement, _ in lines[1:]]
    return sorted(grants, key=lambda grant: grant[1].startswith("SET DEFAULT ROLE"))
