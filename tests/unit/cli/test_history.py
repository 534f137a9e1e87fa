"""`fab log`: the history of the swap, followed while it goes on."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from irekae.cli import history, session
from irekae.host.remote import Lost
from irekae.model.errors import Status, SwapError
from irekae.model.items import Item, On
from irekae.procedure import runner
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import begun, declare

C = SimpleNamespace()


@pytest.fixture(autouse=True)
def _at_hand(swap: Swap, items: dict[str, Item], monkeypatch: pytest.MonkeyPatch) -> None:
    begun(swap)
    declare("1.1", On.BOTH, lambda host, _: host.put("/etc/made", b"x"))
    monkeypatch.setattr(session, "connected", lambda **_: swap)


def follow(monkeypatch: pytest.MonkeyPatch, *between: Callable[[], None]) -> None:
    """Follow the log while these happen, each before one look; then Ctrl-C."""
    steps = iter(between)

    def pause(_: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(history, "pause", pause)
    history.log(C, follow=True)


def written_by_another(far: FarEnd, event: str) -> None:
    entry = {"at": "2030-01-01T13:00:00+09:00", "who": "mori@seat2", "item": "1.1", "name": "ika", "event": event}
    far.ask("append", entry=entry)


def test_what_both_hosts_remember_is_one_history(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    runner.run_item(swap, declare("1.2", On.PAIR, lambda _: None))
    runner.run_item(swap, declare("1.1", On.BOTH, lambda host, _: host.put("/etc/made", b"x")), ["tako"])
    capsys.readouterr()
    history.log(C)
    day, *lines = capsys.readouterr().out.splitlines()
    assert day.startswith("20")
    assert [line.split()[1:3] for line in lines].count(["1.1", "tako"]) == 2
    assert any("  begins: Item 1.1" in line for line in lines)
    assert not any("/etc/made" in line for line in lines)
    history.log(C, verbose=True)
    assert "/etc/made" in capsys.readouterr().out


def test_what_others_do_meanwhile_is_shown_as_it_comes_until_ctrl_c(
    ika: FarEnd, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(monkeypatch, lambda: written_by_another(ika, "started"), lambda: written_by_another(ika, "done"))
    day, *lines = capsys.readouterr().out.splitlines()
    assert day.startswith("2030-01-01")
    assert [line.split("  ")[-1] for line in lines] == ["begins: Item 1.1", "done"]
    assert all("mori@seat2" in line for line in lines)


def test_a_host_that_falls_silent_is_told_once_and_the_other_is_followed(
    swap: Swap, ika: FarEnd, tako: FarEnd, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Swap, "join", lambda *_: None)

    def silent(op: str, arguments: object) -> None:
        raise Lost("tako", "its power is cut")

    def falls_silent() -> None:
        tako.fails = silent

    follow(monkeypatch, falls_silent, lambda: written_by_another(ika, "done"))
    said = capsys.readouterr().out
    assert said.count("tako does not answer") == 1
    assert said.rstrip().endswith("done")


def test_another_swap_that_begins_is_told_from_its_beginning(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    told = history.Told(changes=False)
    written_by_another(ika, "started")
    written_by_another(ika, "done")
    swap.catch_up("ika")
    told.tell(swap)
    del swap.entries["ika"][1:]
    swap.entries["ika"][0]["event"] = "waived"
    capsys.readouterr()
    told.tell(swap)
    assert capsys.readouterr().out.rstrip().endswith("waived")


def test_one_silent_host_makes_it_incomplete(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    swap.drop("tako")
    with pytest.raises(SwapError, match="one host is silent") as raised:
        history.log(C)
    assert raised.value.status is Status.INCOMPLETE
