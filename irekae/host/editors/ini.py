"""Files of sections and `key=value` lines: systemd's, NetworkManager's keyfiles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from irekae.host.editors.draft import Draft
from irekae.host.names import Edited, Exchange

_SECTION = re.compile(r"\s*\[(?P<name>[^\]]*)\]\s*$")
_PAIR = re.compile(r"\s*(?P<key>[^\s=#;\[][^=]*?)\s*=\s*(?P<value>.*?)\s*$")


@dataclass(frozen=True)
class Setting:
    """`key=value` below `[section]`. line: from 0; start, end: of the value in its line."""

    section: str
    key: str
    value: str
    line: int
    start: int
    end: int


def settings(lines: Iterable[str]) -> Iterator[Setting]:
    """Every setting of a file, comments left out.

    What goes on in the next line (systemd.syntax(7): a backslash at the end) is not taken apart: that setting has no
    value here, and nothing is found in it.
    """
    section, goes_on = "", False
    for number, line in enumerate(lines):
        goes_on, was_open = line.endswith("\\"), goes_on
        if was_open or goes_on or line.lstrip().startswith(("#", ";")):
            continue
        if begun := _SECTION.match(line):
            section = begun["name"]
        elif pair := _PAIR.match(line):
            yield Setting(section, pair["key"], pair["value"], number, *pair.span("value"))


def exchange_in(text: bytes, exchange: Exchange, holds: Sequence[Setting], speaks: Sequence[Setting]) -> Edited:
    """The old address becomes the new one in these settings, unless the new one is stated there already.

    Args:
        text: the file.
        exchange: of this host.
        holds: settings that give an interface its addresses.
        speaks: further settings in which the host's own address stands.
    """
    draft = Draft(text, exchange)
    if not any(_forms(draft, setting, new=True) for setting in holds):
        for setting in (*holds, *speaks):
            for token in draft.tokens(setting.line, exchange.old, [(setting.start, setting.end)]):
                if token.form in exchange.old.addresses and not _forms(draft, setting, new=True):
                    draft.replace_token(setting.line, token)
    return draft.finish()


def _forms(draft: Draft, setting: Setting, *, new: bool) -> list[str]:
    """The addresses of one host that stand in a setting."""
    host = draft.exchange.new if new else draft.exchange.old
    tokens = draft.tokens(setting.line, host, [(setting.start, setting.end)])
    return [token.form for token in tokens if token.form in host.addresses]


def plain(word: str) -> str:
    """An address without its prefix length, spelled as everywhere here; "" where it is none."""
    bare = word.strip().partition("/")[0]
    for kind in (IPv4Address, IPv6Address):
        try:
            return str(kind(bare))
        except ValueError:
            continue
    return ""
