"""main.cf: parameters are set as `postconf -e` does it, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.daemons import Daemons
from irekae.model.errors import SwapError
from irekae.model.items import Item, On, find_item, item
from irekae.subjects.mail import service_of, system_of
from irekae.subjects.mail.main_cf import with_parameters
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.mail.cases import PostfixCase

CASES = {
    "appended": (b"a = 1\n", {"b": "2"}, b"a = 1\nb = 2\n"),
    "no final newline": (b"a = 1", {"b": "2"}, b"a = 1\nb = 2\n"),
    "empty file": (b"", {"b": ""}, b"b = \n"),
    "as it is": (b"a=1,\n  2\nb =\n", {"a": "1, 2", "b": ""}, b"a=1,\n  2\nb =\n"),
    "twice as it is": (b"a=1\na=1\n", {"a": "1"}, b"a = 1\n"),
    "in its place": (b"a=1\nb = 3\n", {"a": "2"}, b"a = 2\nb = 3\n"),
    "several lines": (b"a = 1,\n   # why\n   2\n\n\t3\nb = 4\n", {"a": "5"}, b"a = 5\n   # why\n\nb = 4\n"),
    "the last one counts": (b"a = 1\nb = 2\na = 3\n", {"a": "4"}, b"b = 2\na = 4\n"),
    "a comment is none": (b"#a = 1\n", {"a": "2"}, b"#a = 1\na = 2\n"),
    "of a longer name": (b"aa = 1\n", {"a": "2"}, b"aa = 1\na = 2\n"),
    "with a hyphen": (b"a-b = 1,\n  2\nb = 1\n", {"a-b": "3", "b": "2"}, b"a-b = 3\nb = 2\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_parameter_is_set(name: str) -> None:
    text, values, wanted = CASES[name]
    assert with_parameters(text, values) == wanted
    assert with_parameters(wanted, values) == wanted


def read(text: bytes) -> dict[str, str]:
    """As postfix reads it (postconf(5))."""
    found: dict[str, str] = {}
    name = ""
    for line in text.decode().split("\n"):
        if not line.strip() or line.strip().startswith("#"):
            continue
        if line[0].isspace():
            found[name] = f"{found.get(name, '')} {line.strip()}"
        else:
            name, _, value = (part.strip() for part in line.partition("="))
            found[name] = value
    return found


@given(values=st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["", "x", "x, y"])))
def test_forth_and_back_is_as_postconf_wrote_it(values: dict[str, str]) -> None:
    text = "".join(f"{name} = {value}\n" for name, value in values.items()).encode()
    assert with_parameters(with_parameters(text, dict.fromkeys(values, "other")), values) == text


LINES = st.lists(st.sampled_from(["a = 1", "b=2", "  more", "# a = 3", "", "\t# x", "c = $a, d", "  "]))


@given(lines=LINES, values=st.dictionaries(st.sampled_from("abd"), st.sampled_from(["", "x", "x, y"])))
def test_others_keep_what_they_have(lines: list[str], values: dict[str, str]) -> None:
    lines = lines[next((n for n, line in enumerate(lines) if line[:1].isalpha()), len(lines)) :]
    text = "\n".join(lines).encode()
    after = read(with_parameters(text, values))
    assert after == {**read(text), **values}


def test_one_that_is_stopped_already_has_nothing_to_flush(swap: Swap, ika: FarEnd, items: dict[str, Item]) -> None:
    item("1.3", "", "Item 1.3", on=On.PAIR)(lambda swap: None)
    case = PostfixCase(swap)
    host = case.swap.for_pair(find_item("1.3")).production
    system, daemons = system_of(case.swap.site), Daemons(host, service_of(case.swap.site))
    ika.commands = lambda argv, stdin: (69, "Cannot flush mail queue - mail system is down")
    system.try_all(host, daemons)
    ika.commands = lambda argv, stdin: (75, "Queue report unavailable")
    with pytest.raises(SwapError, match="postqueue failed"):
        system.try_all(host, daemons)
