"""What must hold before anything below /home is copied, and what one user cannot stop."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from irekae.model.errors import Status, SwapError
from irekae.site.site import needed
from irekae.subjects.accounts.meeting import meetings
from irekae.subjects.trees import arrived, before_copy, copying, rsync_listing, safe_rsync
from irekae.subjects.trees.doomed import Doomed
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy, mail

PASSWD = b"root:x:0:0::/root:/bin/sh\nasada:x:1001:100::/home/asada:/bin/sh\nkato:x:1002:100::/home/kato:/bin/sh\n"
GROUP = b"root:x:0:\nusers:x:100:\nlab:x:1500:\n"


# --- which rsync ---


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("rsync  version 3.5.0  protocol version 32\n", ""),
        ("rsync  version v3.10.1  protocol version 32\n", ""),
        ("rsync  version 3.4.1  protocol version 32\n", "rsync 3.4.1 is older than 3.5.0: changes of mode"),
        ("rsync  version 3.2.7  protocol version 31\n", "CVE-2026-53797"),
        ("rsync  version 3.4.3  protocol version 32\n", "the receiver enters a link"),
        ("openrsync: protocol version 29\n", "the version of /usr/bin/rsync is not known: openrsync"),
        ("", "it says nothing"),
    ],
)
def test_an_rsync_that_a_link_leads_astray_is_told_with_its_flaws(swap: Swap, ika: FarEnd, said: str, why: str) -> None:
    ika.commands = lambda argv, stdin: (0, said)
    found = safe_rsync.why_unsafe(for_copy(swap).production, "3.5.0")
    assert why in found
    assert bool(found) == bool(why)
    assert ika.ran == [["/usr/bin/rsync", "--version"]], "the very program that copies"


def test_nothing_is_copied_by_an_old_one_not_even_in_0_4(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.commands = lambda argv, stdin: (0, "rsync  version 3.5.0\n")
    tako.commands = lambda argv, stdin: (0, "rsync  version 3.2.7\n")
    for number in ("0.4", "3.1"):
        with pytest.raises(SwapError, match="rsync is too old") as raised:
            copying.copy_tree(for_copy(swap), needed(swap.site.home), number)
        assert raised.value.status is Status.REFUSED
        assert "tako: rsync 3.2.7" in raised.value.detail
        assert "ika:" not in raised.value.detail
    assert not ika.path("/var/lib/irekae/copy/home/id").exists()


# --- numbers that are somebody else's ---


def surveyed(**more: list[tuple[int, str]]) -> dict[str, list[tuple[int, str]]]:
    return {"users": [], "groups": [], **more}


def test_a_number_that_is_another_s_on_the_receiver_meets() -> None:
    target = (b"root:x:0:0:::\nasada:x:1001:100:::\nbuilder:x:1002:100:::\n", GROUP)
    (met,) = meetings(surveyed(users=[(1001, "asada/x"), (1002, "kato/secret")]), (PASSWD, GROUP), target)
    assert (met.kind, met.number, met.ours, met.theirs) == ("user", 1002, "kato", "builder")
    assert "kato/secret would be builder's" in str(met)


def test_a_number_without_a_name_meets_whoever_has_it_on_the_receiver() -> None:
    target = (PASSWD + b"new:x:1055:100:::\n", GROUP)
    (met,) = meetings(surveyed(users=[(1055, "old/file")]), (PASSWD, GROUP), target)
    assert (met.ours, met.theirs) == ("", "new")


def test_a_group_meets_too() -> None:
    target = (PASSWD, b"root:x:0:\nusers:x:100:\nmail:x:1500:\n")
    (met,) = meetings(surveyed(groups=[(1500, "asada/shared"), (100, "x")]), (PASSWD, GROUP), target)
    assert (met.kind, met.ours, met.theirs) == ("group", "lab", "mail")


def test_who_bears_the_same_name_or_nobody_s_number_meets_nobody() -> None:
    target = (b"root:x:0:0:::\nasada:x:7000:100:::\n", b"root:x:0:\nlab:x:8000:\n")
    found = surveyed(users=[(0, "x"), (1001, "asada"), (1002, "kato"), (4242, "y")], groups=[(1500, "z"), (100, "u")])
    assert meetings(found, (PASSWD, GROUP), target) == []


def test_files_that_would_change_hands_are_not_copied(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    for far, passwd in ((ika, PASSWD), (tako, PASSWD.replace(b"kato", b"mori"))):
        far.put("/etc/passwd", passwd)
        far.put("/etc/group", GROUP)
    found = {"users": [(1002, "kato/key")], "groups": [], "too_long": []}
    with pytest.raises(SwapError, match="1 numbers are somebody else's on tako") as raised:
        before_copy.want_no_meeting(for_copy(swap), found)
    assert raised.value.status is Status.REFUSED
    assert "kato/key would be mori's" in raised.value.detail


# --- what would be deleted ---


def doomed(paths: list[str]) -> Doomed:
    return Doomed([[f"*deleting   {path}" for path in paths]])


def test_each_home_has_a_limit_of_its_own(swap: Swap) -> None:
    pair = for_copy(swap)
    many = [f"user{number % 50}/f{number}" for number in range(5000)]
    before_copy.want_few_deleted(pair, needed(swap.site.home), doomed(many))
    with pytest.raises(SwapError, match="201 files on tako in 1 homes") as raised:
        before_copy.want_few_deleted(
            pair, needed(swap.site.home), doomed([*many, *(f"kato/{number}" for number in range(201))])
        )
    assert "user1:" not in raised.value.detail


def test_a_home_that_a_person_has_looked_at_may_lose_more(swap: Swap) -> None:
    home = replace(needed(swap.site.home), may_delete={"kato": 250})
    before_copy.want_few_deleted(for_copy(swap), home, doomed([f"kato/{number}" for number in range(250)]))
    with pytest.raises(SwapError, match="251 files"):
        before_copy.want_few_deleted(for_copy(swap), home, doomed([f"kato/{number}" for number in range(251)]))


def test_nothing_is_copied_while_a_folder_below_is_on_another_device(swap: Swap) -> None:
    pair, home = for_copy(swap), needed(swap.site.home)
    before_copy.want_one_device(pair, home, {"other_devices": []})
    with pytest.raises(SwapError, match="1 folders below /home on ika are file systems or subvolumes") as raised:
        before_copy.want_one_device(pair, home, {"other_devices": ["asada/vm"]})
    assert raised.value.detail == "/home/asada/vm"


# --- paths that rsync cannot take ---


def test_a_pattern_matches_the_path_alone() -> None:
    assert rsync_listing.pattern_of("asada/a\\b") == "asada/a\\b"
    assert rsync_listing.pattern_of("asada/a*b\\c[1]?") == "asada/a\\*b\\\\c\\[1]\\?"


def test_folders_too_deep_for_rsync_are_left_out_and_told(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    deep = "asada/" + "/".join(["d" * 250] * 16)
    ika._survey = lambda **_: {"users": [], "groups": [], "too_long": [deep]}  # type: ignore[attr-defined]
    asked: list[Sequence[str]] = []

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        asked.append(argv)
        return 0, "rsync  version 3.5.0\n" if argv[-1] == "--version" else ""

    ika.commands = tako.commands = commands
    assert arrived._left(for_copy(swap), needed(swap.site.home)) == []
    assert f"--exclude=/{deep}" in asked[-1]
    pair = for_copy(swap)
    before_copy.tell_too_long(pair.production, {"too_long": [deep]})
    assert "ask asada to shorten it" in pair.production.record.notes[0]


# --- what users change all the while (4.1) ---


def changing(ika: FarEnd, tako: FarEnd, left: list[str]) -> list[str]:
    """Both hosts, on which each dry run finds the next of `left`; what was asked, in a word."""
    asked: list[str] = []
    for far in (ika, tako):
        far.put("/etc/passwd", PASSWD)
        far.put("/etc/group", GROUP)
        far.path("/home").mkdir(exist_ok=True)
    ika.put("/var/lib/irekae/copy/home/status", "0\n")
    ika.put("/var/lib/irekae/copy/home/id", "private", 0o600)
    ika.put("/var/lib/irekae/copy/home/id.pub", "ssh-ed25519 CCCC irekae-copy\n")

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[-1] == "--version":
            return 0, "rsync  version 3.5.0\n"
        if "--dry-run" in argv:
            asked.append("look")
            return 24, left.pop(0) if len(left) > 1 else left[0]
        return 0, ""

    def spawn(argv: Sequence[str], log: str, known: str) -> int:
        asked.append("copy")
        ika.put("/var/lib/irekae/copy/home/status", "0\n")
        return 4_000_000

    ika.commands = tako.commands = commands
    ika._spawn = spawn  # type: ignore[attr-defined]
    return asked


def test_what_was_changed_behind_the_copy_is_copied_once_more(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    line = ">f.st...... kato/log\n"
    asked = changing(ika, tako, [line, line, ""])
    arrived.want_nothing_left(for_copy(swap))
    assert asked == ["look", "look", "copy", "look"]


def test_what_a_minute_job_goes_on_changing_is_told_and_stops_nobody(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.put("/home/kato/Maildir/new/1", "mail")
    ika.put("/home/kato/log", "x")
    mail(ika, "asada", 2)
    mail(tako, "asada", 2)
    changing(ika, tako, [">f.st...... kato/log\n>f+++++++++ kato/Maildir/new/1\n"])
    ika._clock = lambda: {"wall": 0.0}  # type: ignore[attr-defined]
    pair = for_copy(swap)
    arrived.want_nothing_left(pair)
    assert "copied as they were, for they go on changing: kato/Maildir/new/1, kato/log" in pair.production.record.notes


def test_what_nobody_changes_and_is_not_copied_is_a_failure(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.put("/home/kato/log", "x")
    changing(ika, tako, [">f.st...... kato/log\n"])
    ika._clock = lambda: {"wall": 4e9}  # type: ignore[attr-defined]
    with pytest.raises(SwapError, match="1 files below /home are not copied yet") as raised:
        arrived.want_nothing_left(for_copy(swap))
    assert raised.value.detail == "kato/log"


def test_a_copy_is_repeated_while_files_vanish_and_then_settles(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    asked = changing(ika, tako, [""])

    def vanishing(argv: Sequence[str], log: str, known: str) -> int:
        asked.append("copy")
        ika.put("/var/lib/irekae/copy/home/status", "24\n")
        return 4_000_000

    ika._spawn = vanishing  # type: ignore[attr-defined]
    copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")
    assert asked.count("copy") == copying.ROUNDS
    kept = [entry["undo"]["replaced"] for entry in swap.entries["tako"] if entry.get("undo", {}).get("kind") == "copy"]
    assert kept == ["3.1/1", "3.1/2", "3.1/3"], "each keeps what it replaced for itself"
