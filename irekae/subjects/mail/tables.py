"""Files in which a mail system looks things up (aliases, maps, lists of addresses): found in its own words, pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Of postfix (DATABASE_README): what postmap compiles, with the endings of what that makes; what is read as it stands.
COMPILED = {
    "hash": (".db",), "btree": (".db",), "cdb": (".cdb",), "lmdb": (".lmdb",), "dbm": (".dir", ".pag"),
    "sdbm": (".dir", ".pag"),
}  # fmt: skip
PLAIN = ("texthash", "pcre", "regexp", "cidr", "mysql", "pgsql", "ldap", "sqlite", "mongodb")
_MAP = re.compile(rf"(?:^|[\s,{{:=])({'|'.join((*COMPILED, *PLAIN))}):(/[^\s,;{{}}]+)")
_OF_TEXT = re.compile(rf"(?:proxy:)?(?:texthash|{'|'.join(COMPILED)}):(/.+)")
_FILE = re.compile(r"(?:^|[\s,])(/[^\s,;{}]+)")
# Whose own values may be files of names (postconf(5)).
LISTS = ("mydestination", "relay_domains", "virtual_alias_domains", "virtual_mailbox_domains")
ALIASES = ("alias_maps", "alias_database")
CERTIFICATES = "tls_server_sni_maps"
INCLUDED = re.compile(rb":include:(/[^\s,\"]+)")
# Of exim (its specification, 9): files that are searched line by line, and lists that are read if they exist.
_SEARCHED = re.compile(r"(?:lsearch|iplsearch|net-lsearch|exists)[a-z0-9*@,-]*\s*[;{]\s*(/[^\s:;,(){}\"'|!]+)")
_BUILT = re.compile(r"\b(?:dbm|dbmnz|cdb|lmdb|sqlite|dsearch)[a-z0-9*@,-]*\s*[;{]\s*(/[^\s:;,(){}\"'|!]+)")
_SECRET_OF_THE_HOST = re.compile(r"\.(key|crt|pem)$")


@dataclass(frozen=True)
class Table:
    """A file of them.

    Attributes:
        path: what people edit.
        kind: of a compiled one, as its name has it before the path (`hash`); else empty.
        maker: the command that compiles it, its name aside.
    """

    path: str
    kind: str = ""
    maker: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As postfix calls it."""
        return f"{self.kind}:{self.path}"

    @property
    def compiled(self) -> tuple[str, ...]:
        """The files that are read in its place."""
        return tuple(f"{self.path}{ending}" for ending in COMPILED.get(self.kind, ()))


def of_postfix(shown: str, own: Iterable[str] = ()) -> list[Table]:
    """The tables that parameters name, each once; caches below the folders of its own are none.

    Args:
        shown: `NAME = VALUE` lines of `postconf -x`, `SERVICE/TYPE/NAME = VALUE` of `postconf -P -x`.
        own: folders whose files postfix writes itself.
    """
    found: dict[str, Table] = {}
    for line in shown.splitlines():
        words, _, value = line.partition("=")
        for table in _named(words.strip().rpartition("/")[2], value):
            known = found.get(table.path)
            if not any(table.path.startswith(f"{folder}/") for folder in own if folder) and (
                known is None or _rank(table) > _rank(known)
            ):
                found[table.path] = table
    return [found[path] for path in sorted(found)]


def text_of(table: str) -> str | None:
    """The text of which a table of postfix's is made, where it is made of one."""
    found = _OF_TEXT.fullmatch(table)
    return found[1] if found else None


def _rank(table: Table) -> int:
    """Other parameters name the aliases too; a file that is compiled anywhere is to be compiled."""
    return (2 if table.maker[:1] == ("postalias",) or "-F" in table.maker else 1) if table.kind else 0


def _named(parameter: str, value: str) -> Iterator[Table]:
    for kind, path in _MAP.findall(value):
        if kind in PLAIN:
            yield Table(path)
        elif parameter in ALIASES:
            yield Table(path, kind, ("postalias",))
        else:
            yield Table(path, kind, ("postmap", "-F") if parameter == CERTIFICATES else ("postmap",))
    if parameter in LISTS:
        yield from map(Table, _FILE.findall(value))


def of_exim(shown: str) -> list[Table]:
    """The files that its configuration searches, or reads where they exist.

    Args:
        shown: what `exim4 -bP config` says.
    """
    paths = {path for path in _SEARCHED.findall(shown) if not _SECRET_OF_THE_HOST.search(path)}
    return [Table(path) for path in sorted(paths - {*built_by_exim(shown)})]


def built_by_exim(shown: str) -> list[str]:
    """Those that somebody builds of others: of what, exim does not know."""
    return sorted({*_BUILT.findall(shown)})


def included(text: bytes) -> list[str]:
    """The files of addresses that a file of aliases includes."""
    return [path.decode("utf-8", "surrogateescape") for path in INCLUDED.findall(text)]
