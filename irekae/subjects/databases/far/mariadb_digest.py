"""What a MariaDB holds, told by digests: the same on two servers where all is the same, whatever their versions.

CHECKSUM TABLE depends on how rows are stored, which differs between releases; so the values themselves are asked.
"""

from __future__ import annotations

from typing import Callable, List, Sequence

from irekae.subjects.databases.far.base import Answer, keyed, whole
from irekae.subjects.databases.far.mariadb_floats import exact
from irekae.subjects.databases.far.mariadb_words import list_of, place_of, text_of

Rows = Callable[..., List[List[str]]]

# One row of each is a part of the object of that kind and name; {} is the list of databases.
MARIADB_PARTS = {
    "table": (
        "SELECT table_schema, table_name, engine, create_options, table_collation, auto_increment, table_comment"
        " FROM information_schema.tables WHERE table_type <> 'VIEW' AND table_schema IN ({})",
        "SELECT table_schema, table_name, ordinal_position, column_name, column_type, is_nullable, column_default,"
        " extra, collation_name, generation_expression, column_comment FROM information_schema.columns"
        " WHERE table_schema IN ({})",
        "SELECT table_schema, table_name, index_name, seq_in_index, column_name, non_unique, sub_part, index_type"
        " FROM information_schema.statistics WHERE table_schema IN ({})",
        "SELECT k.table_schema, k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema,"
        " k.referenced_table_name, k.referenced_column_name, r.update_rule, r.delete_rule"
        " FROM information_schema.key_column_usage k LEFT JOIN information_schema.referential_constraints r"
        " ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name"
        " AND r.table_name = k.table_name WHERE k.table_schema IN ({})",
        "SELECT constraint_schema, table_name, constraint_name, check_clause FROM information_schema.check_constraints"
        " WHERE constraint_schema IN ({})",
        "SELECT table_schema, table_name, partition_name, partition_method, partition_expression,"
        " partition_description, subpartition_name FROM information_schema.partitions WHERE partition_name IS NOT NULL"
        " AND table_schema IN ({})",
    ),
    "view": (
        "SELECT table_schema, table_name, view_definition, check_option, definer, security_type"
        " FROM information_schema.views WHERE table_schema IN ({})",
    ),
    "routine": (
        "SELECT routine_schema, routine_name, routine_type, dtd_identifier, routine_definition, is_deterministic,"
        " sql_data_access, security_type, sql_mode, definer, routine_comment FROM information_schema.routines"
        " WHERE routine_schema IN ({})",
        "SELECT specific_schema, specific_name, ordinal_position, parameter_mode, parameter_name, dtd_identifier"
        " FROM information_schema.parameters WHERE specific_schema IN ({})",
    ),
    "trigger": (
        "SELECT trigger_schema, trigger_name, event_manipulation, event_object_table, action_order, action_statement,"
        " action_timing, sql_mode, definer FROM information_schema.triggers WHERE trigger_schema IN ({})",
    ),
    "event": (
        "SELECT event_schema, event_name, definer, event_definition, event_type, execute_at, interval_value,"
        " interval_field, sql_mode, starts, ends, status, on_completion FROM information_schema.events"
        " WHERE event_schema IN ({})",
    ),
}
# Account, right, and on what: of every account.
# Libraries that its own tables name, plugins with keys, Debian's former account.
PLUGINS = ("SELECT dl FROM mysql.plugin", "SELECT dl FROM mysql.func")
ACTIVE = (
    "SELECT plugin_name FROM information_schema.plugins WHERE plugin_status = 'ACTIVE' AND plugin_type = 'ENCRYPTION'"
)
MAINTENANCE = "SELECT user FROM mysql.user WHERE user = 'debian-sys-maint'"
MARIADB_RIGHTS = (
    "SELECT grantee, privilege_type, '*.*' FROM information_schema.user_privileges WHERE privilege_type <> 'USAGE'",
    "SELECT grantee, privilege_type, CONCAT(table_schema, '.*') FROM information_schema.schema_privileges",
    "SELECT grantee, privilege_type, CONCAT(table_schema, '.', table_name) FROM information_schema.table_privileges",
    "SELECT grantee, privilege_type, CONCAT(table_schema, '.', table_name, '.', column_name)"
    " FROM information_schema.column_privileges",
    "SELECT CONCAT(QUOTE(user), '@', QUOTE(host)), proc_priv, CONCAT(db, '.', routine_name) FROM mysql.procs_priv",
    "SELECT CONCAT(QUOTE(user), '@', QUOTE(host)), 'role', role FROM mysql.roles_mapping",
)
_COLUMNS = (
    "SELECT c.table_schema, c.table_name, c.column_name, c.column_type FROM information_schema.columns c"
    " JOIN information_schema.tables t USING (table_schema, table_name)"
    " WHERE t.table_type <> 'VIEW' AND c.table_schema IN ({}) ORDER BY c.table_schema, c.table_name, c.ordinal_position"
)


def mariadb_digest(rows: Rows, names: Sequence[str], key: str) -> Answer:
    """Database → settings, rows and checksum of each table, its columns, the digest of each object."""
    within = list_of(names)
    answer: Answer = {}
    schemata = "SELECT schema_name, default_collation_name FROM information_schema.schemata WHERE schema_name IN ({})"
    for schema, collation in rows(schemata.format(within)):
        answer[schema] = {"settings": collation, "tables": {}, "columns": {}, "objects": {}}
    values: dict[str, dict[str, list[str]]] = {}
    for schema, table, column, kind in rows(_COLUMNS.format(within)):
        values.setdefault(schema, {}).setdefault(table, []).append(exact(column, kind))
        answer[schema]["columns"].setdefault(table, []).append(f"{column} {kind}")
    for schema, table, count, checksum in rows(*_checksums(values, key)):
        answer[schema]["tables"][table] = [whole(count), checksum]
    for (schema, kind, name), parts in parts_of(rows, within).items():
        answer[schema]["objects"][f"{kind} {name}"] = keyed(key, *sorted(parts))
    return answer


def _checksums(values: dict[str, dict[str, list[str]]], key: str) -> list[str]:
    """A question for each table: rows, and a sum over them that their order does not change."""
    asked = []
    for schema, tables in values.items():
        for table, told in tables.items():
            all_of_it = ", ".join(f"IFNULL(MD5({value}), '~')" for value in told)
            row = f"CONV(SUBSTRING(MD5(CONCAT({text_of(key)}, {all_of_it})), 1, 15), 16, 10)"
            counted = f"COUNT(*), IFNULL(SUM(CAST({row} AS UNSIGNED)), 0)"
            asked.append(f"SELECT {text_of(schema)}, {text_of(table)}, {counted} FROM {place_of(schema, table)}")
    return asked


def parts_of(rows: Rows, within: str) -> dict[tuple[str, str, str], list[str]]:
    """Database, kind and name of each object → its parts."""
    asked = [(kind, question) for kind, questions in MARIADB_PARTS.items() for question in questions]
    numbered = [
        question.format(within).replace("SELECT ", f"SELECT {number}, ", 1)
        for number, (_, question) in enumerate(asked)
    ]
    found: dict[tuple[str, str, str], list[str]] = {}
    for number, schema, name, *parts in rows(*numbered):
        found.setdefault((schema, asked[int(number)][0], name), []).append("\0".join([number, *parts]))
    return found
