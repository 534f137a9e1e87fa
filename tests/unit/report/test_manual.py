"""The manual on paper: what stands in it, in both languages alike, and that it can be printed."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from irekae.model.language import LANGS, Lang
from irekae.report.manual import MOST, HostChanges, ManualRow, render_manual
from irekae.report.troubles import troubles
from tests.unit.report.test_html import Page

LONG = "rsync -aHAX --numeric-ids --delete --exclude=/gate " + "--exclude=/chikuwa* " * 12 + "/home/ root@tako:/home/"

ROWS = [
    ManualRow(number="9.10", mark="M", title="Mail can be sent", title_ja="メールの送受信", hosts=("ika",)),
    ManualRow(
        number="3.1",
        mark="M",
        title="rsync /home again",
        title_ja="/home 領域を rsync",
        hosts=("ika", "tako"),
        command="fab phase3.home",
        hand=(LONG, "<b>echo</b> $HOME && true"),
        check="no error; `fab progress` shows it",
        remedy="once more",
        decisions=("D2: everything in phase 3 goes through tako's door.",),
        changes=(HostChanges("ika", ("copy /home", "<script>alert(1)</script>\x1b[2J")), HostChanges("tako", ())),
        undo="what it replaced is put back",
    ),
    ManualRow(number="2.2", mark="+", title="A lease", title_ja="期限", hosts=("tako",)),
]


@pytest.mark.parametrize("lang", LANGS)
def test_every_item_stands_in_the_manuals_order(lang: Lang) -> None:
    page = Page(render_manual(ROWS, lang, "ITPASS"))
    assert [name for name in page.ids if name.startswith("item-")] == ["item-2.2", "item-3.1", "item-9.10"]
    assert [link for link in page.links if link[1:] not in page.ids] == []


@pytest.mark.parametrize("lang", LANGS)
def test_an_item_has_its_command_the_way_by_hand_the_check_and_the_remedy(lang: Lang) -> None:
    text = Page(render_manual(ROWS, lang)).text
    parts = (
        "fab phase3.home",
        LONG,
        "<b>echo</b> $HOME && true",
        "no error; fab progress shows it",
        "once more",
        "D2: ",
    )
    assert [part for part in parts if part not in text] == []
    assert "/home 領域を rsync" in text
    assert "rsync /home again" in text
    assert "what it replaced is put back" in text


def test_long_commands_wrap_instead_of_being_cut() -> None:
    style = render_manual(ROWS, "en").split("</style>")[0]
    rule = style.split(".command {")[1].split("}")[0]
    assert "white-space: pre-wrap" in rule
    assert "overflow-wrap: anywhere" in rule


def test_what_the_plan_has_is_text_and_cut_short_with_the_command_that_shows_all() -> None:
    page = Page(render_manual(ROWS, "en"))
    assert page.tags["script"] == 0
    assert "\\x1b[2J" in page.text
    many = replace(ROWS[1], changes=(HostChanges("ika", tuple(f"edit /etc/{n}" for n in range(MOST + 3))),))
    text = Page(render_manual([many], "en")).text
    assert f"edit /etc/{MOST - 1} … 3 more: fab phase3.home --plan" in text
    assert f"edit /etc/{MOST};" not in text


def test_additions_are_marked() -> None:
    row = render_manual(ROWS, "en").split('id="item-2.2"')[1].split("</article>")[0]
    assert "our addition" in row


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "are NOT saved: [site] wiki"), ("ja", "保存していません: site.toml")]
)
def test_it_says_so_where_the_wiki_has_no_address(lang: Lang, said: str) -> None:
    assert said in Page(render_manual(ROWS, lang)).text
    assert said not in Page(render_manual(ROWS, lang, wiki="http://wiki.example/")).text


def test_it_names_its_zone_once() -> None:
    assert len(re.findall(r"[+-]\d{4}\b", Page(render_manual(ROWS, "en")).text)) == 1


def test_the_trouble_table_is_readmes_in_both_languages_alike() -> None:
    found = {lang: troubles(lang) for lang in LANGS}
    assert len(found["en"]) == len(found["ja"]) > 15
    commands = {lang: [re.findall(r"`(fab [\w-]+)", do) for _, do in rows] for lang, rows in found.items()}
    assert [set(en) - set(ja) for en, ja in zip(commands["en"], commands["ja"], strict=True) if set(en) - set(ja)] == []
    for lang in LANGS:
        text = Page(render_manual(ROWS, lang)).text
        assert [seen for seen, _ in found[lang] if seen.replace("`", "") not in text] == []
