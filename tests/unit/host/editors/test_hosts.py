from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from irekae.host.editors import EDITORS, HostNames
from irekae.host.editors.hosts import resolved, with_name
from tests.unit.host.editors.pair import IKA, TAKO, TO_IKA, TO_TAKO, edit, words_left

OWN = "198.51.100.22\ttako-itpass.scitec.kobe-u.ac.jp tako-itpass tako\n"
OTHER = "198.51.100.21\tika-itpass.scitec.kobe-u.ac.jp ika-itpass ika\n"
LOCAL = "127.0.0.1\tlocalhost\n::1 localhost ip6-localhost\n"


def test_a_file_that_lists_only_this_host_gets_the_new_entry() -> None:
    assert edit("hosts", LOCAL + OWN) == LOCAL + OTHER
    assert edit("hosts", LOCAL + OTHER, TO_TAKO) == LOCAL + OWN


def test_a_file_that_lists_both_stays_as_it_is_and_nothing_is_listed() -> None:
    for exchange in (TO_IKA, TO_TAKO):
        edited = EDITORS["hosts"]((LOCAL + OWN + OTHER).encode(), exchange)
        assert (edited.text.decode(), edited.changes, edited.left) == (LOCAL + OWN + OTHER, (), ())


def test_the_debian_entry_for_this_host_is_renamed_beside_both_others() -> None:
    before = f"127.0.1.1\ttako-itpass.scitec.kobe-u.ac.jp tako\n{OTHER}{OWN}"
    assert edit("hosts", before) == f"127.0.1.1\tika-itpass.scitec.kobe-u.ac.jp ika\n{OTHER}{OWN}"


def test_names_of_this_host_beside_localhost_are_renamed() -> None:
    assert (
        edit("hosts", "127.0.0.1 localhost tako\n::1 tako localhost\n")
        == "127.0.0.1 localhost ika\n::1 ika localhost\n"
    )


def test_where_only_the_other_host_is_listed_its_entry_stays() -> None:
    assert edit("hosts", "127.0.1.1 tako\n" + OTHER) == "127.0.1.1 ika\n" + OTHER


def test_a_form_that_only_the_old_own_entry_bore_is_added_to_the_new_one() -> None:
    before = f"{OWN}198.51.100.21 ika-itpass.scitec.kobe-u.ac.jp # production\n"
    after = f"{OWN}198.51.100.21 ika-itpass.scitec.kobe-u.ac.jp ika-itpass ika # production\n"
    assert edit("hosts", before) == after


def test_further_aliases_of_a_moved_entry_stay_on_it_and_are_listed() -> None:
    edited = EDITORS["hosts"](b"198.51.100.22 tako loghost www.example.org\n", TO_IKA)
    assert edited.text == b"198.51.100.21 ika loghost www.example.org\n"
    assert words_left(edited) == ["loghost", "www.example.org"]


def test_an_entry_of_aliases_alone_is_left_and_listed() -> None:
    edited = EDITORS["hosts"](f"{OWN}198.51.100.22 loghost\n".encode(), TO_IKA)
    assert edited.text.decode() == f"{OTHER}198.51.100.22 loghost\n"
    assert [(left.line, left.word) for left in edited.left] == [(2, "198.51.100.22")]


def test_a_name_at_a_foreign_address_is_left_and_listed() -> None:
    edited = EDITORS["hosts"](f"10.0.0.22 tako\n2001:db8::22 tako\n{OWN}".encode(), TO_IKA)
    assert edited.text.decode() == f"10.0.0.22 tako\n2001:db8::22 tako\n{OTHER}"
    assert [leftover.line for leftover in edited.left] == [1, 2]


def test_an_entry_that_gives_one_hosts_address_the_others_name_is_left_and_listed() -> None:
    edited = EDITORS["hosts"](b"198.51.100.22 ika\n198.51.100.21 tako\n", TO_IKA)
    assert edited.changes == ()
    assert words_left(edited) == ["198.51.100.22", "tako"]


def test_an_entry_of_both_names_is_left_and_listed() -> None:
    edited = EDITORS["hosts"](b"127.0.1.1 tako ika\n198.51.100.22 tako ika\n", TO_IKA)
    assert edited.changes == ()
    assert [leftover.line for leftover in edited.left] == [1, 2, 2]


def test_comments_are_left_and_listed() -> None:
    edited = EDITORS["hosts"](f"#198.51.100.22 tako\n{OWN[:-1]} # tako\n".encode(), TO_IKA)
    assert edited.text.decode() == f"#198.51.100.22 tako\n{OTHER[:-1]} # tako\n"
    assert [leftover.line for leftover in edited.left] == [1, 1, 2]


def test_addresses_that_only_begin_alike_are_others() -> None:
    before = "198.51.100.221 takoyaki\n198.51.100.2 tako2\n"
    assert edit("hosts", before) == before


forms = st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=3, unique=True)


@st.composite
def consistent(draw: st.DrawFn) -> str:
    """A hosts file in which every name stands at its address, and loopback entries speak of tako."""

    def names(host: HostNames) -> str:
        return " ".join(host.names[number] for number in draw(forms))

    own = [f"{TAKO.address} {names(TAKO)}" for _ in range(draw(st.integers(0, 2)))]
    other = [f"{IKA.address}\t{names(IKA)}  # production" for _ in range(draw(st.integers(0, 2)))]
    local = [f"127.0.1.1 {names(TAKO)}" for _ in range(draw(st.integers(0, 1)))]
    noise = draw(
        st.lists(
            st.sampled_from(["", "# remark", "127.0.0.1 localhost", "198.51.100.7 takoyaki", "broken"]), max_size=3
        )
    )
    return "\n".join(draw(st.permutations([*own, *other, *local, *noise]))) + draw(st.sampled_from(["", "\n"]))


def entries(text: str) -> list[tuple[str, list[str]]]:
    fields = [line.partition("#")[0].split() for line in text.splitlines()]
    return [(line[0], line[1:]) for line in fields if len(line) > 1]


@given(consistent())
def test_every_address_keeps_the_right_names(before: str) -> None:
    for address, names in entries(edit("hosts", before)):
        for name in names:
            assert name not in TAKO.names or address == TAKO.address
            assert name not in IKA.names or address in (IKA.address, "127.0.1.1")


@given(consistent())
def test_the_new_own_entry_bears_every_form_that_the_old_one_bore(before: str) -> None:
    pairs = dict(zip(TAKO.names, IKA.names, strict=True))
    wanted = {pairs[name] for address, names in entries(before) if address == TAKO.address for name in names}
    borne = {name for address, names in entries(edit("hosts", before)) if address == IKA.address for name in names}
    assert wanted <= borne


@given(consistent())
def test_nothing_is_listed_where_all_is_understood(before: str) -> None:
    assert EDITORS["hosts"](before.encode(), TO_IKA).left == ()


@given(consistent())
def test_no_line_is_added_or_lost(before: str) -> None:
    assert edit("hosts", before).count("\n") == before.count("\n")


def test_a_name_that_the_file_gives_no_address_gets_its_own_and_nothing_else_moves() -> None:
    """A host runs under its old name until phase 6; a dead name server must not be asked for it."""
    for text in (LOCAL + OWN, "127.0.1.1 tako\n", LOCAL.rstrip("\n") + "\n127.0.1.1 tako-itpass tako"):
        edited = EDITORS["hosts"](text.encode(), TO_IKA).text
        known = with_name(edited, TAKO)
        assert known.startswith(edited)
        assert [resolved(known, form) for form in TAKO.names] == [(TAKO.address, TAKO.fqdn)] * len(TAKO.names)
        assert with_name(known, TAKO) == known
        again = EDITORS["hosts"](known, TO_IKA)
        assert again.left == () or again.text == known


def test_a_file_that_knows_the_name_stays_as_it_is() -> None:
    for text in (LOCAL + OWN + OTHER, "127.0.1.1 tako\n", OWN.replace("\n", "\r\n")):
        assert with_name(text.encode(), TAKO) == text.encode()
    assert with_name(b"127.0.0.1 localhost\r\n", TAKO).endswith(b"tako\r\n")
