"""What the seat does next in phase 6, by the states of both hosts."""

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from irekae.model.items import On
from irekae.subjects.each_minute.texts import table
from irekae.subjects.network import address_guard
from irekae.subjects.network.coordinator import DEAF, ENDS, Coordinator
from irekae.subjects.network.managers.ifupdown import Ifupdown


def pushed(promising: str, deciding: str, *, take: str = "new", in_place: bool = True, hears: bool = True,
           waited: float = 0.0) -> list[str]:  # fmt: skip
    done: list[str] = []
    crossing: Any = Coordinator.__new__(Coordinator)
    crossing.take = take
    crossing.hosts = (SimpleNamespace(name="ika", role=On.PRODUCTION), SimpleNamespace(name="tako", role=On.STANDBY))
    crossing.ask = lambda host, word: done.append(f"{host.name} {word}")
    crossing._in_place = lambda: in_place
    crossing._go = lambda: done.append("go")
    crossing.abort = lambda: done.append("abort")
    seen = {On.PRODUCTION: {"state": promising, "hears": hears}, On.STANDBY: {"state": deciding, "hears": hears}}
    crossing._push(seen, waited)
    return done


@pytest.mark.parametrize(
    ("promising", "deciding", "next_step"),
    [
        ("armed", "armed", ["go"]),
        ("trial", "trial", ["ika prepare"]),
        ("prepared", "trial", ["tako confirm"]),
        ("prepared", "confirmed", ["ika confirm"]),
        ("prepared", "returning", []),
        ("trial", "changing", []),
        ("changing", "changing", []),
        ("armed", "changing", []),
        ("trial", "returning", []),
        ("", "armed", ["tako abort"]),
        ("armed", "reverted", ["ika abort"]),
    ],
)
def test_the_next_step_follows_from_both_states(promising: str, deciding: str, next_step: list[str]) -> None:
    assert pushed(promising, deciding) == next_step


@pytest.mark.parametrize("states", [("trial", "trial"), ("prepared", "trial")])
def test_nothing_is_confirmed_unless_both_answer_at_the_right_place(states: tuple[str, str]) -> None:
    assert pushed(*states, in_place=False) == []


def test_hosts_that_do_not_hear_each_other_are_not_let_go() -> None:
    assert pushed("armed", "armed", hears=False) == []
    assert pushed("armed", "armed", hears=False, waited=DEAF + 1) == ["abort"]


def test_on_the_way_back_the_good_end_is_the_old_place() -> None:
    assert ENDS["old"] == tuple(reversed(ENDS["new"]))
    assert pushed("prepared", "reverted", take="old") == ["ika confirm"]
    assert pushed("prepared", "confirmed", take="old") == []


def at(state: str) -> Any:
    return SimpleNamespace(site=SimpleNamespace(site=SimpleNamespace(state=state)))


def hook(state: str) -> bytes:
    """What asks the watchdog below that state folder."""
    (file,) = Ifupdown().guards("eth0", address_guard.script(at(state))).files
    return file.data


def test_the_hook_is_shell_and_lets_everything_pass_without_its_watchdog() -> None:
    assert subprocess.run(["sh"], input=hook("/nonexistent")).returncode == 0


@pytest.mark.parametrize(("says", "passes"), [(0, True), (1, True), (3, False)])
def test_only_the_watchdogs_plain_no_keeps_an_interface_down(tmp_path: Any, says: int, passes: bool) -> None:
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange/watchdog.py").write_text(f"import sys; sys.exit({says})")
    assert (subprocess.run(["sh"], input=hook(str(tmp_path))).returncode == 0) is passes


def test_cron_looks_after_a_boot_and_each_minute() -> None:
    lines = table(address_guard.job(at("/var/lib/irekae"))).decode().splitlines()
    assert [line.split(" root ")[0] for line in lines if " root " in line] == ["@reboot", "* * * * *"]
