"""Units that come and go as they are asked for are no daemons that a boot must have left as they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.verify.test_verify_boot import BOOTED, daemon, processes
from verify.far import strangers
from verify.far.on_demand import comes_and_goes, on_demand, unit_of

# `systemctl show` of systemd 252 and 257.
SHOWN = """\
Type=dbus
Id=NetworkManager-dispatcher.service
RequiredBy=
WantedBy=
TriggeredBy=

Type=dbus
Id=NetworkManager.service
RequiredBy=
WantedBy=multi-user.target
TriggeredBy=

Type=oneshot
Id=report.service
RequiredBy=
WantedBy=
TriggeredBy=report.timer

Type=notify
Id=mine.service
RequiredBy=
WantedBy=
TriggeredBy=
"""


def test_no_boot_starts_it_and_something_else_does() -> None:
    assert comes_and_goes(SHOWN) == {"NetworkManager-dispatcher.service", "report.service"}


def test_without_names_nobody_is_asked() -> None:
    assert on_demand(["", ""]) == set()


@pytest.mark.parametrize(
    ("cgroup", "unit"),
    [
        ("0::/system.slice/ssh.service\n", "ssh.service"),
        ("0::/system.slice/system-postgresql.slice/postgresql@17-main.service\n", "postgresql@17-main.service"),
        ("12:cpu:/\n9:name=systemd:/lxc/x/system.slice/cron.service\n0::/\n", "cron.service"),
        ("0::/user.slice/user-0.slice/session-3.scope\n", ""),
        ("0::/system.slice/ssh.service/sub\n", "ssh.service"),
        ("", ""),
    ],
)
def test_a_process_belongs_to_the_service_of_its_group(cgroup: str, unit: str) -> None:
    assert unit_of(cgroup) == unit


def test_one_that_is_gone_and_one_that_is_new_are_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    passing: dict[str, Any] = {"unit": "NetworkManager-dispatcher.service"}
    gone, new = daemon("nm-dispatcher", 1.0, **passing), daemon("reporter", 9.0, unit="report.service")
    monkeypatch.setattr(strangers, "on_demand", lambda names: comes_and_goes(SHOWN) & set(names))
    assert processes([*BOOTED, gone], [*BOOTED, new], monkeypatch) == []
    stays = daemon("mine", 1.0, unit="mine.service")
    assert len(processes([*BOOTED, stays], BOOTED, monkeypatch)) == 1
