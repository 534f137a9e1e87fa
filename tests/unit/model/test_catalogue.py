"""How a line is found in the catalogue: by the template that it was made from; what hosts say stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from irekae.model.catalogue.matcher import HEAD, LONGEST, Matcher
from irekae.model.catalogue.template import parsed, peeled, written

WORDS = Matcher(
    {
        "nobody is there": "誰もいない",
        "{item} on {where}: nobody holds it": "{where} の {item}: 誰も保持していない",
        "next: {hint}": "次に: {hint}",
        "run `fab {command}` again": "`fab {command}` を再び実行する",
        "copy {source} to {target}": "{source} を {target} にコピー",
        "{who} since {when}": "{when} から {who}",
        "the undo of {what} failed": "{what} の取り消しに失敗した",
        "done": "完了",
        "{init} {what} on {name}": "{name} の {init}: {what}",
        "did not stop": "停止しなかった",
        "end {count}": "{count} を終了",
        "mail": "メール",
        "braces {{ and }} of {name}": "{name} の括弧 {{ と }}",
        "Stop the services for now": "サービスの停止",
        "not translated yet": "",
    }
)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nobody is there", "誰もいない"),
        ("  nobody is there", "  誰もいない"),
        ("irekae: nobody is there", "irekae: 誰もいない"),
        ("- nobody is there …", "- 誰もいない …"),
        ("5.1 on ika: nobody holds it", "ika の 5.1: 誰も保持していない"),
        ("  next: run `fab phase9` again", "  次に: `fab phase9` を再び実行する"),
        ("  5.1 ika: copy /etc/hosts to /etc/hosts.1", "  5.1 ika: /etc/hosts を /etc/hosts.1 にコピー"),
        ("  1.3 ika: Stop the services for now …", "  1.3 ika: サービスの停止 …"),
        ("  1.3 ika: Stop the services for now: done", "  1.3 ika: サービスの停止: 完了"),
        ("  1.3 ika + tako: Stop the services for now …", "  1.3 ika + tako: サービスの停止 …"),
        ("  1.3 ika: done, 1.9 s", "  1.3 ika: 完了, 1.9 s"),
        ("  1.3 ika: end 3", "  1.3 ika: 3 を終了"),
        ("nobody is there; hayashi since today", "誰もいない; hayashi since today"),
        ("the undo of copy a to b failed", "a を b にコピー の取り消しに失敗した"),
        ("braces { and } of ika", "ika の括弧 { と }"),
        ("the undo of a, b failed", "a, b の取り消しに失敗した"),
        ("qmail did not stop on ika", "ika の qmail: 停止しなかった"),
        ("[ika] nobody is there", "[ika] 誰もいない"),
        ("[ika] 5.1 on tako: nobody holds it", "[ika] tako の 5.1: 誰も保持していない"),
    ],
)
def test_a_line_is_said_in_the_other_language(line: str, said: str) -> None:
    assert WORDS.line(line) == said


@pytest.mark.parametrize(
    "line",
    [
        "",
        "something else",
        "not translated yet",
        "      nobody is there",  # quoted: a diff, a file
        "+nobody is there",
        "-nobody is there",
        "$ nobody is there",
        "user mail: done by ika",
        "5.2 ika: /etc/motd:1: the shell of users since 2009",
        "5.2 ika: /etc/motd:2: # homes are made on this host",
        "`nobody is there`",
        "Nobody is there",
    ],
)
def test_what_is_no_message_stays_as_it_is(line: str) -> None:
    assert WORDS.line(line) == line


def test_a_command_in_backticks_is_never_touched() -> None:
    assert WORDS.line("run `fab copy a to b` again") == "`fab copy a to b` を再び実行する"


def test_the_message_of_most_letters_is_meant() -> None:
    found = Matcher({"{a} of {b}": "×", "{count} of {all} checks passed": "{all} 件中 {count} 件合格"})
    assert found.line("3 of 4 checks passed") == "4 件中 3 件合格"


def test_a_translation_that_asks_for_more_than_the_message_has_is_left_out() -> None:
    assert Matcher({"copy {a}": "{b} をコピー"}).line("copy x") == "copy x"


def test_a_line_of_a_megabyte_is_data() -> None:
    line = "nobody is there: " * 60_000
    assert WORDS.line(line) == line


@given(st.text(max_size=LONGEST + 10))
@example(": " * 900)
@example("; " * 900)
@example("on on on : nobody `" * 90)
@example("{item} on {where}: nobody holds it")
@example("next: " * 300)
def test_nothing_that_a_host_says_makes_it_fail(text: str) -> None:
    for line in text.split("\n"):
        assert isinstance(WORDS.line(line), str)


VALUE = st.text(st.characters(codec="utf-8", exclude_characters="\n:;`"), min_size=1, max_size=20).filter(
    lambda text: peeled(text) == ("", text, "")
)


@given(VALUE, VALUE)
def test_values_stay_as_they_are(item: str, where: str) -> None:
    found = Matcher({"{item} ⟂ {where}: nobody holds it": "{where} ⟂⟂ {item}: 誰も保持していない"})
    assume("⟂" not in item + where and not peeled(f"{item} ⟂")[0] and not HEAD.match(f"{item} ⟂"))
    assert found.line(f"{item} ⟂ {where}: nobody holds it") == f"{where} ⟂⟂ {item}: 誰も保持していない"


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=8), min_size=1, max_size=5))
def test_a_template_is_read_as_it_was_written(words: list[str]) -> None:
    parts = [part for word in words for part in ((None, word), ("hole", ""))][:-1]
    text = written([name for name, _ in parts], [word for _, word in parts])
    template = parsed(text)
    assert template.words == tuple(words)
    assert template.found_in("".join(words)) is not None
    assert len(set(template.names)) == len(words) - 1


@given(st.text(max_size=300))
def test_a_line_is_the_sum_of_what_is_peeled(line: str) -> None:
    assert "".join(peeled(line)) == line
