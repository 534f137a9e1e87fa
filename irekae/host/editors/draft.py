"""A file while it is edited: lines that keep their bytes, replacements, and what is left of the old name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from irekae.host.editors.tokens import Token, host_tokens, mentions, respelled
from irekae.host.names import Change, Edited, Exchange, HostNames, Leftover

Span = tuple[int, int]


def decode(text: bytes) -> str:
    """Text whose every byte can be given back; the files of the pair are UTF-8, EUC-JP or neither."""
    return text.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes that `decode` was given."""
    return text.encode("utf-8", "surrogateescape")


def shown(line: str) -> str:
    """The line as it can be printed and put into the journal."""
    return encode(line).decode("utf-8", "backslashreplace")


class Draft:
    """The lines of a file under one exchange. Line numbers count from 0 here; people are given them from 1.

    Only "\\n" ends a line, and a "\\r" before it belongs to the line's end: nothing else is touched that an editor did
    not ask for, be it a form feed or a missing final newline.
    """

    def __init__(self, text: bytes, exchange: Exchange, *, any_case: bool = False) -> None:
        """Read the text; any bytes will do. any_case: whoever reads the file does not mind the case of names."""
        self.exchange = exchange
        self._any_case = any_case
        whole = decode(text).split("\n")
        self.lines = [line.removesuffix("\r") for line in whole]
        self._ends = ["\r" if line.endswith("\r") else "" for line in whole]
        self._replaced: list[list[tuple[int, int, str]]] = [[] for _ in whole]
        self._settled: set[int] = set()
        self._notes: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Each line's number and its text as it was, without its end."""
        return enumerate(self.lines)

    def replace(self, number: int, start: int, end: int, new: str) -> None:
        """Put `new` in place of [start, end) of the line as it was."""
        if self.lines[number][start:end] != new:
            self._replaced[number].append((start, end, new))

    def settle(self, number: int) -> None:
        """The old names that stay on this line are right there; they are not listed."""
        self._settled.add(number)

    def note(self, number: int, word: str) -> None:
        """List this word for a person, though it is not an old name."""
        self._notes.append((number, word))

    def tokens(self, number: int, names: HostNames, spans: Iterable[Span]) -> list[Token]:
        """The host's names and address within these parts of the line."""
        line, any_case = self.lines[number], self._any_case
        return [token for start, end in spans for token in host_tokens(line, names, start, end, any_case=any_case)]

    def exchange_lines(self, spans: Mapping[int, Sequence[Span]]) -> None:
        """Old becomes new in these parts of these lines, unless another line of the file speaks of the new host.

        Where both hosts have lines of their own (`PRIMARY=ika`, `SECONDARY=tako`), an exchange would make two times the
        same: only a person can tell what each is meant for. They are left, and both are listed.
        """
        others = {
            number: new
            for number, parts in spans.items()
            if (new := self.tokens(number, self.exchange.new, parts))
            and not self.tokens(number, self.exchange.old, parts)
        }
        own = [number for number, parts in spans.items() if self.tokens(number, self.exchange.old, parts)]
        if not others:
            for number in own:
                self.exchange_names(number, spans[number])
        elif own:
            for number, tokens in others.items():
                self.note(number, self.lines[number][tokens[0].start : tokens[0].end])

    def exchange_first_label(self, number: int) -> None:
        """The old name at the head of a name of whatever domain (`tako.localdomain`) becomes the new one."""
        line = self.lines[number]
        if len(line.split()) != 1:
            return
        start = len(line) - len(line.lstrip())
        end = start + len(line.strip().partition(".")[0])
        named = [
            token
            for host in (self.exchange.old, self.exchange.new)
            for token in self.tokens(number, host, [(0, len(line))])
        ]
        if not named:
            self.exchange_names(number, [(start, end)])

    def exchange_names(self, number: int, spans: Iterable[Span] | None = None) -> None:
        """Old becomes new in these parts of the line (all of it, if None).

        A line that names both hosts is left alone: a list of both is right as it stands, and in a sentence about both
        only a person can tell which of them is this host.
        """
        spans = [(0, len(self.lines[number]))] if spans is None else list(spans)
        if self.tokens(number, self.exchange.new, spans):
            return
        for token in self.tokens(number, self.exchange.old, spans):
            self.replace_token(number, token)

    def replace_token(self, number: int, token: Token) -> None:
        """Put the new host's form in place of the old one's, spelled alike."""
        declared = self.counterpart(token.form)
        new = respelled(self.lines[number][token.start : token.end], token.form, declared)
        self.replace(number, token.start, token.end, declared if new is None else new)

    def counterpart(self, form: str) -> str:
        """The new host's form that answers to this form of the old one."""
        old, new = self.exchange.old, self.exchange.new
        pairs = {old.address: new.address, old.fqdn: new.fqdn, old.label: new.label, old.short: new.short}
        if old.ipv6:
            pairs[old.ipv6] = new.ipv6
        return pairs[form]

    def finish(self) -> Edited:
        """The new text, the changed lines, and the old names that remain."""
        changes: list[Change] = []
        left: list[Leftover] = []
        lines: list[str] = []
        for number, before in self:
            after, inserted = self._after(number)
            lines.append(after + self._ends[number])
            if after != before:
                changes.append(Change(number + 1, shown(before), shown(after)))
            left += [Leftover(number + 1, shown(after), shown(word)) for word in self._left(number, after, inserted)]
        return Edited(encode("\n".join(lines)), tuple(changes), tuple(left))

    def _after(self, number: int) -> tuple[str, list[Span]]:
        """The line as it shall be, and where in it the replacements stand."""
        before, after, at = self.lines[number], "", 0
        inserted: list[Span] = []
        for start, end, new in sorted(self._replaced[number]):
            after += before[at:start] + new
            inserted.append((len(after) - len(new), len(after)))
            at = end
        return after + before[at:], inserted

    def _left(self, number: int, after: str, inserted: list[Span]) -> list[str]:
        words: dict[str, None] = {}
        for start, end, word in () if number in self._settled else mentions(after, self.exchange.old.forms):
            if not any(first <= start and end <= last for first, last in inserted):
                words[word] = None
        words.update({word: None for noted, word in self._notes if noted == number})
        return list(words)
