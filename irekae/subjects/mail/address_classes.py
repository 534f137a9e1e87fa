"""By what postfix takes mail for a domain (ADDRESS_CLASS_README), and what 7.2 would make of it: words, pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

LOCAL = "localhost"
CLASSES = ("mydestination", "virtual_mailbox_domains", "virtual_alias_domains", "relay_domains")
OWN, ALIASES, RELAYED = CLASSES[0], CLASSES[2], CLASSES[3]
NAMES = ("myhostname", "myorigin", "inet_interfaces")
# A table in braces has tables, blanks and commas in it: pipemap:{hash:/etc/postfix/a, inline:{b=c}}.
_WORD = re.compile(r"(?:[^\s,{}]|\{(?:[^{}]|\{[^{}]*\})*\})+")
_TABLE = re.compile(r"/|[a-z]+:")
_ITSELF = re.compile(r"localhost(\..*)?|localdomain")
# What postfix wants of a value, by the form of its own default; some that look like a number may be a name.
_WANTED = {"yes or no": re.compile(r"yes|no"), "a number or a time": re.compile(r"-?\d+[smhdw]?")}
_NEVER_EMPTY = ("mydomain", "myhostname", "myorigin")


@dataclass(frozen=True)
class Change:
    """A parameter that 7.2 would give another meaning: what it has today, and then."""

    name: str
    before: str
    after: str


def words(value: str) -> list[str]:
    """The words of a list, as they stand there."""
    return _WORD.findall(value)


def literal(value: str) -> set[str]:
    """Those that are names themselves; case means nothing to postfix."""
    return {word.lower() for word in words(value) if not is_table(word)}


def tables(value: str) -> set[str]:
    """Those in which names are looked up."""
    return {word for word in words(value) if is_table(word)}


def is_table(word: str) -> bool:
    """Is a word a table, or a file of names."""
    return _TABLE.match(word) is not None


def read_directly(table: str) -> str:
    """The table without proxymap, which is asked in vain while postfix rests."""
    return re.sub(r"(^|[\s,{])proxy:", r"\1", table)


def is_itself(word: str) -> bool:
    """Does a name mean every host itself."""
    return _ITSELF.fullmatch(word) is not None


def alias_domains(text: str) -> set[str]:
    """The domains of a table of aliases: keys without an @ of which it has addresses too (virtual(5))."""
    keys = {line.split()[0].lower() for line in text.splitlines() if line.strip() and line[0] not in "# \t"}
    return {key for key in keys if "@" not in key} & {key.rpartition("@")[2] for key in keys if "@" in key}


def not_taken(domains: Iterable[str], settings: Mapping[str, str], within: Mapping[str, set[str]]) -> list[str]:
    """Those of the domains that are in no class; within: by table, those that are in it."""
    taken = set().union(*(literal(settings[name]) for name in CLASSES), *within.values())
    return [domain for domain in domains if domain.lower() not in taken]


def changes(
    today: Mapping[str, str], then: Mapping[str, str], given: Iterable[str], within: Mapping[str, set[str]]
) -> Iterator[Change]:
    """In what 7.2 would change production's main.cf of today, but for what somebody wants so, and what means the same.

    Args:
        today: `NAMES`, `CLASSES` and virtual_alias_maps as postfix reads them, other parameters filled in.
        then: the same with what 7.2 writes.
        given: the parameters that site.toml gives.
        within: tables of `today`, with the domains that are in each, as far as anybody could tell.
    """
    for name in (*NAMES, *CLASSES):
        if name in given:
            continue
        same = _same_class if name in CLASSES else _same_name
        if not same(name, today, then, within):
            yield Change(name, ", ".join(words(today[name])), ", ".join(words(then[name])))


def _same_name(name: str, today: Mapping[str, str], then: Mapping[str, str], within: Mapping[str, set[str]]) -> bool:
    """Of a name, or of the interfaces."""
    old, new = ({word.lower().rstrip(".") for word in words(one[name])} for one in (today, then))
    if name == "myhostname":
        return old in (new, {word.partition(".")[0] for word in new})
    follows = all(one[name] == one["myhostname"] for one in (today, then))
    return old == new or (name == "myorigin" and follows)


def _same_class(name: str, today: Mapping[str, str], then: Mapping[str, str], within: Mapping[str, set[str]]) -> bool:
    """Are the same domains in it, as far as site.toml knows them; those that it does not know are told elsewhere."""
    if {word for word in tables(today[name]) - tables(then[name]) if _counts(name, word, today, within)}:
        return False
    old, new = literal(today[name]), literal(then[name])
    taken = set().union(*(literal(then[one]) for one in CLASSES))
    gone = {word for word in (old - new) & taken if not is_itself(word)}
    if name != OWN:
        gone -= literal(today[OWN])
    elsewhere = set().union(*(found for table, found in within.items() if table not in tables(today[OWN])))
    come = (new - old) & elsewhere if name == OWN else set()
    return not gone and not come


def _counts(name: str, table: str, today: Mapping[str, str], within: Mapping[str, set[str]]) -> bool:
    """Does a table of a class take mail. Defaults name tables that need not: aliases alone, production's own again."""
    if name == ALIASES and table in tables(today["virtual_alias_maps"]):
        return bool(within.get(table))
    return not (name == RELAYED and table in tables(today[OWN]))


def fatally_empty(values: Mapping[str, str], defaults: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Parameters without a value of which postfix's programs end when they read it, each with what is wanted there."""
    for name in (name for name, value in values.items() if not value.strip()):
        if name in _NEVER_EMPTY:
            yield name, "the name of a host"
        yield from ((name, kind) for kind, form in _WANTED.items() if form.fullmatch(defaults.get(name, "")))
