"""After 5.1 a file says of the new name what it said of the old one, as its reader reads it; else it is told why."""

from __future__ import annotations

import pytest
from hypothesis import given

from irekae.host.editors import EDITORS, problem
from irekae.host.editors.hostname import stated_name
from irekae.host.editors.hosts import resolved
from tests.unit.host.editors.pair import IKA, TAKO, TO_IKA, edit
from tests.unit.host.editors.test_hosts import consistent

F, G = TAKO.fqdn, IKA.fqdn


def proved(editor: str, before: str) -> str | None:
    return problem(editor, before.encode(), edit(editor, before).encode(), TO_IKA)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tako\n", "tako"),
        ("# set by the installer\ntako\n", "tako"),
        ("\n\n  \n# tako was here\n\n  ika-itpass \n", "ika-itpass"),
        ("tako", "tako"),
        ("tako\r\n", "tako"),
        ("ika\ntako\n", "ika"),
        ("", ""),
        ("\n", ""),
        ("# tako\n", ""),
    ],
)
def test_a_hostname_file_states_its_first_line_that_is_no_comment(text: str, name: str) -> None:
    assert stated_name(text.encode()) == name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# set by tako's installer\ntako\n", "# set by tako's installer\nika\n"),
        ("tako.localdomain\n", "ika.localdomain\n"),
        ("tako-itpass.example.org\n", "ika-itpass.example.org\n"),
        (f"{F}.\n", f"{G}.\n"),
        ("TakO\n", "ika\n"),
        ("taKo.LocalDomain\n", "ika.LocalDomain\n"),
    ],
)
def test_a_hostname_of_whatever_domain_and_case_becomes_the_new_one(before: str, after: str) -> None:
    assert edit("hostname", before) == after
    assert proved("hostname", before) is None


@pytest.mark.parametrize("before", ["", "\n\n", "# tako\n", "kani\n", "tako extra words\n", "octako\n", "localhost\n"])
def test_a_hostname_file_that_cannot_be_understood_is_no_success(before: str) -> None:
    assert proved("hostname", before)


@pytest.mark.parametrize(("before", "after"), [("tako.localdomain\n", "ika.localdomain\n"), ("Tako\n", "Ika\n")])
def test_a_file_of_one_name_likewise(before: str, after: str) -> None:
    assert edit("one_line", before) == after
    assert proved("one_line", before) is None


@pytest.mark.parametrize("before", ["itpass.scitec.kobe-u.ac.jp\n", "", "kani\n"])
def test_a_file_of_another_name_is_not_ours_to_judge(before: str) -> None:
    assert edit("one_line", before) == before
    assert proved("one_line", before) is None


def test_a_name_that_was_put_back_is_noticed() -> None:
    assert problem("one_line", f"{F}\n".encode(), b"tako.example.org\n", TO_IKA)
    assert problem("shell", b"A=tako\n", b"A=tako\n", TO_IKA)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tako", ("127.0.1.1", F)),
        (F.upper(), ("127.0.1.1", F)),
        ("tako-itpass", ("198.51.100.22", "tako-itpass")),
        ("localhost", ("127.0.0.1", "localhost")),
        ("ika", None),
        ("gone", None),
    ],
)
def test_hosts_is_read_as_the_resolver_reads_it(name: str, found: tuple[str, str] | None) -> None:
    text = (
        f"::1 tako localhost\n127.0.0.1 localhost\n127.0.1.1\t{F} tako # ika\n198.51.100.22 tako-itpass tako\n#1 gone\n"
    )
    assert resolved(text.encode(), name) == found


@pytest.mark.parametrize(
    "before",
    [
        f"127.0.1.1 {F} tako\n",
        f"{TAKO.address} {F} tako-itpass tako\n{IKA.address} ika {G}\n",
        f"{TAKO.address} {F} tako\n{IKA.address} ika\n",
        f"{TAKO.address} {F.upper()} TAKO\n{IKA.address}\tIka\n",
        f"{TAKO.address} {F}\n{IKA.address} www.example.org {G}  ika\n",
        f"{TAKO.address} Tako-ITPASS.scitec.Kobe-U.ac.jp taKo\n",
        f"127.0.1.1 tako\n{IKA.address} {G}\n{TAKO.address} {F} tako\n",
    ],
)
def test_the_full_name_comes_first_where_it_came_first(before: str) -> None:
    assert proved("hosts", before) is None


@pytest.mark.parametrize(
    "before",
    [
        f"10.0.0.21 ika\n{TAKO.address} {F} tako\n",  # a stale line answers first
        f"127.0.0.1 localhost ika\n{TAKO.address} {F} tako\n",
        f"10.9.9.9 tako\n{TAKO.address} {F} tako\n",
    ],
)
def test_a_stale_line_that_answers_first_is_no_success(before: str) -> None:
    assert proved("hosts", before)


@pytest.mark.parametrize(
    ("before", "word"),
    [
        (f"192.168.1.21 ika\n{TAKO.address} {F} tako\n", "ika"),
        (f"{TAKO.address} {F} tako\n{IKA.address} printer\n", IKA.address),
        (f"{TAKO.address} {F} tako\n{IKA.address} {G} ika\n10.0.0.9 IKA old\n", "IKA"),
    ],
)
def test_a_stale_further_line_is_listed(before: str, word: str) -> None:
    assert word in [left.word for left in EDITORS["hosts"](before.encode(), TO_IKA).left]


@given(consistent())
def test_what_hosts_said_of_the_old_name_it_says_of_the_new(before: str) -> None:
    said = proved("hosts", before)
    answers_before = [resolved(before.encode(), form) for form in IKA.names]
    assert said is None or any(answers_before), "only what was there for the new name already can stand in the way"


PAIRS = {
    "shell": "PRIMARY=ika\nSECONDARY=tako\n",
    "perl": "%role = (\n  'ika' => 'primary',\n  'tako' => 'secondary',\n);\n",
    "text": "Production: ika\nStandby: tako\n",
    "one_line": "ika\ntako\n",
}


@pytest.mark.parametrize("editor", PAIRS)
def test_a_file_that_gives_each_host_a_line_is_left_and_both_are_listed(editor: str) -> None:
    edited = EDITORS[editor](PAIRS[editor].encode(), TO_IKA)
    assert edited.text.decode() == PAIRS[editor]
    assert {left.word.strip("'") for left in edited.left} == {"ika", "tako"}


@pytest.mark.parametrize(
    ("editor", "before"),
    [
        ("shell", "ALLOW='198.51.100.21'\nLISTEN=198.51.100.22\n"),
        ("perl", f"$master = '{G}';\n$me = \"{F}\";\n"),
        ("text", f"TAKO\n\n{G} is the other one.\n"),
    ],
)
def test_whatever_form_names_the_other_host(editor: str, before: str) -> None:
    assert edit(editor, before) == before


def test_a_comment_about_the_other_host_does_not_count() -> None:
    assert edit("shell", "# copied from ika\nA=tako\n") == "# copied from ika\nA=ika\n"
    assert edit("perl", "# ika has another\n$a = 'tako';\n") == "# ika has another\n$a = 'ika';\n"
