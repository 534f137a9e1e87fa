"""A terminal that can be scanned: one line an item, details folded, colour by meaning; in a pipe all of it, plain."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator

import pytest

from irekae.model import printing
from irekae.model.journal import State
from irekae.model.printing.events import Bearer, Kind, Outcome, Progress, Spot
from irekae.model.printing.terminal import Terminal
from tests.unit.screen import Screen, on

IKA, TAKO = Bearer("ika", "ika"), Bearer("tako", "tako")
ONE, PAIR = Spot("5.1", (IKA,)), Spot("6.1", (IKA, TAKO))
DONE, FAILED = Outcome(State.DONE, "done", seconds=1.2), Outcome(State.FAILED, "FAILED", seconds=0.5)


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def folded(screen: Screen) -> Iterator[Terminal]:
    yield (terminal := on(screen))
    terminal.close()


# --- folding ----------------------------------------------------------------------------------------------------------


def test_an_item_is_one_line_that_ends_in_its_outcome(screen: Screen, folded: Terminal) -> None:
    folded.begin(ONE, "Names")
    folded.detail(ONE, "edit /etc/hostname", Kind.DETAIL)
    folded.detail(ONE, "edit /etc/hosts", Kind.DETAIL)
    folded.end(ONE, DONE)
    (line,) = screen.lines
    assert re.fullmatch(r"\d\d:\d\d:\d\d  5\.1  ika  Names +2 details  1\.2 s  done", line)
    assert len(line) == 90


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
def test_what_did_not_go_well_shows_all_that_it_said(screen: Screen, folded: Terminal, state: State) -> None:
    folded.begin(ONE, "Names")
    folded.detail(ONE, "edit /etc/hostname", Kind.DETAIL)
    folded.end(ONE, Outcome(state, "so it ended"))
    first, second = screen.lines
    assert first.endswith("so it ended")
    assert second.strip() == "edit /etc/hostname"
    assert second.startswith("    ")


def test_an_item_without_an_outcome_is_not_lost(screen: Screen, folded: Terminal) -> None:
    folded.begin(ONE, "Names")
    folded.detail(ONE, "edit /etc/hostname", Kind.DETAIL)
    folded.close()
    first, second = screen.lines
    assert first.endswith("no outcome")
    assert second.strip() == "edit /etc/hostname"


@pytest.mark.parametrize("kind", [Kind.WARNING, Kind.RESULT])
def test_what_a_person_has_to_read_is_never_folded(screen: Screen, folded: Terminal, kind: Kind) -> None:
    folded.begin(ONE, "Names")
    folded.detail(ONE, "look at each", kind)
    folded.end(ONE, DONE)
    assert [line.split()[-1] for line in screen.lines] == ["each", "done"]


def test_verbose_shows_everything_as_it_comes(screen: Screen) -> None:
    terminal = on(screen, verbose=True)
    terminal.begin(ONE, "Names")
    terminal.detail(ONE, "edit /etc/hostname", Kind.DETAIL)
    terminal.end(ONE, DONE)
    assert [line.split("  ")[-1] for line in screen.lines] == ["Names …", "edit /etc/hostname", "done"]
    terminal.close()


def test_what_is_said_where_nothing_is_under_way_stands_alone(screen: Screen, folded: Terminal) -> None:
    folded.detail(ONE, "waited for", Kind.WAIT)
    assert screen.lines[0].endswith("5.1  ika  waited for")


def test_a_pairs_details_name_their_host_and_its_new_name(screen: Screen, folded: Terminal) -> None:
    folded.begin(PAIR, "Exchange")
    moved = Bearer("ika", "tako")
    folded.detail(Spot("6.1", (moved,)), "confirmed", Kind.DETAIL)
    folded.end(Spot("6.1", (Bearer("tako", "ika"), moved)), FAILED)
    first, second = screen.lines
    assert "tako → ika + ika → tako  Exchange" in first
    assert second.strip() == "ika → tako: confirmed"
    folded.end(Spot("6.1", (IKA,)), DONE)
    assert "Exchange" not in screen.lines[-1], "it is under way no longer, under either name"


def test_threads_lose_no_line(screen: Screen, folded: Terminal) -> None:
    def item(number: int) -> None:
        spot = Spot(f"7.{number}", (IKA,))
        folded.begin(spot, f"Item {number}")
        for step in range(20):
            folded.detail(spot, f"step {number}.{step}", Kind.DETAIL)
        folded.line(f"beside {number}", Kind.PLAIN)
        folded.end(spot, FAILED)

    threads = [threading.Thread(target=item, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    folded.close()
    said = [line.strip() for line in screen.lines]
    for number in range(6):
        at = next(place for place, line in enumerate(said) if line.endswith("FAILED") and f"Item {number}" in line)
        assert said[at + 1 : at + 21] == [f"step {number}.{step}" for step in range(20)]
        assert f"beside {number}" in said


# --- colour -----------------------------------------------------------------------------------------------------------


def test_colours_are_by_meaning(screen: Screen, folded: Terminal) -> None:
    for state in State:
        folded.end(ONE, Outcome(state, f"<{state}>"))
    codes = {state: re.search(rf"\x1b\[([0-9;]+)m<{state}>", screen.getvalue()) for state in State}
    told = {state: found[1] for state, found in codes.items() if found}
    assert (told[State.DONE], told[State.FAILED], told[State.UNKNOWN]) == ("32", "1;31", "1;35")
    assert told[State.NOTHING] == "2"
    for line, code in (("  + added", "32"), ("  - removed", "31")):
        folded.line(line, Kind.DIFF)
        assert f"\x1b[{code}m{line}\x1b[0m" in screen.getvalue()


HOSTILE = "\x1b[2J [red]x[/red] :boom: password=hunter2"


def test_what_a_host_says_neither_steers_nor_colours_nor_tells(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    printing.begin(ONE, HOSTILE)
    printing.detail(ONE, HOSTILE)
    printing.detail(ONE, HOSTILE, Kind.WARNING)
    printing.show(HOSTILE)
    printing.show_diff(HOSTILE)
    printing.end(ONE, Outcome(State.FAILED, HOSTILE))
    printing.close()
    said = screen.getvalue()
    assert "\x1b[2J" not in said
    assert "hunter2" not in said
    assert "\n".join(screen.lines).count("\\x1b[2J [red]x[/red] :boom: password=[blanked]") >= 5


# --- how far ---


def test_a_bar_is_drawn_and_taken_away_again(screen: Screen, folded: Terminal) -> None:
    folded.progress("3.1 ika: copy", Progress(0.25, "1 of 4 files, 1:00 left"))
    drawn = next(line for line in screen.lines if "copy" in line)
    assert re.search(r"3\.1 ika: copy ━+[╺╸ ]? ?━*  +25%  1 of 4 files, 1:00 left", drawn)
    folded.progress("3.1 ika: copy", None)
    assert screen.lines == []


def test_where_there_is_no_terminal_a_progress_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with printing.progressing("3.1 ika: copy") as tell:
        for share in (0.25, 0.5):
            tell(Progress(share, "of it"))
    assert capsys.readouterr().out == "  3.1 ika: copy: 25%, of it\n"
    monkeypatch.setattr(printing, "PACE", 0.0)
    with printing.progressing("3.1 ika: copy") as tell:
        tell(Progress(None, "counting files"))
        tell(Progress(0.5, "of it"))
    assert capsys.readouterr().out.splitlines() == ["  3.1 ika: copy: counting files", "  3.1 ika: copy: 50%, of it"]
