"""Items carried out while another operator is at work, or wants an end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from irekae.host import interrupt
from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On
from irekae.model.journal import State
from irekae.procedure import runner
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, begun, declare, events, state

Act = Callable[..., None]


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap) -> None:
    begun(swap)


def other_operator(swap: Swap, far: FarEnd) -> FarEnd:
    return FarEnd(far.entry, far.machine, far.root)


def test_an_item_that_another_operator_works_on_is_refused_with_name_and_time(swap: Swap, ika: FarEnd) -> None:
    other = other_operator(swap, ika)
    other.ask("lock", name="1.1", who="mori@seat2")
    declare("1.1", P, lambda host, swap: None)
    with pytest.raises(SwapError, match=r"1.1 is being worked on at ika") as raised:
        runner.run_phase(swap, 1)
    assert raised.value.status is Status.REFUSED
    assert "by mori@seat2 since 2" in raised.value.detail
    assert events(swap, "ika") == []
    other.close()
    runner.run_phase(swap, 1)


def test_a_refusal_on_one_host_keeps_no_lock_on_the_other(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    other = other_operator(swap, tako)
    other.ask("lock", name="1.1", who="mori@seat2")
    declare("1.1", On.PAIR, lambda swap: None)
    with pytest.raises(SwapError, match="at tako"):
        runner.run_phase(swap, 1)
    third = other_operator(swap, ika)
    assert third.ask("lock", name="1.1", who="third") is None
    other.close()
    third.close()


def test_what_somebody_else_did_since_we_connected_is_not_done_on_top_of_it(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[str] = []
    declare("1.1", P, lambda host, swap: calls.append("again"))
    other = other_operator(swap, ika)
    for event in ("started", "done"):
        other.ask(
            "append",
            entry={"event": event, "item": "1.1", "phase": 1, "who": "mori@seat2", "at": "2026-01-01T00:00:00+09:00"},
        )
    other.close()
    runner.run_phase(swap, 1)
    assert calls == []
    assert "done meanwhile by somebody else" in capsys.readouterr().out
    assert state(swap, "1.1", P) is State.DONE


def test_an_edit_sees_an_original_that_another_operator_kept_since_we_connected(swap: Swap, ika: FarEnd) -> None:
    """Else an exchange of names would be done twice, and so undone (D7)."""
    ika.put("/etc/hosts", "ika\n")

    def exchange(host: Host, swap: Swap) -> None:
        names = {b"ika\n": b"tako\n", b"tako\n": b"ika\n"}
        host.edit("/etc/hosts", lambda text: names[text])

    declare("1.1", P, exchange)
    late = swap.as_plan()
    late.planned, late.grounds = False, swap.grounds
    runner.run_phase(swap, 1)
    runner.run_item(late, ITEMS["1.1"])
    assert ika.path("/etc/hosts").read_bytes() == b"tako\n"


# --- Ctrl-C ---


def test_an_interrupted_item_is_unknown_with_the_reason(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    def act(host: Host, swap: Swap) -> None:
        interrupt.ask_to_stop()
        interrupt._mark().told = False  # this thread is not the one that asked
        host.exists("/etc")

    declare("1.1", P, act)
    with pytest.raises(KeyboardInterrupt):
        runner.run_phase(swap, 1)
    assert events(swap, "ika") == ["1.1 started", "1.1 unknown"]
    assert swap.entries["ika"][-1]["why"].startswith("interrupted by ")
    assert "interrupted" in capsys.readouterr().out
    assert state(swap, "1.1", P) is State.UNKNOWN


def test_every_thread_is_told_once_and_may_tidy_up(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tidied: list[str] = []
    meet = threading.Barrier(2)

    def act(host: Host, swap: Swap) -> None:
        meet.wait(30)
        interrupt.ask_to_stop()
        interrupt._mark().told = False
        try:
            host.exists("/etc")
        finally:
            host.exists("/etc")
            tidied.append(host.name)

    declare("1.1", On.BOTH, act)
    declare("1.2", P, lambda host, swap: tidied.append("never begun"))
    with pytest.raises(KeyboardInterrupt):
        runner.run_phase(swap, 1)
    assert sorted(tidied) == ["ika", "tako"]
    assert events(swap, "tako") == ["1.1 started", "1.1 unknown"]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C reaches the test, also where whoever started it ignores it (nohup)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_thread_that_does_not_end_is_not_waited_for(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupt, "TIDY", 0.05)
    release = threading.Event()

    def hang(host: Host, swap: Swap) -> None:
        signal.pthread_kill(cast(int, threading.main_thread().ident), signal.SIGINT)
        release.wait(60)

    declare("1.1", P, hang)
    try:
        with pytest.raises(KeyboardInterrupt):
            runner.run_phase(swap, 1)
        assert state(swap, "1.1", P) is State.UNKNOWN
        assert not release.is_set()
    finally:
        release.set()
        for thread in threading.enumerate():
            # The pool's own threads; servers of other tests are daemons, and wait for ever.
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join(60)


def test_an_interrupt_before_anything_is_asked_begins_nothing(swap: Swap, ika: FarEnd) -> None:
    interrupt.ask_to_stop()
    declare("1.1", P, lambda host, swap: None)
    with pytest.raises(KeyboardInterrupt):
        runner.run_phase(swap, 1)
    interrupt.forget()
    assert events(swap, "ika") == []
