"""Units that the boot has started work still, and none has failed since."""

from __future__ import annotations

import pytest

from verify.far import active_units
from verify.far.active_units import kept, read, since

Units = dict[str, dict[str, str]]


def unit(name: str, active: str = "active", sub: str = "running", **more: str) -> str:
    said = {"Id": name, "ActiveState": active, "SubState": sub, "Type": "simple", "Transient": "no", **more}
    return "".join(f"{key}={value}\n" for key, value in said.items())


def units(*blocks: str) -> Units:
    return read("\n".join(blocks))


WANTED = {"WantedBy": "multi-user.target"}
CRON = unit("cron.service", **WANTED)
REPORT = unit("report.timer", sub="waiting")
CUPS = unit("cups.service", TriggeredBy="cups.socket", **WANTED)
CUPS_SOCKET = unit("cups.socket")
DUMP = unit("dump.service", "inactive", "dead", Type="oneshot", TriggeredBy="dump.timer")
BOOTED = {"units": kept(units(CRON, REPORT, CUPS, CUPS_SOCKET, DUMP, unit("old.service", "failed", "failed")))}


def told(*blocks: str) -> list[str]:
    found = since(BOOTED, units(*blocks))
    return [*found["gone"], *found["new"]]


def test_a_host_on_which_days_have_passed_is_as_it_was() -> None:
    idle = unit("cups.service", "inactive", "dead", TriggeredBy="cups.socket", **WANTED)
    restarting = unit("cron.service", "deactivating", "stop-sigterm", **WANTED)
    running = unit("dump.service", "activating", "start", Type="oneshot")
    at_work = unit("report.timer", sub="running")
    assert told(restarting, at_work, idle, CUPS_SOCKET, running, unit("old.service", "failed", "failed")) == []


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ((CRON, unit("report.timer", "inactive", "dead"), CUPS, CUPS_SOCKET), "report.timer, active"),
        ((CRON, CUPS, CUPS_SOCKET), "report.timer, active"),
        ((unit("cron.service", "activating", "auto-restart"), REPORT, CUPS, CUPS_SOCKET), "cron.service, active"),
        ((CRON, REPORT, CUPS, CUPS_SOCKET, unit("dump.service", "failed", "failed")), "dump.service, failed"),
        ((unit("cron.service", "failed", "failed"), REPORT, CUPS, CUPS_SOCKET), "cron.service, failed"),
    ],
)  # fmt: skip
def test_what_works_no_longer_and_what_has_failed_is_told_once(changed: tuple[str, ...], line: str) -> None:
    assert told(*changed) == [line]


def test_a_socket_that_was_stopped_with_its_idle_service_is_told() -> None:
    stopped = unit("cups.socket", "inactive", "dead")
    idle = unit("cups.service", "inactive", "dead", TriggeredBy="cups.socket", **WANTED)
    assert told(CRON, REPORT, idle, stopped) == ["cups.service, active", "cups.socket, active"]


def test_sessions_and_jobs_are_not_kept() -> None:
    passing = (
        unit("user@1001.service", **WANTED),
        unit("packagekit.service", **WANTED),
        unit("job.service", Transient="yes", **WANTED),
        unit("polkit.service"),
        unit("networking.service", sub="exited", **WANTED),
    )
    assert kept(units(*passing, unit("apt-daily.service", "failed", "failed"))) == {"work": [], "failed": []}


def test_another_init_and_a_record_of_an_earlier_release_tell_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(active_units, "said", lambda *_: [])
    assert active_units.units() == {}
    assert since(BOOTED, {}) == since({}, units(CRON)) == {"gone": [], "new": []}
