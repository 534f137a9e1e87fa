"""What holds for every editor, on text made of names, of words that only contain them, and of each file's syntax."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from irekae.host.editors import EDITORS, Exchange, problem
from tests.unit.host.editors.pair import IKA, TAKO, TO_IKA, TO_TAKO, words_left

names = st.sampled_from([*TAKO.forms, "Tako", "TAKO", "tAko", f"{TAKO.fqdn}.", f"root.{TAKO.fqdn}."])
words = st.sampled_from(
    [
        "takoyaki",
        "ikasumi",
        "tako.bak",
        "/home/tako",
        "~tako",
        "$tako",
        "tako@example.org",
        "tako-itpass-old",
        "日本語",
        "\udcc8",
    ]
)
marks = st.sampled_from(
    [
        " ",
        " ",
        " ",
        "\t",
        "'",
        '"',
        "=",
        "#",
        ";",
        ":",
        "/",
        "//",
        "@",
        "(",
        ")",
        "\\",
        "\\n",
        ",",
        "<<E",
        "E",
        "q(",
        "%",
        "&",
        "\x1b[1m",
    ]
)
starts = st.sampled_from(
    [
        "",
        "",
        "$x = '",
        "A=",
        "A='",
        "127.0.1.1 ",
        "198.51.100.22 ",
        "@ IN SOA ",
        " NS ",
        "iface eth0 inet static",
        "  address ",
        "# ",
        "=cut",
    ]
)
line = st.builds(
    lambda start, parts: start + "".join(parts), starts, st.lists(names | words | marks | marks, max_size=8)
)
ends = st.sampled_from(["\n", "\n", "\n", "\r\n"])
lines = st.lists(st.builds(str.__add__, line, ends), max_size=5)
text = st.builds(lambda ls, last: ("".join(ls) + last).encode("utf-8", "surrogateescape"), lines, line)
text_of_both = st.builds(
    lambda t, u: t + u.replace(b"tako", b"ika").replace(b"198.51.100.22", b"198.51.100.21") + t, text, text
)


@given(before=text_of_both)
def test_done_twice_is_done_once(before: bytes) -> None:
    for editor in EDITORS.values():
        once = editor(before, TO_IKA)
        twice = editor(once.text, TO_IKA)
        assert (twice.text, twice.changes) == (once.text, ())


ANY_CASE = {"hostname", "hosts", "one_line"}


@given(before=text)
def test_there_and_back_is_where_it_was(before: bytes) -> None:
    for name in set(EDITORS) - {"zone"}:
        editor = EDITORS[name]
        back = editor(editor(before, TO_IKA).text, TO_TAKO).text
        assert back == before or (name in ANY_CASE and back.lower() == before.lower())


@given(before=text_of_both)
def test_lines_and_their_ends_stay(before: bytes) -> None:
    for editor in EDITORS.values():
        after = editor(before, TO_IKA).text
        assert after.count(b"\n") == before.count(b"\n")
        assert [part.endswith(b"\r") for part in after.split(b"\n")] == [
            part.endswith(b"\r") for part in before.split(b"\n")
        ]


@given(before=text_of_both)
def test_changes_are_exactly_the_lines_that_differ(before: bytes) -> None:
    for editor in EDITORS.values():
        edited = editor(before, TO_IKA)
        pairs = zip(before.split(b"\n"), edited.text.split(b"\n"), strict=True)
        assert [change.line for change in edited.changes] == [n for n, (a, b) in enumerate(pairs, start=1) if a != b]


@given(before=text)
def test_words_that_only_contain_a_name_are_never_touched(before: bytes) -> None:
    for name, editor in EDITORS.items():
        after = editor(before, TO_IKA).text
        # As the whole line of a file of host names, `tako.bak` is the name in the domain `bak`.
        alone = () if name in ("hostname", "one_line") else (b"tako.bak",)
        for word in (*alone, b"takoyaki", b"ikasumi", b"/home/tako", b"~tako", b"$tako", b"tako-itpass-old"):
            assert after.count(word) == before.count(word)


@given(before=text)
def test_line_ends_do_not_matter(before: bytes) -> None:
    for editor in EDITORS.values():
        plain = before.replace(b"\r", b"")
        crlf = plain.replace(b"\n", b"\r\n")
        assert editor(crlf, TO_IKA).text == editor(plain, TO_IKA).text.replace(b"\n", b"\r\n")


@given(before=text_of_both)
def test_every_old_name_that_remains_is_listed_or_right(before: bytes) -> None:
    for editor in EDITORS.values():
        edited = editor(before, TO_IKA)
        listed = {leftover.line for leftover in edited.left}
        for number, part in enumerate(edited.text.split(b"\n"), start=1):
            if b" tako " in part and b"198.51.100.22" not in part and b"\x1b" not in part:
                assert number in listed


@given(before=text)
def test_what_is_listed_can_be_printed_and_stored(before: bytes) -> None:
    for editor in EDITORS.values():
        edited = editor(before, TO_IKA)
        for found in (*edited.changes, *edited.left):
            repr(found).encode("utf-8")
        assert all(words_left(edited))


@given(before=text)
def test_what_an_editor_makes_says_of_the_new_name_what_was_said_of_the_old(before: bytes) -> None:
    for name in ("hosts", "shell", "text", "perl"):
        assert problem(name, before, EDITORS[name](before, TO_IKA).text, TO_IKA) is None or name == "hosts"


@given(before=text)
def test_an_exchange_without_difference_changes_no_name(before: bytes) -> None:
    for editor in EDITORS.values():
        nothing = Exchange(old=IKA, new=IKA, today=TO_IKA.today)
        assert editor(before, nothing).text == before
