"""The catalogue has every text that a person may read, and its Japanese."""

from __future__ import annotations

import textwrap

import pytest

from docs.make_catalogue import MO, PO, held, mo_of, po_of, renewed
from docs.messages import PROJECT, said_in
from docs.no_messages import EXCLUDED
from irekae.model.catalogue.template import parsed

CATALOGUE = held()
MESSAGES = {str(message.id): str(message.string) for message in CATALOGUE if message.id}


def found(source: str, name: str = "irekae/swap/example.py") -> list[str]:
    return [message.id for message in said_in(textwrap.dedent(source), name)]


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        ('show("armed")', ["armed"]),
        ('complain(f"irekae: {error}")', []),
        ('host.say(f"{path} is not there: nothing to hold")', ["{path} is not there: nothing to hold"]),
        ('raise SwapError(f"no {what}", "seen: " + said)', ["no {what}", "seen: {said}"]),
        ('raise SwapError(what, hint="use --plan")', ["use --plan"]),
        ('raise wrong_use("who signs?")', ["who signs?"]),
        ('raise ValueError("empty")', ["empty"]),
        ('yield Obstacle(f"{init!r} ({state.detail:>4})", "mend it")', ["mend it"]),
        ('HINT = "is it up, and is the network?"', ["is it up, and is the network?"]),
        ('OPTIONS = {"plan": "show what would change"}', ["show what would change"]),
        ('x = dict(why="a reason is needed")', ["a reason is needed"]),
        ('show("no file" if gone else f"read {path}")', ["no file", "read {path}"]),
        (
            'x = f"{n} changes" + (f", {m} refused by others" if m else "")',
            ["{n} changes, {m} refused by others", "{n} changes"],
        ),
        ("show(f\"{n} thing{'s' if n > 1 else ''} left\")", ["{n} things left", "{n} thing left"]),
        ("show(f\"{a.path} to {b['path']}\")", ["{path} to {path2}"]),
        ('Kind = Annotated[str, Meta(pattern="^a b", description="a name")]', ["a name"]),
        ('show("one line\\n  next: another line")', ["one line", "next: another line"]),
        ('show("one " "sentence " f"of {many}")', ["one sentence of {many}"]),
        ('show("{} on {name}: gone".format(x, name=y))', ["{value} on {name}: gone"]),
        ('log("%s is held by %s" % (a, b))', ["{value} is held by {value2}"]),
        ('REMEDY = "leave {0} to `{1}` alone"', ["leave {value} to `{value2}` alone"]),
        ('show(f"set {{a}} in {path}")', ["set {{a}} in {path}"]),
        ('show("; ".join(f"lacks {one}" for one in lacking))', ["lacks {one}"]),
        ('where = "" if all else f"only on {host} so far"', ["only on {host} so far"]),
        ('class A:\n    why: str = "nothing was said"', ["nothing was said"]),
        ('def f(hint: str = "see the console") -> None: ...', ["see the console"]),
    ],
)
def test_a_message_is_found_however_it_is_said(source: str, ids: list[str]) -> None:
    assert found(source) == ids


@pytest.mark.parametrize(
    "source",
    [
        '"""What a module says of itself."""',
        'def f() -> None:\n    """What it does."""',
        'if "Permission denied" in said: ...',
        're.compile("no such file")',
        'link.ask("wait_gone")',
        'state["name of it"]',
        'run(["crontab", "-l"])',
        'x: Literal["not a text"]',
        'show("日本語だけ")',
        'show(f"{a}: {b}")',
    ],
)
def test_what_nobody_reads_is_none(source: str) -> None:
    assert found(source) == []


def test_titles_and_help_are_messages() -> None:
    item = '@item("1.7", "停止", "Close logins", on=On.BOTH)\ndef f(host: Host) -> None:\n    """Nobody\n    writes."""'
    assert [(one.id, one.ja) for one in said_in(item, "tasks/phase.py") if one.ja] == [("Close logins", "停止")]
    assert "Nobody writes." in found(item, "tasks/phase.py")
    assert found('def go(c: Any) -> None:\n    """Go on."""', "irekae/cli/work.py") == ["Go on."]
    check = 'def test_it(check: Record) -> None:\n    """It is so.\n\n    そうである.\n    """'
    assert [(one.id, one.ja) for one in said_in(check, "verify/test_it.py")] == [("It is so", "そうである")]


def test_what_is_excluded_is_there() -> None:
    for place in EXCLUDED:
        file, _, name = place.partition(" ")
        assert name in (PROJECT / file).read_text(encoding="utf-8"), place


def test_the_catalogue_is_of_this_code() -> None:
    is_new = PO.read_bytes() == po_of(renewed(CATALOGUE))
    assert is_new, "make catalogue"
    is_compiled = MO.read_bytes() == mo_of(CATALOGUE)
    assert is_compiled, "make catalogue"
    assert not CATALOGUE.obsolete


def test_every_message_has_its_japanese() -> None:
    empty = [id_ for id_, said in MESSAGES.items() if not said]
    assert not empty, f"{len(empty)} of {len(MESSAGES)}, as in: {empty[0]}"


def test_a_translation_says_the_same_values_and_commands() -> None:
    assert {id_: said for id_, said in MESSAGES.items() if said and not says_the_same(id_, said)} == {}


def says_the_same(english: str, japanese: str) -> bool:
    values = [sorted(parsed(text).names) for text in (english, japanese)]
    commands = [sorted(text.split("`")[1::2]) for text in (english, japanese)]
    return values[0] == values[1] and commands[0] == commands[1] and "\n" not in japanese
