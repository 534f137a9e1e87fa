"""The copy of /home: what rsync's lists mean, the key that it uses, and how its end is told."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.agent.words import unescape
from irekae.host.remote import Lost
from irekae.model.errors import Status, SwapError
from irekae.site.site import needed
from irekae.subjects.trees import copy_key, copy_run, copying, rsync_listing
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy

# In the form that rsync 3.2.7 writes with --dry-run --out-format='%i %n'; a test below asks the real one.
SAFE = "rsync  version 3.5.0  protocol version 32\n"
SAID = """\
*deleting   chikaraishi/old file
*deleting     two spaces before
*deleting   gone/
.d..t...... ./
.d..tp..... asada/
.d...p..... asada/Maildir/
cd+++++++++ ueno/
>f+++++++++ ueno/new
>f.st...... ueno/changed
.f...p..... ueno/mode only
.f....og... ueno/owner
cL+++++++++ ueno/link
hf+++++++++ ueno/hard
cS+++++++++ ueno/socket
>f+++++++++ ueno/caf\\#351\\#012

sent 1,234 bytes  received 56 bytes  2,580.00 bytes/sec
total size is 9,876  speedup is 7.66 (DRY RUN)
rsync: [sender] opendir failed: Permission denied (13)
"""
LISTING = SAID.split("\n")


def test_what_would_be_deleted_is_named_whole() -> None:
    assert rsync_listing.doomed(LISTING) == ["chikaraishi/old file", "  two spaces before", "gone/"]


def test_what_is_only_altered_has_no_copy_of_rsyncs() -> None:
    assert rsync_listing.altered(LISTING) == ["./", "asada/", "asada/Maildir/", "ueno/mode only", "ueno/owner"]


def test_a_folders_time_alone_is_nothing_left_to_copy() -> None:
    left = rsync_listing.left(LISTING)
    assert ".d..t...... ./" not in left
    assert ".d..tp..... asada/" in left
    assert len(left) == 14
    assert rsync_listing.left(["sending incremental file list", "", "sent 5 bytes"]) == []


def test_what_was_added_is_read_from_the_log() -> None:
    items = [line for line in LISTING if line and not line.startswith(("sent", "total", "rsync"))]
    log = [f"2026/01/01 10:00:00 [812] {line}" for line in ["building file list", *items]]
    added = rsync_listing.made(rsync_listing.in_log(log))
    assert added[:2] == ["ueno/", "ueno/new"]
    assert unescape(added[-1]) == "ueno/caf\udce9\n"
    assert "ueno/changed" not in added


def rsync_here() -> bool:
    return subprocess.run(["sh", "-c", "command -v rsync"], check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not rsync_here(), reason="rsync is not installed at this seat")
@given(
    st.lists(
        st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12), max_size=5
    )
)
def test_real_rsync_is_understood_whatever_the_names(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    here, there = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("there")
    names = [name for name in dict.fromkeys(names) if name not in (".", "..") and len(name.encode()) < 200]
    for number, name in enumerate(names):
        (there if number % 2 else here).joinpath(name).write_text("x")
    argv = ["rsync", "-a", "--delete", "--dry-run", "--out-format=%i %n", f"{here}/", f"{there}/"]
    done = subprocess.run(argv, check=True, capture_output=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    listing = done.stdout.decode("utf-8", "surrogateescape").split("\n")
    assert {unescape(path) for path in rsync_listing.doomed(listing)} == set(names[1::2])
    assert {unescape(path) for path in rsync_listing.made(listing)} == set(names[::2])


# --- the key ---


OTHERS = b"# root's keys\nssh-ed25519 AAAA admin@dennou\n"


def test_the_key_goes_and_the_others_stay_byte_for_byte(swap: Swap, tako: FarEnd) -> None:
    ours = b'from="192.0.2.1",restrict,command="rrsync" ssh-ed25519 BBBB irekae-copy\n'
    for text in (OTHERS + ours, ours + OTHERS, OTHERS + ours + ours):
        tako.put("/root/.ssh/authorized_keys", text, 0o600)
        copy_key.remove_key(for_copy(swap).standby, copy_key.KEYS)
        assert tako.path(copy_key.KEYS).read_bytes() == OTHERS
        tako.path("/var/lib/irekae/journal.jsonl").unlink()
        swap.refresh("tako")


def test_a_file_that_held_our_key_alone_goes_too(swap: Swap, tako: FarEnd) -> None:
    tako.put("/root/.ssh/authorized_keys", b"ssh-ed25519 BBBB irekae-copy\n", 0o600)
    copy_key.remove_key(for_copy(swap).standby, copy_key.KEYS)
    assert not tako.path(copy_key.KEYS).exists()
    copy_key.remove_key(for_copy(swap).standby, copy_key.KEYS)


def test_keys_that_only_speak_of_ours_stay(swap: Swap, tako: FarEnd) -> None:
    text = b"# irekae-copy was here\nssh-ed25519 AAAA irekae-copy@x\n"
    tako.put("/root/.ssh/authorized_keys", text, 0o600)
    copy_key.remove_key(for_copy(swap).standby, copy_key.KEYS)
    assert tako.path(copy_key.KEYS).read_bytes() == text


def a_copy(ika: FarEnd, tako: FarEnd, listing: str = "", status: str = "0\n", said: str = "") -> None:
    """ssh-keygen, rsync's dry run, and a copy that has ended by the time we look."""

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[0] == "ssh-keygen":
            ika.put("/var/lib/irekae/copy/home/id", "private", 0o600)
            ika.put("/var/lib/irekae/copy/home/id.pub", "ssh-ed25519 CCCC irekae-copy\n")
        if argv[-1] == "--version":
            return 0, SAFE
        return 0, listing if argv[0] == "/usr/bin/rsync" else ""

    def spawn(argv: Sequence[str], log: str, known: str) -> int:
        ika.put(
            "/var/lib/irekae/copy/home/output", f"  1,234  50%\r{said}  2,468 100%    1.00MB/s    0:00:02 (xfr#3)\n"
        )
        ika.put("/var/lib/irekae/copy/home/status", status)
        return 4_000_000

    for far in (ika, tako):
        far.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        far.put("/etc/group", "root:x:0:\n")
        far.path("/home").mkdir(exist_ok=True)
    ika.commands = tako.commands = commands
    ika._spawn = spawn  # type: ignore[attr-defined]


def test_a_copy_is_journaled_by_the_receiver_and_limited_by_its_key(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.put("/root/.ssh/authorized_keys", b"ssh-ed25519 AAAA admin@dennou", 0o600)
    a_copy(ika, tako)
    pair = for_copy(swap)
    copying.copy_tree(pair, needed(pair.site.home), "3.1")
    lines = tako.path(copy_key.KEYS).read_bytes().split(b"\n")
    assert lines[0] == b"ssh-ed25519 AAAA admin@dennou", "a missing newline was mended, not glued to"
    assert lines[1].startswith(b'from="133.30.109.21",restrict,command="/usr/bin/rrsync -wo /home" ssh-ed25519 CCCC')
    assert pair.production.record.notes == ["/home copied: 2,468 100% 1.00MB/s 0:00:02 (xfr#3)"]
    undo = [entry["undo"] for entry in swap.entries["tako"] if entry["event"] == "change"][-1]
    assert (undo["kind"], undo["tree"]) == ("copy", "/home")
    script = ika.path("/var/lib/irekae/copy/home/run").read_text()
    for rule in ("/gate", "/chikuwa*", "/.irekae-replaced"):
        assert rule in script
    assert "StrictHostKeyChecking=yes" in script
    assert ika.path("/var/lib/irekae/copy/home/known_hosts").read_text().startswith("133.30.109.22 ssh-ed25519 ")


def test_what_it_will_make_is_written_down_before_it_begins(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.put("/home/asada/was", "the standby's own")
    tako.path("/home/asada/link").symlink_to("was")
    names = ["asada/was", "asada/link", "asada/new", "ueno/", "ueno/caf\\#351"]
    a_copy(ika, tako, "".join(f">f+++++++++ {name}\n" for name in names))
    copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")
    kept = tako.path("/var/lib/irekae/copy/home/3.1/1.before").read_text().splitlines()
    made = {name: is_made for name, is_made, _ in map(json.loads, kept)}
    assert made == {name: name in names[2:] for name in names}, "what is there already is not ours to remove"


def test_a_long_list_goes_in_parts_and_all_of_it_comes(
    swap: Swap, ika: FarEnd, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"ueno/{number}" for number in range(12_000)]
    a_copy(ika, tako, "".join(f">f+++++++++ {name}\n" for name in names))
    copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")
    kept = tako.path("/var/lib/irekae/copy/home/3.1/1.before").read_text().splitlines()
    assert {json.loads(line)[0] for line in kept} == set(names)
    assert tako.asked.count("note_expected") == 4, "three parts, and the end"
    assert not tako.path("/var/lib/irekae/copy/home/3.1/1.before.new").exists()


def test_two_attempts_keep_what_they_replaced_apart(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    a_copy(ika, tako)
    for _ in range(2):
        copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")
    undos = [entry["undo"] for entry in swap.entries["tako"] if entry["event"] == "change"]
    places = [undo["replaced"] for undo in undos if undo.get("kind") == "copy"]
    assert len(set(places)) == 2


def test_source_and_destination_mixed_up_is_refused_before_anything_is_deleted(
    swap: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    a_copy(ika, tako, "".join(f"*deleting   kato/mail{number}\n" for number in range(201)))
    with pytest.raises(SwapError, match=r"would delete 201 files on tako in 1 homes") as raised:
        copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")
    assert raised.value.status is Status.REFUSED
    assert "… and 181 more" in raised.value.detail
    assert raised.value.detail.startswith("kato: 201 (at most 200)\nkato/mail0\n")
    assert 'may_delete = { "kato" = 201 }' in raised.value.hint
    assert not ika.path("/var/lib/irekae/copy/home/run").exists()


@pytest.mark.parametrize("status", ["12\n", "23\n", "", "\n"])
def test_a_copy_that_failed_says_what_rsync_said(swap: Swap, ika: FarEnd, tako: FarEnd, status: str) -> None:
    tako.put("/home/asada/new", "")
    a_copy(
        ika, tako, status=status, said="  1,500  60%  1.00MB/s  0:00:01 (xfr#2)rsync: write failed on /home/x: disk\n"
    )
    with pytest.raises(SwapError, match="the copy of /home ended with status") as raised:
        copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")
    first, free = raised.value.detail.splitlines()
    assert first == "rsync: write failed on /home/x: disk", "without the progress"
    assert re.fullmatch(r"free on tako below /home: [\d,]+\.\d MiB", free), "the receiver's word may not have come"


def test_a_standby_that_died_does_not_hide_what_rsync_said(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.put("/home/asada/new", "")
    a_copy(ika, tako, status="12\n", said="rsync: connection unexpectedly closed\n")

    def dead(op: str, arguments: Mapping[str, Any]) -> None:
        if op == "space":
            raise Lost("tako", "its power is cut")

    tako.fails = dead
    with pytest.raises(SwapError, match="ended with status 12") as raised:
        copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")
    assert raised.value.detail.startswith("rsync: connection unexpectedly closed\nhow much is free on tako below /home")


def test_files_that_vanished_meanwhile_are_no_failure(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    a_copy(ika, tako, status="24\n")
    copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")


def test_progress_can_be_asked_for_at_any_time(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    assert copy_run.progress_of(for_copy(swap), needed(swap.site.home)) == "no copy has run"
    a_copy(ika, tako)
    copying.copy_tree(for_copy(swap), needed(swap.site.home), "3.1")
    assert copy_run.progress_of(for_copy(swap), needed(swap.site.home)).startswith(
        "the copy ended with status 0: 2,468 100%"
    )


def test_only_the_end_of_a_long_output_is_read(swap: Swap, ika: FarEnd) -> None:
    ika.put("/var/lib/irekae/copy/home/output", "x" * 5_000_000 + "\r 1,234 99%\r")
    assert copy_run.last_progress(for_copy(swap), needed(swap.site.home)) == "1,234 99%"
    assert sum(map(len, copy_run._lines(for_copy(swap), needed(swap.site.home), 4096))) <= 4096


def test_a_plan_compares_both_sides_and_writes_nothing(swap: Swap, ika: FarEnd, tako: FarEnd, tmp_path: Path) -> None:
    ika.put("/home/asada/new", "x")
    tako.put("/home/asada/old", "x")
    tako.put("/home/gate/data", "x")
    before = tako.files()
    planned = swap.as_plan()
    copying.copy_tree(for_copy(planned), needed(planned.site.home), "3.1")
    (change,) = planned.plan
    assert change.host == "tako"
    assert change.lines[0].startswith("$ /usr/bin/rsync -a ")
    assert change.lines[1:] == ("1 paths are new", "1 would be deleted:", "asada/old")
    assert tako.files() == before
