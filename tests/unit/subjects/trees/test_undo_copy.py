"""The copy of /home, looked at when it has ended (4.1), and taken back."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import pytest

from irekae.model.errors import SwapError
from irekae.site.site import needed
from irekae.subjects.trees import arrived, copy_left, copying, undo_copy
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy, mail


def ended(ika: FarEnd, tako: FarEnd, left: str = "") -> None:
    ika.put("/var/lib/irekae/copy/home/status", "0\n")
    ika.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    ika.put("/etc/group", "root:x:0:\n")
    tako.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    tako.put("/etc/group", "root:x:0:\n")
    tako.put("/home/asada/other", "")

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[0] == "ssh-keygen":
            ika.put("/var/lib/irekae/copy/home/id", "private", 0o600)
            ika.put("/var/lib/irekae/copy/home/id.pub", "ssh-ed25519 CCCC irekae-copy\n")
        return 0, "rsync  version 3.5.0\n" if argv[-1] == "--version" else left

    def spawn(argv: Sequence[str], log: str, known: str) -> int:
        ika.put("/var/lib/irekae/copy/home/status", "0\n")
        return 4_000_000

    ika.commands = tako.commands = commands
    ika._spawn = spawn  # type: ignore[attr-defined]


def test_nothing_left_and_equal_mailboxes_pass(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ended(ika, tako, ".d..t...... asada/\n")
    for far in (ika, tako):
        mail(far, "asada", 3)
    pair = for_copy(swap)
    arrived.want_nothing_left(pair)
    assert pair.production.record.notes == ["nothing of /home is left to copy", "1 mailboxes are equal"]


def test_mail_in_a_home_that_the_copy_leaves_alone_stays_and_is_told_but_that_of_a_spool_must_arrive(
    swap: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    ended(ika, tako)
    mail(ika, "chikuwa1", 6)
    pair = for_copy(swap)
    arrived.want_nothing_left(pair)
    assert [note for note in pair.production.record.notes if note.startswith("chikuwa1: 6 messages, ")]
    ika.put("/var/mail/chikuwa1", "From a@b Thu Nov 25 12:00:00 2010\nSubject: one\n\n")
    with pytest.raises(SwapError, match="1 mailboxes differ") as refused:
        arrived.want_nothing_left(for_copy(swap))
    assert refused.value.detail.startswith("chikuwa1: [1, ")


@pytest.mark.parametrize(
    ("left", "mails", "said"),
    [
        (">f+++++++++ asada/new\n", 3, "1 files below /home are not copied yet"),
        ("*deleting   asada/old\n", 3, "1 files below /home are not copied yet"),
        ("", 2, "1 mailboxes differ"),
    ],
)
def test_what_is_left_is_named(swap: Swap, ika: FarEnd, tako: FarEnd, left: str, mails: int, said: str) -> None:
    ended(ika, tako, left)
    mail(ika, "asada", 3)
    mail(tako, "asada", mails)
    with pytest.raises(SwapError, match=said):
        arrived.want_nothing_left(for_copy(swap))


def test_a_copy_that_has_not_ended_well_is_refused(swap: Swap, ika: FarEnd) -> None:
    with pytest.raises(SwapError, match="has not finished well"):
        arrived.want_nothing_left(for_copy(swap))


UNDO = {"tree": "/home", "replaced": "3.1/1"}


def asked_of(tako: FarEnd, **answer: list[str]) -> list[dict[str, Any]]:
    """What the way back asks the standby for; answer: what it finds that somebody did."""
    asked: list[dict[str, Any]] = []

    def undo(**arguments: Any) -> dict[str, list[str]]:
        asked.append(arguments)
        return {"aside": [], "stays": [], **answer}

    tako._undo_copy = undo  # type: ignore[attr-defined]
    return asked


def test_the_way_back_asks_for_what_was_written_down_when_the_copy_ended(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    state, left = [0o640, 0, 0, 5, 7, {}], [0o600, 0, 0, 9, 7, {}]
    before = {"altered": {"asada/old": state}, "missing": ["asada/new"]}
    tako.put("/var/lib/irekae/copy/home/3.1/1.json", json.dumps(before))
    seen = {"added": ["asada/new"], "left": {"asada/new": "file 1 1"}, "altered": {"asada/old": left}}
    tako.put("/var/lib/irekae/copy/home/3.1/1.left.json", json.dumps(seen))
    asked = asked_of(tako)
    undo_copy.undo_copy(for_copy(swap), UNDO)
    assert asked[0].pop("aside").startswith(".irekae-edited/20")
    assert asked == [
        {
            "home": "/home",
            "replaced": ".irekae-replaced/3.1/1",
            "added": ["asada/new"],
            "left": {"asada/new": "file 1 1"},
            "altered": {"asada/old": [state, left]},
        }
    ]


def test_where_nobody_saw_the_copy_end_what_is_the_same_on_production_is_the_copy_s(
    swap: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    ika.put("/var/lib/irekae/copy/home/items", "2026/01/01 10:00:00 [1] >f+++++++++ asada/new\n")
    before = {"altered": {}, "missing": ["asada/new", "asada/not logged yet"], "written": ["asada/edited"]}
    tako.put("/var/lib/irekae/copy/home/3.1/1.json", json.dumps(before))
    for far in (ika, tako):
        for name in ("new", "not logged yet", "edited"):
            far.put(f"/home/asada/{name}", "x")
            os.utime(far.path(f"/home/asada/{name}"), (5, 5))
    tako.put("/home/asada/edited", "somebody's")
    asked = asked_of(tako)
    undo_copy.undo_copy(for_copy(swap), UNDO)
    assert asked[0]["added"] == ["asada/new", "asada/not logged yet"]
    marks = dict.fromkeys(("asada/new", "asada/not logged yet"), f"file 1 {5 * 10**9}")
    assert asked[0]["left"] == {**marks, "asada/edited": copy_left.UNSURE}


def test_what_somebody_did_is_told_in_a_few_lines(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    asked_of(
        tako, aside=[f"asada/{number}" for number in range(30)], stays=["ueno/x: mode 0o640, changed since the copy"]
    )
    pair = for_copy(swap)
    undo_copy.undo_copy(pair, UNDO)
    notes = pair.standby.record.notes
    assert notes[0].startswith("asada/0: edited since the copy; kept in /home/.irekae-edited/20")
    assert notes[20].startswith("… and 10 more, edited since the copy; kept in /home/.irekae-edited/20")
    assert notes[21:] == ["ueno/x: mode 0o640, changed since the copy: it stays so"]


def test_a_copy_that_ended_is_written_down_as_it_left_the_standby(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ended(ika, tako, ">f+++++++++ asada/new\n")
    ika.path("/home").mkdir(exist_ok=True)

    def spawn(argv: Sequence[str], log: str, known: str) -> int:
        ika.put("/var/lib/irekae/copy/home/status", "0\n")
        tako.put("/home/asada/new", "copied")
        return 4_000_000

    ika._spawn = spawn  # type: ignore[attr-defined]
    copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")
    kept = json.loads(tako.path("/var/lib/irekae/copy/home/3.1/1.left.json").read_bytes())
    assert kept["added"] == ["asada/new"]
    assert kept["left"]["asada/new"].startswith("file 6 ")
