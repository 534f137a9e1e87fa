"""Whole host names in a line of text: where they stand, and how they are spelled.

Two ways of looking. `host_tokens` finds what certainly is the host's name or address: the editors replace it.
`mentions` finds every place where a name stands between characters that are not letters or digits, `/home/tako`,
`tako.bak` and `tako@example.org` among them: what an editor did not replace of these is listed for a person (5.2).
Neither sees `ikasumi`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address

from irekae.host.names import HostNames

_RUN = re.compile(r"[A-Za-z0-9_.-]+")
# An IPv6 address in whatever spelling (RFC 4291, 2.2): which one it is, ipaddress says.
_SIX = re.compile(r"(?<![0-9A-Za-z:._-])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z_]|:[0-9A-Fa-f:])")
_PREFIX = re.compile(r"/[0-9]{1,3}(?![0-9A-Za-z.])")
# What hangs together with a name and tells a person what it is: a path, a mail address, an URL.
_WORD = re.compile(r"(?:[A-Za-z]+://)?[A-Za-z0-9_.@/~+$%&\\-]+")
# Terminal colours (motd) and the shifts of ISO-2022-JP end in letters, which would stick to the word after them;
# what ISO-2022-JP writes in its two-byte sets is ASCII to the eye but not text.
_ESCAPES = re.compile(r"\x1b\$\(?[@-D][^\x1b]*|\x1b\([@-K]|\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Token:
    """A name or address at [start, end) of the line; form: which of the host's forms it is."""

    start: int
    end: int
    form: str


def masked(text: str) -> str:
    """The text with escape sequences blanked, position for position."""
    return _ESCAPES.sub(lambda found: " " * len(found.group()), text) if "\x1b" in text else text


def host_tokens(
    text: str, names: HostNames, start: int = 0, end: int | None = None, *, any_case: bool = False
) -> list[Token]:
    """What is certainly the host's name or address in text[start:end]; the span's ends count as ends of a word.

    any_case: the text's reader does not mind case (RFC 4343), so that `TaKo` is understood as well.
    """
    span = masked(text)[start:end]
    by_form = {form.casefold(): form for form in names.forms}
    found = []
    for run in _RUN.finditer(span):
        word = run.group().rstrip(".")
        form = by_form.get(word.casefold())
        spelled = form and (any_case or respelled(word, form, form))
        if form and spelled and _is_host(span, run.start(), run.start() + len(word), run.end()):
            found.append(Token(start + run.start(), start + run.start() + len(word), form))
    return sorted([*found, *_six_tokens(span, names, start)], key=lambda token: token.start) if names.ipv6 else found


def _six_tokens(span: str, names: HostNames, offset: int) -> Iterator[Token]:
    """Where the host's IPv6 address stands: alone, with a prefix length, or in the brackets of an URL."""
    for run in _SIX.finditer(span):
        word = run.group()
        word = word[:-1] if word.endswith(":") and not word.endswith("::") else word
        before, after = span[: run.start()], span[run.start() + len(word) :]
        is_path = before.endswith("/") or (after.startswith("/") and not _PREFIX.match(after))
        if spelled(word) == names.ipv6 and not is_path:
            yield Token(offset + run.start(), offset + run.start() + len(word), names.ipv6)


def spelled(word: str) -> str:
    """An IPv6 address as everybody spells it; the word itself where it is none."""
    try:
        return str(IPv6Address(word))
    except ValueError:
        return word


def _is_host(span: str, start: int, end: int, run_end: int) -> bool:
    """Whether what stands around the word lets it be a host: not a path, a variable or a mail address's local part."""
    before, after = span[:start], span[run_end:]
    in_url = before.endswith("//") and not before.endswith("///")
    at_host = re.search(r"[A-Za-z0-9_.+-]\\?@$", before) is not None
    if before.endswith(("~", "$", "%", "&", "${", "@{", "%{")) or (before.endswith("/") and not in_url):
        return False
    if before.endswith("@") and not at_host:
        return False
    if after.startswith(("@", "\\@", "(")):
        return False
    if after.startswith("/") and not (in_url or at_host):
        is_prefix = re.match(r"/[0-9]{1,2}(?![0-9A-Za-z.])", after) is not None
        return is_prefix and span[start:end].replace(".", "").isdigit()
    return True


def respelled(word: str, form: str, new: str) -> str | None:
    """`new` in the case in which `word` spells `form`: as declared, lower, UPPER or Capitalised; else None.

    Host names don't mind case (RFC 4343), but people do: a heading keeps its capitals. Any other mixture is not
    understood, because it could not be given back by the exchange in the other direction.
    """
    if word == form:
        return new
    for shape in (str.lower, str.upper, str.capitalize):
        if word == shape(form):
            return shape(new)
    return None


@lru_cache(maxsize=32)
def mention_pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Matches any of the forms where neither a letter nor a digit touches it."""
    choice = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{choice})(?![A-Za-z0-9])", re.IGNORECASE)


def mentions(text: str, forms: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Start and end of each mention of a form, and the word that it is part of."""
    shown = masked(text)
    pattern = mention_pattern(forms)
    for word in _WORD.finditer(shown):
        for found in pattern.finditer(shown, word.start(), word.end()):
            yield found.start(), found.end(), text[word.start() : word.end()]
