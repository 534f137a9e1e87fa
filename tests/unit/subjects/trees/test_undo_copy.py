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
AT = "/var/lib/irekae/copy/home"
LEFT = f"{AT}/3.1/1.left"


def asked_of(tako: FarEnd, **answer: list[str]) -> list[dict[str, Any]]:
    """What the way back asks the standby for; answer: what it finds that somebody did."""
    asked: list[dict[str, Any]] = []

    def undo(**arguments: Any) -> dict[str, list[str]]:
        asked.append(arguments)
        return {"aside": [], "stays": [], **answer}

    tako._undo_copy = undo  # type: ignore[attr-defined]
    return asked


def listed(far: FarEnd, path: str) -> list[Any]:
    return [json.loads(line) for line in far.path(path).read_text().splitlines()]


def put_lines(far: FarEnd, path: str, *lines: Any) -> None:
    far.put(path, "".join(f"{json.dumps(line)}\n" for line in lines))


def test_the_way_back_goes_by_what_was_written_down_when_the_copy_ended(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    old, new = tako.put("/home/asada/old", "x", 0o600), tako.put("/home/asada/new", "x")
    tako.put("/home/asada/edited", "somebody's")
    mark = f"file 1 {new.stat().st_mtime_ns}"
    state = [0o600, os.getuid(), os.getgid(), old.stat().st_mtime_ns, old.stat().st_ino, {}]
    put_lines(
        tako,
        LEFT,
        ["asada/new", True, mark, None, None],
        ["asada/edited", True, mark, None, None],
        ["asada/old", False, "", [0o640, *state[1:]], state],
    )
    pair = for_copy(swap)
    undo_copy.undo_copy(pair, UNDO)
    assert not new.exists()
    assert old.stat().st_mode & 0o777 == 0o640
    (note,) = pair.standby.record.notes
    aside = note.removeprefix("asada/edited: edited since the copy; kept in ")
    assert tako.path(f"{aside}/asada/edited").read_text() == "somebody's"


def test_where_nobody_saw_the_copy_end_what_is_the_same_on_production_is_the_copy_s(
    swap: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    ika.put(f"{AT}/items", "2026/01/01 10:00:00 [1] >f+++++++++ asada/new\n")
    for far in (ika, tako):
        for name in ("new", "not logged yet", "edited", "mode"):
            far.put(f"/home/asada/{name}", "x")
            os.utime(far.path(f"/home/asada/{name}"), (5, 5))
    tako.put("/home/asada/edited", "somebody's")
    number = tako.path("/home/asada/mode").stat().st_ino
    was = [0o600, os.getuid(), os.getgid(), 4, number, {}]
    put_lines(
        tako,
        f"{AT}/3.1/1.before",
        ["asada/new", True, None],
        ["asada/not logged yet", True, None],
        ["asada/edited", False, None],
        ["asada/mode", False, was],
    )
    asked = asked_of(tako)
    tako.path("/home/asada/mode").chmod(0o777)
    undo_copy.undo_copy(for_copy(swap), UNDO)
    assert asked[0]["path"] == LEFT
    assert listed(tako, LEFT) == [
        ["asada/new", True, f"file 1 {5 * 10**9}", None, None],
        ["asada/not logged yet", True, f"file 1 {5 * 10**9}", None, None],
        ["asada/edited", False, copy_left.UNSURE, None, None],
        ["asada/mode", False, "", was, [0o644, *was[1:3], 5 * 10**9, number, {}]],
    ]
    assert {path.name for path in tako.path(f"{AT}/3.1").iterdir()} == {"1.before", "1.left"}


def test_a_link_to_odd_bytes_keeps_nobody_from_the_way_back(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    put_lines(tako, f"{AT}/3.1/1.before", ["asada/link", True, None], ["asada/" + "d/" * 9000, True, None])
    for far in (ika, tako):
        far.path("/home/asada").mkdir(parents=True)
        far.path("/home/asada/link").symlink_to(os.fsdecode(b"\xff"))
    undo_copy.undo_copy(for_copy(swap), UNDO)
    assert not tako.path("/home/asada/link").is_symlink()
    assert listed(tako, LEFT)[0] == ["asada/link", True, "link \udcff", None, None]


def test_a_line_that_is_none_is_refused(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.put(LEFT, "[1, 2]\n")
    with pytest.raises(SwapError, match="does not answer copy_left as our agent does"):
        list(copy_left.written_by(for_copy(swap), "/home", "3.1/1"))


def test_a_copy_of_an_earlier_version_is_left_to_that_version(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.put(f"{AT}/3.1/1.json", "{}")
    with pytest.raises(SwapError, match="was made by an earlier version of irekae"):
        undo_copy.undo_copy(for_copy(swap), UNDO)


def test_what_the_copy_did_beside_what_was_expected_of_it_is_its_own_too(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    """A file that came or changed between the dry run and the copy stands in the log alone."""
    items = (">f+++++++++ asada/late", ">f.st...... asada/mode", ">f+++++++++ asada/gone meanwhile")
    ika.put(f"{AT}/items", "".join(f"2026/01/01 10:00:00 [1] {item}\n" for item in items))
    for name in ("late", "mode", "gone meanwhile"):
        os.utime(tako.put(f"/home/asada/{name}", "x"), (5, 5))
    was = [0o600, 0, 0, 4, 4, {}]
    put_lines(tako, f"{AT}/3.1/1.before", ["asada/mode", False, was], ["asada/gone meanwhile", False, None])
    copy_left.remember(for_copy(swap), "/home", "3.1/1")
    mark = f"file 1 {5 * 10**9}"
    lines = listed(tako, LEFT)
    assert lines[0][:4] == ["asada/mode", False, "", was]
    assert lines[1:] == [
        ["asada/gone meanwhile", False, mark, None, None],
        ["asada/late", True, mark, None, None],
        ["asada/mode", False, mark, None, None],
        ["asada/gone meanwhile", True, mark, None, None],
    ]


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
    (line,) = listed(tako, LEFT)
    assert line[:2] == ["asada/new", True]
    assert line[2].startswith("file 6 ")
