"""What a rollback would take back is shown beforehand, whole and in its order, and nothing is changed, no journal."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from irekae.host.back import HARMLESS, Back
from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.model.items import Item, On
from irekae.procedure import before_word, rollback, rollback_plan
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, begun, declare, do
from tests.unit.swap.test_consent import Terminal


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(swap)
    declare("8.1", On.BOTH, lambda host, swap: host.say("rebooted"))
    monkeypatch.setattr(before_word, "who_watches", lambda swap: "a prober on outside asks http")


def memory(far: FarEnd) -> dict[str, bytes]:
    """All files of a host, its journal and checkpoints too."""
    return {str(path): path.read_bytes() for path in far.root.rglob("*") if path.is_file()}


def shown(work: Callable[[], None], swap: Swap, capsys: pytest.CaptureFixture[str]) -> str:
    """What is printed; nothing of either host may change by it."""
    before = [memory(link) for link in swap.links.values()]  # type: ignore[arg-type]
    entries = {name: list(journal) for name, journal in swap.entries.items()}
    capsys.readouterr()
    work()
    assert [memory(link) for link in swap.links.values()] == before  # type: ignore[arg-type]
    assert swap.entries == entries
    return capsys.readouterr().out


def work_of(host: Host, swap: Swap) -> None:
    host.edit("/etc/motd", lambda text: b"tako\n", dated=False)
    host.edit("/etc/secret.conf", lambda text: b"host=tako\nother=y\n", dated=False)
    host.put("/etc/irekae-door", b"exit 0\n" * 300, 0o755, own="closes the door")
    host.run("wall")
    host.run("do", undo=Back(["undo", "it"], HARMLESS))
    host.rename("/root/keys", "/root/keys.bk")


@pytest.fixture
def done(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/motd", "ika\n")
    ika.put("/etc/secret.conf", "host=ika\nother=x\n", 0o600)
    ika.put("/root/keys", "key")
    declare("1.1", P, work_of)
    declare("2.1", P, lambda host, swap: host.edit("/etc/motd", lambda text: text + b"more\n", dated=False))
    do(swap, "1.1", "2.1")


@pytest.mark.usefixtures("done")
def test_each_undo_is_shown_newest_first_with_its_diff(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(lambda: rollback_plan.plan_rollback(swap, 1), swap, capsys)
    second, first = "    2.1 Item 2.1\n      undo: edit /etc/motd", "    1.1 Item 1.1\n      undo: edit /etc/motd"
    assert said.index(second) < said.index(first)
    assert "        -more\n" in said
    assert "        -tako\n        +ika\n" in said
    assert "undo: rename /root/keys to /root/keys.bk" in said
    assert "  1.1 ika: undo: run do\n" in said
    assert "  1.1 ika: stays (nothing takes it back): run wall\n" in said
    assert "not done any more afterwards: 1.1 ika, 2.1 ika\n" in said
    assert said.endswith("rollback --to phase1: 6 changes would be taken back, 1 stay; nothing was changed\n")


@pytest.mark.usefixtures("done")
def test_what_not_everybody_may_read_is_not_quoted(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(lambda: rollback_plan.plan_rollback(swap, 1, whole=True), swap, capsys)
    assert "its text is not shown): 2 lines change: 1 to 2\n" in said
    assert "other=" not in said


@pytest.mark.usefixtures("done")
def test_our_own_files_are_folded_here_too(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(lambda: rollback_plan.plan_rollback(swap, 1), swap, capsys)
    assert "exit 0" not in said
    assert "  1.1 ika: undo: create /etc/irekae-door: closes the door\n" in said
    whole = shown(lambda: rollback_plan.plan_rollback(swap, 1, whole=True), swap, capsys)
    assert whole.count("-exit 0") == 300


@pytest.mark.usefixtures("done")
def test_one_item_alone_and_what_stands_in_its_way(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(lambda: rollback_plan.plan_rollback_item(swap, "2.1", []), swap, capsys)
    assert said.endswith("rollback --item 2.1: 1 changes would be taken back; nothing was changed\n")
    with pytest.raises(SwapError, match=r"1\.1 cannot be taken back alone") as raised:
        rollback_plan.plan_rollback_item(swap, "1.1", [])
    assert raised.value.status is Status.REFUSED


@pytest.mark.usefixtures("done")
def test_others_work_is_told_as_the_rollback_itself_would(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/motd", "squid\n")
    with pytest.raises(SwapError, match="others have changed what is to be taken back") as raised:
        rollback_plan.plan_rollback(swap, 1)
    assert "/etc/motd on ika:" in raised.value.detail
    rollback_plan.plan_rollback(swap, 1, ["/etc/motd"])


def test_what_a_journal_says_forges_no_line(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    declare("1.1", P, lambda host, swap: host.put("/etc/x\n  9.1 ika: done", b"x\n"))
    do(swap, "1.1")
    said = shown(lambda: rollback_plan.plan_rollback(swap, 1), swap, capsys)
    assert "\n  9.1 ika: done" not in said
    assert "undo: create /etc/x\\x0a  9.1 ika: done" in said


# --- and the question before the real one ---


@pytest.mark.usefixtures("done")
def test_nobody_there_and_no_yes_takes_nothing_back(swap: Swap, ika: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    swap.yes = False
    monkeypatch.setattr("sys.stdin", io.StringIO("rollback\n"))
    with pytest.raises(SwapError, match="nobody is there to confirm: what was done is taken back") as raised:
        rollback.rollback(swap, 1)
    assert raised.value.status is Status.REFUSED
    assert ika.path("/etc/motd").read_bytes() == b"tako\nmore\n"


@pytest.mark.usefixtures("done")
def test_the_word_takes_it_back(
    swap: Swap, ika: FarEnd, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    swap.yes = False
    monkeypatch.setattr("sys.stdin", Terminal("yes\n"))
    with pytest.raises(SwapError, match="not confirmed: nothing was changed"):
        rollback.rollback_item(swap, "2.1", [])
    monkeypatch.setattr("sys.stdin", Terminal("rollback\n"))
    rollback.rollback(swap, 1)
    assert ika.path("/etc/motd").read_bytes() == b"ika\n"
    assert "2.1 Item 2.1 (ika)" in capsys.readouterr().out


def test_where_nothing_has_begun_nobody_is_asked(swap: Swap) -> None:
    swap.yes = False
    declare("1.1", P, work_of)
    assert not rollback.rollback(swap, 1)
