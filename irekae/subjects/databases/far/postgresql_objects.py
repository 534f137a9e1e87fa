"""How a PostgreSQL's databases are made, part by part: the questions behind `PostgreSql.objects`."""

from __future__ import annotations

from irekae.subjects.databases.far.postgresql_queries import LISTED, MADE, MADE_OF, NOT_OWN, RELATION_MADE, SETTINGS

# Rights are told by themselves: who is granted one changes nothing of how a thing is made.
_RIGHT_LISTS = (
    ("datacl", "d", "datdba"),
    ("relacl", "r", "relowner"),
    ("proacl", "f", "proowner"),
    ("nspacl", "n", "nspowner"),
)
# What tells a part of a table → what that is called; all others are one part.
_PART_CALLED = (
    ("pg_get_indexdef", "'index ' || (SELECT i.relname FROM pg_class i WHERE i.oid = indexrelid)"),
    ("pg_get_constraintdef", "'constraint ' || conname"),
    ("pg_get_expr(adbin", "'column ' || attname"),
)


def _without_rights(question: str) -> str:
    for list_ in _RIGHT_LISTS:
        question = question.replace(LISTED.format(*list_), "''")
    return question


def _part_asked(name: str, text: str, place: str) -> str:
    called = next((word for mark, word in _PART_CALLED if mark in text), "''")
    return f"SELECT json_build_array('object', {name}, {called}, {_without_rights(text)}) {place}"


PARTS = tuple(_part_asked(*part) for part in MADE_OF)
PLAIN_SETTINGS = _without_rights(SETTINGS)

# What comes next of each sequence that only rises, and the highest value of the column that it is for.
COUNTERS = f"""
SELECT format('SELECT json_build_array(''counter'', %L::text, last_value::numeric + CASE WHEN is_called THEN %s ELSE 0'
    ' END, %s) FROM %I.%I', format('sequence %s.%s', n.nspname, c.relname), seqincrement,
    coalesce((SELECT format('(SELECT max(%I) FROM %I.%I)', attname, m.nspname, t.relname) FROM pg_depend d
    JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace m ON m.oid = t.relnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i') AND atttypid IN (20, 21, 23) LIMIT 1), 'NULL'), n.nspname, c.relname)
FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE seqincrement > 0 AND NOT seqcycle AND {RELATION_MADE} AND {NOT_OWN.replace("nspname", "n.nspname")} \\gexec"""

# Each right, whether somebody has said anything of the thing or not; an owner's stays one where a thing changes hands.
_EVERY_LIST = (
    ("'database ' || datname", "datacl", "'d'", "datdba", "pg_database WHERE datname = current_database()"),
    (
        "'schema ' || nspname",
        "nspacl",
        "'n'",
        "nspowner",
        f"pg_namespace n WHERE {NOT_OWN} AND {MADE.format('pg_namespace', 'n.oid')}",
    ),
    (
        "format('%s.%s', nspname, relname)",
        "relacl",
        "CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\"",
        "relowner",
        "pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
        f" AND {NOT_OWN} AND {RELATION_MADE}",
    ),
    (
        "format('%s.%s', nspname, proname)",
        "proacl",
        "'f'",
        "proowner",
        f"pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE {NOT_OWN} AND {MADE.format('pg_proc', 'p.oid')}",
    ),
)
EVERY_RIGHT = tuple(
    "SELECT DISTINCT json_build_array('right', CASE grantee WHEN 0 THEN 'PUBLIC' WHEN owner THEN 'the owner'"
    f" ELSE pg_get_userbyid(grantee)::text END, privilege_type, what)::text FROM (SELECT {what} AS what, {owner} AS"
    f" owner, coalesce({rights}, acldefault({kind}, {owner})) AS rights FROM {place}) held, aclexplode(rights)"
    for what, rights, kind, owner, place in _EVERY_LIST
)
MEMBERS = (
    "SELECT json_build_array(m.rolname, 'role', g.rolname) FROM pg_auth_members a"
    " JOIN pg_authid m ON m.oid = member JOIN pg_authid g ON g.oid = roleid WHERE m.rolname !~ '^pg_'"
)
