"""Debian's files of exim4, text to text: `NAME='value'` in update-exim4.conf.conf, `NAME = value` in one of macros."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MACRO = re.compile(r"(?P<name>[A-Za-z_]+)\s*=(?P<value>.*)")
_VALUE = re.compile(r"\s*(?P<name>[A-Za-z_]+)=(?P<quote>['\"]?)(?P<value>.*?)(?P=quote)\s*")


def value_of(text: bytes, name: str) -> str:
    """A value of update-exim4.conf.conf, which counts last; empty where there is none."""
    found = [match["value"] for line in _lines(text) if (match := _VALUE.fullmatch(line)) and match["name"] == name]
    return found[-1] if found else ""


def macro_of(text: bytes, name: str) -> str | None:
    """A macro or main option of a file of them; None where there is none."""
    found = [match["value"] for line in _lines(text) if (match := _MACRO.fullmatch(line)) and match["name"] == name]
    return found[-1].strip() if found else None


def with_values(text: bytes, values: Mapping[str, str]) -> bytes:
    """update-exim4.conf.conf with each value set once, where it stood, or at the end; all else as it was."""
    return _set(text, {name: f"{name}='{value}'" for name, value in values.items()}, _VALUE)


def with_macros(text: bytes, values: Mapping[str, str | None]) -> bytes:
    """A file of macros and main options with each set once, or, for None, taken out; all else as it was."""
    wanted = {name: None if value is None else f"{name} = {value}" for name, value in values.items()}
    return _set(text, wanted, _MACRO)


def _set(text: bytes, wanted: Mapping[str, str | None], pattern: re.Pattern[str]) -> bytes:
    left, lines = dict(wanted), []
    for line in _lines(text):
        match = pattern.fullmatch(line)
        if match is None or match["name"] not in wanted:
            lines.append(line)
        elif (new := left.pop(match["name"], None)) is not None:
            lines.append(new)
    lines += [line for line in left.values() if line is not None]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def _lines(text: bytes) -> list[str]:
    found = text.decode("utf-8", "surrogateescape").split("\n")
    return found[:-1] if found[-1] == "" else found
