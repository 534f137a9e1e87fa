"""Data trees beside /home: keys, owners, services, the folder itself, and files that rsync takes for equal."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace as with_
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from irekae.host.agent import search
from irekae.host.service import ServiceHandle
from irekae.host.services.state import ServiceState
from irekae.model.errors import Status, SwapError
from irekae.site.site import Home, Tree
from irekae.subjects.trees import arrived, before_copy, copy_key, copy_run, copying, same_time, stopped, tops
from irekae.subjects.trees.rsync_command import is_left_alone, left_alone
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy

SRV, CERTS = Tree("/srv", excludes=["/local"]), Tree("/etc/certs/live", checksum=True)
AT = "/var/lib/irekae/copy"
NAMES = ["local", "local2", "tmp", "tmp1", "tmp12", ".tmp1", "a b", "a:b", "A:B", ".irekae-replaced", ".irekae-edited"]
PASSWD, GROUP = b"root:x:0:0::/root:/bin/sh\n", b"root:x:0:\n"


@pytest.fixture
def two(swap: Swap, ika: FarEnd, tako: FarEnd) -> Swap:
    """A site with two trees; rsync finds nothing to do, and a copy has ended by the time we look."""
    swap.site = replace(swap.site, trees=[SRV, CERTS])

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[0] == "ssh-keygen":
            ika.put(argv[-1], "private", 0o600)
            ika.put(f"{argv[-1]}.pub", f"ssh-ed25519 {argv[-1]} irekae-copy\n")
        return 0, "rsync  version 3.5.0\n" if argv[-1] == "--version" else ""

    def spawn(argv: Sequence[str], log: str, known: str) -> int:
        ika.put(log.replace("output", "status"), "0\n")
        return 4_000_000

    for far in (ika, tako):
        far.put("/etc/passwd", PASSWD)
        far.put("/etc/group", GROUP)
        far.path("/home").mkdir(parents=True, exist_ok=True)
    ika.put("/srv/www/page", "x")
    ika.put("/etc/certs/live/key", "x")
    tako.path("/srv").mkdir(parents=True)
    ika.commands = tako.commands = commands
    cast(Any, ika)._spawn = spawn
    return swap


def test_each_tree_has_a_key_that_lets_into_it_alone(two: Swap, tako: FarEnd) -> None:
    copy_key.install_keys(for_copy(two))
    copy_key.install_keys(for_copy(two))
    lines = tako.path(copy_key.KEYS).read_text().splitlines()
    wanted = {"/home": "home", "/srv": "srv", "/etc/certs/live": "etc+certs+live"}
    assert [line.partition(" ssh-")[0].rpartition("rrsync -wo ")[2].rstrip('"') for line in lines] == list(wanted)
    assert [line.split()[-2] for line in lines] == [f"{AT}/{name}/id" for name in wanted.values()]


def test_a_copy_keeps_to_its_tree_and_its_way_of_comparing(two: Swap, ika: FarEnd) -> None:
    for tree in two.site.trees:
        copying.copy_tree(for_copy(two), tree, "3.5")
    plain = ika.path(f"{AT}/srv/run").read_text()
    assert "--exclude=/local" in plain
    assert " -c " not in plain
    assert " -c --delete " in ika.path(f"{AT}/etc+certs+live/run").read_text()
    undos = [one["undo"] for one in two.entries["tako"] if one.get("undo", {}).get("kind") == "copy"]
    assert [(undo["tree"], undo["replaced"]) for undo in undos] == [("/srv", "3.5/1"), ("/etc/certs/live", "3.5/1")]


def test_the_folder_is_made_as_production_has_it_and_its_undo_is_written_down(two: Swap, tako: FarEnd) -> None:
    tops.make_top(for_copy(two), CERTS)
    assert tako.path("/etc/certs/live").is_dir()
    made = [one["undo"] for one in two.entries["tako"] if one.get("undo", {}).get("kind") == "remove"]
    assert [undo["path"] for undo in made] == ["/etc/certs", "/etc/certs/live"]
    tops.make_top(for_copy(two), CERTS)
    assert len(made) == 2


def test_a_tree_that_production_lacks_is_refused(two: Swap, tako: FarEnd) -> None:
    with pytest.raises(SwapError, match="/data is no folder on ika") as raised:
        tops.make_top(for_copy(two), Tree("/data"))
    assert raised.value.status is Status.REFUSED
    assert not tako.path("/data").exists()


# --- whose the files are ---


def test_names_that_the_standby_lacks_are_refused_but_in_homes(two: Swap, ika: FarEnd) -> None:
    ika.put("/etc/passwd", PASSWD + b"vmail:x:150:150::/:/bin/false\n")
    ika.put("/etc/group", GROUP + b"vmail:x:150:\n")
    found = {"users": [(0, "www"), (150, "mail/1"), (151, "nobody's")], "groups": [(150, "mail/1")]}
    before_copy.want_names(for_copy(two), Home("/home"), found)
    with pytest.raises(SwapError, match="tako lacks 2 names to which files below /srv belong") as raised:
        before_copy.want_names(for_copy(two), SRV, found)
    assert raised.value.detail.splitlines() == ["/srv/mail/1 is user vmail's", "/srv/mail/1 is group vmail's"]


@given(st.dictionaries(st.integers(1, 50), st.sampled_from(["vmail", "www", "git"])), st.sets(st.integers(1, 50)))
def test_lacking_is_what_has_a_name_there_and_none_here(ours: dict[int, str], theirs: set[int]) -> None:
    def passwd(numbers: dict[int, str]) -> tuple[bytes, bytes]:
        return "".join(f"{name}{number}:x:{number}:\n" for number, name in numbers.items()).encode(), b""

    found = {"users": [(number, f"file{number}") for number in range(1, 51)], "groups": []}
    there = {number: name for number, name in ours.items() if number in theirs}
    lacking = before_copy.lacking_names(found, passwd(ours), passwd(there))
    assert {word for word, _ in lacking} == {f"user {ours[number]}{number}" for number in ours.keys() - theirs}


# --- what must not run ---


@pytest.mark.parametrize(("runs", "refused"), [(True, True), (None, True), (False, False)])
def test_a_service_that_writes_there_must_not_run(
    two: Swap, monkeypatch: pytest.MonkeyPatch, runs: bool | None, refused: bool
) -> None:
    state = ServiceState(runs, None, True, "")
    monkeypatch.setattr(ServiceHandle, "state", lambda self: state)
    tree = replace(SRV, stopped=["fail2ban"])
    assert len(stopped.running(for_copy(two), tree)) == (2 if refused else 0)
    if refused:
        with pytest.raises(SwapError, match="2 services that write there may run"):
            copying.copy_tree(for_copy(two), tree, "3.5")
    monkeypatch.setattr(ServiceHandle, "state", lambda self: with_(state, known=False))
    assert stopped.running(for_copy(two), tree) == []


# --- files of one size and second ---

SECOND = same_time.SECOND


@pytest.mark.parametrize(
    ("ours", "theirs", "suspect"),
    [
        ((5, 7 * SECOND + 1), (5, 7 * SECOND + 2), True),
        ((5, 7 * SECOND + 1), (5, 7 * SECOND + 1), False),
        ((5, 7 * SECOND), (5, 7 * SECOND), True),
        ((5, 7 * SECOND), (6, 7 * SECOND), False),
        ((5, 7 * SECOND + 1), (5, 8 * SECOND + 1), False),
    ],
)
def test_what_only_a_copy_can_have_made_is_not_suspected(
    ours: tuple[int, int], theirs: tuple[int, int], suspect: bool
) -> None:
    def found(*theirs: tuple[str, int, int]) -> list[str]:
        return list(same_time.alike(iter([("x", *ours)]), iter(theirs)))

    assert found(("x", *theirs)) == (["x"] if suspect else [])
    assert found(("y", *ours)) == found() == []


def differing(two: Swap, ika: FarEnd, tako: FarEnd) -> None:
    """A file of the same size and second on both, of which rsync finds that it differs."""
    for far, text in ((ika, "new"), (tako, "old")):
        far.put("/srv/www/page", text)
        path = far.path("/srv/www/page")
        os.utime(path, ns=(SECOND, SECOND))
    before = ika.commands

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        listed = any(word.startswith("--files-from") for word in argv)
        return (0, ">fc........ www/page\n") if listed else before(argv, stdin)

    ika.commands = commands


def test_files_of_one_second_are_compared_by_contents_and_copied_behind_the_others(
    two: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    differing(two, ika, tako)
    copying.copy_tree(for_copy(two), SRV, "3.5")
    assert ika.path(f"{AT}/srv/same-time").read_bytes() == b"www/page\0"
    script = ika.path(f"{AT}/srv/run").read_text()
    assert f"-c --files-from={AT}/srv/same-time --from0" in script
    assert json.loads(tako.path(f"{AT}/srv/3.5/1.before").read_text()) == ["www/page", False, None], (
        "the undo knows of it"
    )


def test_they_are_compared_again_unless_the_copy_has_seen_to_it(two: Swap, ika: FarEnd, tako: FarEnd) -> None:
    differing(two, ika, tako)
    copying.copy_tree(for_copy(two), SRV, "3.5")
    copying.copy_tree(for_copy(two), SRV, "3.5")  # the first was cut off: its script has not said that it is done
    assert "--files-from" in ika.path(f"{AT}/srv/run").read_text()
    ika.put(f"{AT}/srv/compared", "")
    copying.copy_tree(for_copy(two), SRV, "3.5")
    assert "--files-from" not in ika.path(f"{AT}/srv/run").read_text()
    assert same_time.wanted(for_copy(two), SRV, earlier=False), "that was another swap's, or has been taken back"
    assert not same_time.wanted(for_copy(two), CERTS, earlier=False)


# --- 4.1 ---


def test_a_copy_that_never_ran_is_told_by_its_tree_and_command(two: Swap, ika: FarEnd) -> None:
    ika.put(f"{AT}/home/status", "0\n")
    with pytest.raises(SwapError, match="the copy of /srv has not finished well") as raised:
        arrived.want_nothing_left(for_copy(two))
    assert raised.value.hint == "`fab phase3.trees` runs it again or waits for it"


def test_what_the_trees_held_is_written_down_on_both_hosts(two: Swap, ika: FarEnd, tako: FarEnd) -> None:
    for name in ("home", "srv", "etc+certs+live"):
        ika.put(f"{AT}/{name}/status", "0\n")
    arrived.want_nothing_left(for_copy(two))
    for far in (ika, tako):
        found = json.loads(far.path("/var/lib/irekae/trees.json").read_bytes())
        assert found.pop("/home").keys() == {"users", "groups"}
        assert {path: one["files"] for path, one in found.items()} == {"/srv": 1, "/etc/certs/live": 1}
        assert found["/srv"]["sample"]["www/page"][3] == 1
    assert copy_run.progress_of(for_copy(two), SRV).startswith("the copy ended with status 0")


@pytest.mark.parametrize("rule", ["/local", "/tmp*", "/tmp?", "/*", "/a:b/"])
def test_seat_and_hosts_read_an_exclude_alike(rule: str) -> None:
    tree = Tree("/srv", excludes=[rule])
    kept = [os.fsdecode(name) for name in search.kept([os.fsencode(name) for name in NAMES], left_alone(tree))]
    for below in ("", "/x/y"):
        assert [name for name in NAMES if not is_left_alone(tree, f"/{name}{below}")] == kept
    assert not is_left_alone(tree, "")
