"""netplan's `/etc/netplan/*.yaml` (item 5.3): the address of this host's interface."""

from __future__ import annotations

from collections.abc import Iterator

from irekae.host.editors.draft import Draft, decode
from irekae.host.editors.ini import plain
from irekae.host.editors.yaml_words import Word, words
from irekae.host.names import Edited, Exchange

# Below network: TYPE: INTERFACE: … (netplan(5)).
_HOLDS = ("addresses",)
_SPEAKS = (("routes", "from"), ("routing-policy", "from"))


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Where an interface's `addresses` name the old address, it becomes the new one; every other byte stays.

    So does what its routes and rules say of it (`from`); gateways, name servers and other interfaces' addresses stay.
    Should the new address stand there already, nothing is changed, all is listed.
    """
    draft = Draft(text, exchange)
    found = list(words(draft.lines))
    if any(_of(draft, word, new=True) for word in found if _holds(word)):
        return draft.finish()
    for word in found:
        if _holds(word) or word.path[3:] in _SPEAKS:
            for token in draft.tokens(word.line, exchange.old, [(word.start, word.end)]):
                if token.form in exchange.old.addresses:
                    draft.replace_token(word.line, token)
    return draft.finish()


def stated(text: bytes) -> Iterator[tuple[int, str, str]]:
    """Line, from 1, interface and address of everything that an interface is given."""
    lines = [line.removesuffix("\r") for line in decode(text).split("\n")]
    for word in words(lines):
        if _holds(word) and (address := plain(lines[word.line][word.start : word.end])):
            yield word.line + 1, word.path[2], address


def _holds(word: Word) -> bool:
    return len(word.path) == 4 and word.path[0] == "network" and word.path[3:] == _HOLDS


def _of(draft: Draft, word: Word, *, new: bool) -> bool:
    host = draft.exchange.new if new else draft.exchange.old
    tokens = draft.tokens(word.line, host, [(word.start, word.end)])
    return any(token.form in host.addresses for token in tokens)
