"""The copy of /home, looked at when it has ended (4.1), and taken back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from irekae.model.errors import SwapError
from irekae.subjects.home import copying, undo_copy
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy, mail


def ended(ika: FarEnd, tako: FarEnd, left: str = "") -> None:
    ika.put("/var/lib/irekae/copy/status", "0\n")
    ika.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    ika.put("/etc/group", "root:x:0:\n")
    tako.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    tako.put("/etc/group", "root:x:0:\n")
    tako.put("/home/asada/other", "")

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[0] == "ssh-keygen":
            ika.put("/var/lib/irekae/copy/id", "private", 0o600)
            ika.put("/var/lib/irekae/copy/id.pub", "ssh-ed25519 CCCC irekae-copy\n")
        return 0, "rsync  version 3.5.0\n" if argv[-1] == "--version" else left

    def spawn(argv: Sequence[str], log: str, known: str) -> int:
        ika.put("/var/lib/irekae/copy/status", "0\n")
        return 4_000_000

    ika.commands = tako.commands = commands
    ika._spawn = spawn  # type: ignore[attr-defined]


def test_nothing_left_and_equal_mailboxes_pass(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ended(ika, tako, ".d..t...... asada/\n")
    for far in (ika, tako):
        mail(far, "asada", 3)
    pair = for_copy(swap)
    copying.want_nothing_left(pair)
    assert pair.production.record.notes == ["nothing is left to copy; 1 mailboxes are equal"]


@pytest.mark.parametrize(
    ("left", "mails", "said"),
    [
        (">f+++++++++ asada/new\n", 3, "1 files are not copied yet"),
        ("*deleting   asada/old\n", 3, "1 files are not copied yet"),
        ("", 2, "1 mailboxes differ"),
    ],
)
def test_what_is_left_is_named(swap: Swap, ika: FarEnd, tako: FarEnd, left: str, mails: int, said: str) -> None:
    ended(ika, tako, left)
    mail(ika, "asada", 3)
    mail(tako, "asada", mails)
    with pytest.raises(SwapError, match=said):
        copying.want_nothing_left(for_copy(swap))


def test_a_copy_that_has_not_ended_well_is_refused(swap: Swap, ika: FarEnd) -> None:
    with pytest.raises(SwapError, match="has not finished well"):
        copying.want_nothing_left(for_copy(swap))


def test_the_way_back_asks_for_what_the_log_and_the_notes_say(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.put("/var/lib/irekae/copy/items", "2026/01/01 10:00:00 [1] >f+++++++++ asada/new\n")
    state = [0o640, 0, 0, 5]
    before = {"altered": {"asada/old": state}, "missing": ["asada/new", "asada/not logged yet"]}
    tako.put("/var/lib/irekae/copy/3.1/1.json", json.dumps(before))
    asked: list[dict[str, Any]] = []
    tako._undo_copy = lambda **arguments: asked.append(arguments)  # type: ignore[attr-defined]
    pair = for_copy(swap)
    undo_copy.undo_copy(pair, pair.production, pair.standby, {"home": "/home", "replaced": "3.1/1"})
    assert asked == [
        {
            "home": "/home",
            "replaced": ".irekae-replaced/3.1/1",
            "added": ["asada/new", "asada/not logged yet"],
            "altered": {"asada/old": state},
        }
    ]
