"""The questions that PostgreSQL (11 or newer) is asked; each row of an answer is a JSON array."""

from __future__ import annotations

NOT_OWN = "nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'"
# What an extension brought is made by it anew, of its own release; what of its tables is the users', it says itself.
MADE = "NOT EXISTS (SELECT FROM pg_depend WHERE classid = '{}'::regclass AND objid = {} AND deptype = 'e')"
RELATION_MADE = MADE.format("pg_class", "c.oid")
_DUMPED = f"({RELATION_MADE} OR EXISTS (SELECT FROM pg_extension WHERE c.oid = ANY (extconfig)))"
_CONDITION = "(SELECT extcondition[array_position(extconfig, c.oid)] FROM pg_extension WHERE c.oid = ANY (extconfig))"
# Lists of rights in one order, and as they are where nobody has said anything.
LISTED = "(SELECT string_agg(r::text, ',' ORDER BY r::text) FROM unnest(coalesce({0}, acldefault('{1}', {2}))) r)"

SERVER = """
SELECT json_build_array(current_setting('server_version_num')::int, current_setting('server_version'),
    current_setting('data_directory'), pg_is_in_recovery(), (SELECT count(*) FROM pg_stat_replication) > 0,
    (SELECT count(*) FROM pg_subscription WHERE subenabled) > 0)"""
FILES = """
SELECT json_build_array(current_setting('data_directory'), current_setting('log_directory'),
    current_setting('archive_mode'), (SELECT coalesce(json_agg(slot_name), '[]') FROM pg_replication_slots),
    (SELECT coalesce(json_agg(spcname || ' → ' || pg_tablespace_location(oid)), '[]') FROM pg_tablespace
    WHERE pg_tablespace_location(oid) <> ''),
    (SELECT coalesce(string_agg(DISTINCT pg_collation_actual_version(oid), ' '), '') FROM pg_collation
    WHERE collprovider = 'i'))"""
# Of what pg_controldata(1) says: whose difference makes a data directory unreadable.
BUILT = (
    "pg_control version number", "Catalog version number", "Maximum data alignment", "Database block size",
    "Blocks per segment of large relation", "WAL block size", "Bytes per WAL segment", "Maximum length of identifiers",
    "Float8 argument passing", "Date/time type storage",
)  # fmt: skip
# Of the database that is asked: extensions, and the administrators whose something is, for they are not copied.
NEEDS = (
    "SELECT json_build_array('need', 'extension ' || extname) FROM pg_extension",
    "SELECT json_build_array('need', 'administrator ' || rolname) FROM pg_authid r WHERE rolsuper AND EXISTS (SELECT"
    " FROM pg_shdepend JOIN pg_database d ON d.oid = dbid WHERE refobjid = r.oid AND datname = current_database())",
)
OFFERS = (
    "SELECT json_build_array('extension ' || name) FROM pg_available_extensions",
    "SELECT json_build_array('administrator ' || rolname) FROM pg_roles WHERE rolsuper",
    "SELECT json_build_array('encoding ' || pg_encoding_to_char(n)) FROM generate_series(0, 41) n"
    " WHERE pg_encoding_to_char(n) <> ''",
)
DATABASES = """
SELECT json_build_array(datname, pg_database_size(oid), pg_encoding_to_char(encoding), datcollate, datctype)
FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1::text"""

SETTINGS = """
SELECT json_build_array('settings', pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba),
    datconnlimit, {}, (SELECT json_agg(json_build_array(setrole::regrole::text, setconfig) ORDER BY setrole)
    FROM pg_db_role_setting WHERE setdatabase = d.oid)::text)
FROM pg_database d WHERE datname = current_database()""".format(LISTED.format("datacl", "d", "datdba"))

# Each makes a question, which psql's \gexec asks.
FILLED = f"""
SELECT format('SELECT json_build_array(''table'', %L::text, EXISTS(SELECT 1 FROM ONLY %I.%I %s))',
    format('%s.%s', nspname, relname), nspname, relname, {_CONDITION})
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'm') AND relispopulated AND {_DUMPED} AND {NOT_OWN} \\gexec"""
CHECKSUMS = f"""
SELECT format('SELECT json_build_array(''table'', %L::text, count(*), coalesce(sum((''x'' || substr(md5(''@KEY@'' ||
    (irekae_row.*)::text), 1, 15))::bit(60)::bigint), 0)::text) FROM ONLY %I.%I irekae_row %s',
    format('%s.%s', nspname, relname), nspname, relname, {_CONDITION})
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'r' AND {_DUMPED} AND {NOT_OWN} \\gexec"""
SEQUENCES = f"""
SELECT format('SELECT json_build_array(''object'', %L::text, last_value::text || is_called::text) FROM %I.%I',
    format('sequence %s.%s', nspname, relname), nspname, relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'S' AND {_DUMPED} AND
    {NOT_OWN} \\gexec"""
LARGE = """
SELECT json_build_array('table', 'large objects', (SELECT count(*) FROM pg_largeobject_metadata),
    coalesce(sum(('x' || substr(md5('@KEY@' || loid::text || ' ' || pageno::text || encode(data, 'hex')), 1, 15))
    ::bit(60)::bigint), 0)::text) FROM pg_largeobject"""

COLUMNS = f"""
SELECT json_build_array('column', format('%s.%s', nspname, relname), attname || ' ' || format_type(atttypid, atttypmod))
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'm', 'p') AND attnum > 0 AND NOT attisdropped AND {RELATION_MADE} AND {NOT_OWN}
ORDER BY nspname, relname, attnum"""

_OF_RELATION = "FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
# A name, and what it is made of; several rows of one name are parts of it.
MADE_OF = (
    (
        "format('table %s.%s', nspname, relname)",
        "concat_ws('|', relkind, relpersistence, pg_get_userbyid(relowner), relrowsecurity, reloptions::text,"
        " pg_get_partkeydef(c.oid), pg_get_expr(relpartbound, c.oid), {})".format(
            LISTED.format("relacl", "r", "relowner")
        ),
        f"{_OF_RELATION} WHERE relkind IN ('r', 'p', 'f', 'm') AND {RELATION_MADE} AND {NOT_OWN}",
    ),
    (
        "format('table %s.%s', nspname, relname)",
        # Its number counts dropped columns too, of which a restored table has none.
        "concat_ws('|', row_number() OVER (PARTITION BY attrelid ORDER BY attnum), attname, format_type(atttypid,"
        " atttypmod), attnotnull, attidentity, coalesce((SELECT collname FROM pg_collation o WHERE o.oid ="
        " attcollation), '-'), pg_get_expr(adbin, adrelid), attacl::text)",
        "FROM pg_attribute a LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum JOIN pg_class c ON c.oid"
        " = attrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'f') AND attnum > 0"
        f" AND NOT attisdropped AND {RELATION_MADE} AND {NOT_OWN}",
    ),
    (
        "format('table %s.%s', nspname, relname)",
        "pg_get_indexdef(indexrelid)",
        "FROM pg_index JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = relnamespace"
        f" WHERE {RELATION_MADE} AND {NOT_OWN}",
    ),
    (
        "format('table %s.%s', nspname, relname)",
        "conname || pg_get_constraintdef(k.oid)",
        "FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace"
        f" WHERE {RELATION_MADE} AND {NOT_OWN}",
    ),
    (
        "format('policy %s on %s.%s', polname, nspname, relname)",
        "concat_ws('|', polcmd, polroles::regrole[]::text, pg_get_expr(polqual, polrelid),"
        " pg_get_expr(polwithcheck, polrelid))",
        "FROM pg_policy JOIN pg_class c ON c.oid = polrelid JOIN pg_namespace n ON n.oid = relnamespace",
    ),
    (
        "format('view %s.%s', nspname, relname)",
        "pg_get_userbyid(relowner) || {} || pg_get_viewdef(c.oid)".format(LISTED.format("relacl", "r", "relowner")),
        f"{_OF_RELATION} WHERE relkind IN ('v', 'm') AND {RELATION_MADE} AND {NOT_OWN}",
    ),
    (
        "format('sequence %s.%s', nspname, relname)",
        "concat_ws('|', pg_get_userbyid(relowner), seqtypid::regtype, seqstart, seqincrement, seqmax, seqmin,"
        " seqcache, seqcycle)",
        "FROM pg_sequence JOIN pg_class c ON c.oid = seqrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE "
        + RELATION_MADE,
    ),
    (
        "format('routine %s.%s(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid))",
        "pg_get_userbyid(proowner) || {} || CASE WHEN prokind IN ('f', 'p', 'w') THEN pg_get_functiondef(p.oid)"
        " ELSE '' END".format(LISTED.format("proacl", "f", "proowner")),
        "FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
        f" WHERE {MADE.format('pg_proc', 'p.oid')} AND {NOT_OWN}",
    ),
    (
        "format('trigger %s on %s.%s', tgname, nspname, relname)",
        "pg_get_triggerdef(t.oid) || tgenabled::text",
        "FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE NOT tgisinternal AND " + RELATION_MADE,
    ),
    (
        "format('event trigger %s', evtname)",
        "evtevent || evtenabled::text",
        "FROM pg_event_trigger e WHERE " + MADE.format("pg_event_trigger", "e.oid"),
    ),
    (
        "format('type %s.%s', nspname, typname)",
        "typtype::text || coalesce((SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE"
        " enumtypid = t.oid), format_type(typbasetype, typtypmod))",
        "FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype IN ('e', 'd', 'r')"
        f" AND {MADE.format('pg_type', 't.oid')} AND {NOT_OWN}",
    ),
    (
        "format('schema %s', nspname)",
        "pg_get_userbyid(nspowner) || " + LISTED.format("nspacl", "n", "nspowner"),
        f"FROM pg_namespace n WHERE {MADE.format('pg_namespace', 'n.oid')} AND {NOT_OWN}",
    ),
    (
        "format('default rights of %s in %s', defaclrole::regrole, nspname)",
        "defaclobjtype::text || (SELECT string_agg(r::text, ',' ORDER BY r::text) FROM unnest(defaclacl) r)",
        "FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace",
    ),
    ("format('extension %s', extname)", "extnamespace::regnamespace::text", "FROM pg_extension"),
)
OBJECTS = tuple("SELECT json_build_array('object', {}, {}) {}".format(*part) for part in MADE_OF)

# Of the database that is asked: role, right, and on what; what nobody has said anything of has no list of rights.
_GRANTED = (
    ("'database ' || datname", "datacl", "pg_database WHERE datname = current_database()"),
    ("'schema ' || nspname", "nspacl", f"pg_namespace WHERE {NOT_OWN}"),
    (
        "format('%s.%s', nspname, relname)",
        "relacl",
        f"pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE {NOT_OWN}",
    ),
    (
        "format('%s.%s', nspname, proname)",
        "proacl",
        f"pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE {NOT_OWN}",
    ),
)
RIGHTS = (
    *(
        "SELECT json_build_array(format('%s %s on %s', CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE"
        f" pg_get_userbyid(grantee)::text END, privilege_type, what)) FROM (SELECT {what} AS what, {rights} AS rights"
        f" FROM {place}) held, aclexplode(rights)"
        for what, rights, place in _GRANTED
    ),
    "SELECT json_build_array(format('%s role %s', m.rolname, g.rolname)) FROM pg_auth_members a"
    " JOIN pg_authid m ON m.oid = member JOIN pg_authid g ON g.oid = roleid WHERE m.rolname !~ '^pg_'",
)

# Roles that are neither the server's own nor may do everything: what makes them, and what takes a membership back.
ROLES = """
SELECT json_build_array(rolname, format('ALTER ROLE %I WITH %s %s %s %s %s %s CONNECTION LIMIT %s PASSWORD %s%s',
    rolname, CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
    CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END,
    CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
    CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
    CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
    CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END, rolconnlimit,
    coalesce(quote_literal(rolpassword), 'NULL'), CASE WHEN rolvaliduntil < 'infinity'
    THEN format(' VALID UNTIL %L', rolvaliduntil) ELSE '' END), '')
FROM pg_authid WHERE NOT rolsuper AND rolname !~ '^pg_' ORDER BY rolname"""
MEMBERSHIPS = """
SELECT json_build_array(m.rolname, format('GRANT %I TO %I%s', g.rolname, m.rolname,
    CASE WHEN to_jsonb(a) ? 'inherit_option' THEN format(' WITH ADMIN %s, INHERIT %s, SET %s', admin_option,
    to_jsonb(a) ->> 'inherit_option', to_jsonb(a) ->> 'set_option')
    WHEN admin_option THEN ' WITH ADMIN OPTION' ELSE '' END), format('REVOKE %I FROM %I', g.rolname, m.rolname))
FROM pg_auth_members a JOIN pg_authid m ON m.oid = member JOIN pg_authid g ON g.oid = roleid
WHERE NOT m.rolsuper AND m.rolname !~ '^pg_' ORDER BY m.rolname, g.rolname"""
# Values of these stand there as they are written in SQL (variable_is_guc_list_quote of PostgreSQL's dumputils.c).
ROLE_SETTINGS = """
SELECT json_build_array(rolname, format('ALTER ROLE %I SET %I TO %s', rolname, split_part(s, '=', 1),
    CASE WHEN split_part(s, '=', 1) IN ('local_preload_libraries', 'search_path', 'session_preload_libraries',
    'shared_preload_libraries', 'temp_tablespaces', 'unix_socket_directories') THEN substr(s, strpos(s, '=') + 1)
    ELSE quote_literal(substr(s, strpos(s, '=') + 1)) END), format('ALTER ROLE %I RESET %I', rolname,
    split_part(s, '=', 1)))
FROM pg_db_role_setting JOIN pg_authid r ON r.oid = setrole, unnest(setconfig) s
WHERE setdatabase = 0 AND NOT rolsuper AND rolname !~ '^pg_' ORDER BY rolname, s"""
