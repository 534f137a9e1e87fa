"""What a person types for a service, under either service manager."""

from __future__ import annotations

import pytest

from irekae.host.services import ServiceManager, Systemd, Sysvinit, Verb

MANAGERS: tuple[ServiceManager, ...] = (Systemd(), Sysvinit())


@pytest.mark.parametrize(
    ("verb", "systemd", "sysvinit"),
    [
        ("stop", "systemctl stop x", "service x stop"),
        ("restart", "systemctl restart x", "service x restart"),
        ("enable", "systemctl enable x", "update-rc.d x enable"),
        ("disable", "systemctl disable x", "update-rc.d x disable"),
        ("on", "systemctl enable --now x", "update-rc.d x enable; service x start"),
        ("off", "systemctl disable --now x", "update-rc.d x disable; service x stop"),
    ],
)
def test_each_manager_has_its_own_command(verb: Verb, systemd: str, sysvinit: str) -> None:
    assert [manager.by_hand(verb, "x") for manager in MANAGERS] == [systemd, sysvinit]


def test_where_a_service_says_what_it_has_to_say() -> None:
    assert [manager.log("x") for manager in MANAGERS] == ["journalctl -u x", ""]
