from __future__ import annotations

import pytest

from irekae.model.language import LANGS, Lang
from irekae.report.manual import HostCommands, ManualRow, render_manual
from tests.unit.report.test_html import Page

LONG = "rsync -aHAX --numeric-ids --delete --exclude=/gate " + "--exclude=/chikuwa* " * 12 + "/home/ root@tako:/home/"

ROWS = [
    ManualRow(
        number="9.10", mark="M", title="Mail can be sent", title_ja="メールの送受信", hosts=("ika",), text="Send one."
    ),
    ManualRow(
        number="3.1",
        mark="M",
        title="rsync /home again",
        title_ja="/home 領域を rsync",
        hosts=("ika", "tako"),
        text="Push what changed.\n\nA dry run first.",
        decisions=("D2: everything in phase 3 goes through tako's door.",),
        commands=(HostCommands("ika", (LONG, "<b>echo</b> $HOME && true")), HostCommands("tako", ())),
        undo="none: what was overwritten on tako was a copy",
    ),
    ManualRow(number="2.2", mark="+", title="A lease", title_ja="期限", hosts=("tako",)),
]  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_every_item_stands_in_the_manuals_order(lang: Lang) -> None:
    page = Page(render_manual(ROWS, lang, "ITPASS", "2012-11-09T10:00:00+09:00"))
    assert [name for name in page.ids if name.startswith("item-")] == ["item-2.2", "item-3.1", "item-9.10"]
    assert [link for link in page.links if link[1:] not in page.ids] == []


@pytest.mark.parametrize("lang", LANGS)
def test_commands_are_whole_and_as_they_are_typed(lang: Lang) -> None:
    text = Page(render_manual(ROWS, lang)).text
    assert LONG in text
    assert "<b>echo</b> $HOME && true" in text


def test_long_commands_wrap_instead_of_being_cut() -> None:
    style = render_manual(ROWS, "en").split("</style>")[0]
    rule = style.split(".command {")[1].split("}")[0]
    assert "white-space: pre-wrap" in rule
    assert "overflow-wrap: anywhere" in rule


def test_decisions_undo_and_both_titles_are_there() -> None:
    text = Page(render_manual(ROWS, "ja")).text
    for part in (
        "D2: everything",
        "what was overwritten",
        "/home 領域を rsync",
        "rsync /home again",
        "A dry run first.",
    ):
        assert part in text


def test_additions_are_marked() -> None:
    row = render_manual(ROWS, "en").split('id="item-2.2"')[1].split("</article>")[0]
    assert "our addition" in row
