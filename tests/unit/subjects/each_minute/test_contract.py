"""What every keeper of jobs does, whichever it is; and that a host with systemd and no cron is kept too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.host.host import Host
from irekae.model.items import On, find_item
from irekae.model.journal import undoable
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.subjects import each_minute
from irekae.subjects.each_minute import KEEPERS, Job, Keeper, texts, timer
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

JOB = Job("irekae-door", "Written by irekae (2.2).", "closes the door", ("sh", "/x", "tick"), ("sh", "/x", "boot"))
CRON = "    1 4026531836     0 Ss   systemd\n  700 4026531836     0 Ss   cron\n"


@dataclass
class Machine:
    """Which of both runs on a far end, and what of systemd's is armed."""

    far: FarEnd
    cron: bool
    systemd: bool
    armed: set[str] = field(default_factory=set)
    result: str = "success"

    def __post_init__(self) -> None:
        self.far.commands = self
        self.far.systemd = self.far.facts["systemd"] = self.systemd
        if self.systemd:
            self.far.path(texts.UNITS).mkdir(parents=True, exist_ok=True)
        if self.cron:
            self.far.path("/etc/cron.d").mkdir(parents=True, exist_ok=True)

    def __call__(self, argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        words = list(argv)
        if words[0] == "ps":
            return (0, CRON) if self.cron else (1, "")
        match words:
            case ["sh", "-c", script, unit] if "is-active" in script:
                return int((unit in self.armed) is script.startswith("!")), ""
            case ["systemctl", "show", "--property=Wants", _]:
                held = [path.read_text() for path in self.far.path(texts.FOLDER).glob("*")]
                lines = [line for text in held for line in text.splitlines()]
                return 0, next((line for line in lines if line.startswith("Wants=")), "Wants=")
            case ["systemctl", "show", *_]:
                return 0, f"ExecMainExitTimestampMonotonic={7 if self.armed else 0}\nResult={self.result}\n"
            case ["mkdir", *_, path]:
                self.far.path(path).mkdir(exist_ok=True)
            case ["sh", "-c", script, unit] if "systemctl start" in script:
                self.armed.add(unit)
            case ["systemctl", "stop", unit]:
                if unit not in self.armed:
                    return 5, f"Unit {unit} not loaded."
                self.armed.remove(unit)
        return 0, ""


@pytest.fixture(params=[keeper.name for keeper in KEEPERS])
def keeper(request: pytest.FixtureRequest) -> Keeper:
    return next(one for one in KEEPERS if one.name == request.param)


@pytest.fixture
def host(swap: Swap, tako: FarEnd, keeper: Keeper) -> Host:
    is_cron = keeper.name == "cron"
    Machine(tako, cron=is_cron, systemd=not is_cron)
    return swap.host(find_item("2.2"), On.STANDBY)


def test_it_is_chosen_by_looking(swap: Swap, host: Host, keeper: Keeper) -> None:
    assert each_minute.choose(host, swap.site) is keeper
    assert keeper.problem(host, swap.site) == ""


@pytest.fixture
def machine(host: Host, tako: FarEnd) -> Machine:
    assert isinstance(tako.commands, Machine)
    return tako.commands


def test_cron_goes_first_where_both_run(swap: Swap, tako: FarEnd) -> None:
    Machine(tako, cron=True, systemd=True)
    assert each_minute.choose(swap.host(find_item("2.2"), On.STANDBY), swap.site).name == "cron"


def test_where_neither_runs_it_is_told_what_is_missing(swap: Swap, tako: FarEnd) -> None:
    Machine(tako, cron=False, systemd=False)
    tako.path("/etc/cron.d").mkdir(parents=True, exist_ok=True)
    host = swap.host(find_item("2.2"), On.STANDBY)
    assert (
        each_minute.choose(host, swap.site).problem(host, swap.site) == "cron does not run, so it would close nothing"
    )


def test_it_has_the_job_until_it_is_removed(host: Host, keeper: Keeper, tako: FarEnd) -> None:
    assert not each_minute.is_kept(host, JOB)
    keeper.install(host, JOB)
    assert each_minute.is_kept(host, JOB)
    text = "".join(tako.path(path).read_text() for path in keeper.paths(JOB))
    assert "sh /x tick\n" in text
    assert "sh /x boot\n" in text
    each_minute.remove(host, JOB)
    assert not each_minute.is_kept(host, JOB)
    assert not any(tako.path(path).exists() for path in keeper.paths(JOB))


def test_a_second_time_nothing_is_left_to_do(host: Host, keeper: Keeper) -> None:
    for act in (keeper.install, each_minute.remove):
        act(host, JOB)
        before = host.record.changes
        act(host, JOB)
        assert host.record.changes == before


@pytest.mark.parametrize("removed", [False, True])
def test_an_undo_takes_back_both(swap: Swap, host: Host, keeper: Keeper, tako: FarEnd, removed: bool) -> None:
    keeper.install(host, JOB)
    known = len(undoable(host.record.entries)) if removed else 0
    if removed:
        each_minute.remove(host, JOB)
    changes = undoable(host.record.entries)
    for change in changes[: len(changes) - known]:
        for _ in range(2):  # the second time as after an undo that died before it could say so
            undo_change(swap, host, host.record.ground, change, Found())
    assert each_minute.is_kept(host, JOB) is removed


def test_it_is_put_back_in_an_undo_without_being_a_change(host: Host, keeper: Keeper) -> None:
    for _ in range(2):  # the second time as in an undo that was ended
        keeper.put_back(host, JOB)
    assert each_minute.is_kept(host, JOB)
    assert host.record.changes == 0


def test_an_armed_timer_that_somebody_stopped_keeps_nothing(host: Host, keeper: Keeper, machine: Machine) -> None:
    keeper.install(host, JOB)
    machine.armed.clear()
    assert each_minute.is_kept(host, JOB) is (keeper.name == "cron")


def test_it_is_proved_to_do_the_job(swap: Swap, host: Host, keeper: Keeper) -> None:
    keeper.install(host, JOB)
    assert each_minute.failure(host, swap.site, JOB) == ""


def test_nothing_of_it_is_left_behind(host: Host, keeper: Keeper, tako: FarEnd) -> None:
    before = sorted(tako.path("/etc").rglob("*"))
    keeper.install(host, JOB)
    keeper.remove(host, JOB)
    assert sorted(tako.path("/etc").rglob("*")) == before


def test_a_boots_other_drop_ins_stay(host: Host, keeper: Keeper, tako: FarEnd) -> None:
    others = tako.put(f"{texts.FOLDER}/others.conf", "[Unit]\n")
    keeper.install(host, JOB)
    keeper.remove(host, JOB)
    assert others.exists()


def test_cron_that_ended_after_it_got_the_job_keeps_nothing(swap: Swap, tako: FarEnd) -> None:
    machine = Machine(tako, cron=True, systemd=True)
    host = swap.host(find_item("2.2"), On.STANDBY)
    each_minute.choose(host, swap.site).install(host, JOB)
    machine.cron = False
    assert each_minute.failure(host, swap.site, JOB) == "cron does not run, so it would close nothing"


def test_a_timer_whose_service_fails_is_none(swap: Swap, tako: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tako, cron=False, systemd=True)
    monkeypatch.setattr(timer, "FIRED", -1.0)
    host = swap.host(find_item("2.2"), On.STANDBY)
    each_minute.choose(host, swap.site).install(host, JOB)
    machine.result = "exit-code"
    assert "irekae-door-minute.timer has not run its service well" in each_minute.failure(host, swap.site, JOB)
    tako.path(texts.drop_in(JOB.name)).write_text("[Unit]\n")
    assert "irekae-door-boot.service at a boot" in each_minute.failure(host, swap.site, JOB)
