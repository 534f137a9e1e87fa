"""The way back of services and boot links."""

from __future__ import annotations

import pytest

from irekae.host import service
from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.model.items import Item, On
from irekae.procedure import rollback
from irekae.subjects.mail import queue as mail_queue
from irekae.subjects.mail.qmail import QmailSystem
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, begun, declare, do, exchange
from tests.unit.sysvinit_host import Sysvinit


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap) -> None:
    begun(swap)
    declare("8.1", On.BOTH, lambda host, swap: host.say("rebooted"))


def test_services_and_boot_links_come_back_and_are_looked_at(
    swap: Swap, ika: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "NEW_WITHIN", 0)
    init = Sysvinit(ika, "apache2", "bind")
    boot = dict(ika.boot)

    def retire(host: Host, swap: Swap) -> None:
        ServiceHandle(host, swap.site.services["apache2"]).stop().disable()

    declare("1.4", P, retire)
    do(swap, "1.4")
    rollback.rollback(swap, 1)
    assert ika.boot == boot
    assert init.running == {"apache2", "bind"}
    do(swap, "1.4")
    init.stuck.add("apache2")
    with pytest.raises(SwapError, match="the undo of “stop apache2”") as raised:
        rollback.rollback(swap, 1)
    assert "apache2 did not start on ika" in raised.value.detail


def test_a_service_that_was_only_enabled_and_that_a_boot_has_started_is_stopped(swap: Swap, ika: FarEnd) -> None:
    init = Sysvinit(ika, "apache2")
    init.running.clear()
    init.unlink("apache2")

    def enable(host: Host, swap: Swap) -> None:
        ServiceHandle(host, swap.site.services["apache2"]).enable()

    declare("1.4", P, enable)
    do(swap, "1.4")
    init.running.add("apache2")  # the power was away for a moment
    rollback.rollback(swap, 1)
    assert init.running == set()
    assert not init.at_boot("apache2")


def test_a_service_that_site_toml_no_longer_names_is_told(swap: Swap, ika: FarEnd) -> None:
    declare(
        "1.4", P, lambda host, swap: host.record.change("stop x", {"kind": "service", "init": "x", "running": True})
    )
    do(swap, "1.4")
    with pytest.raises(SwapError) as raised:
        rollback.rollback(swap, 1)
    assert "site.toml has no service 'x' any more" in raised.value.detail


def test_what_takes_mail_rests_until_the_addresses_are_back(
    swap: Swap, ika: FarEnd, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the old domains and the new address a host sends its own queued mail back (#5.4.6)."""
    monkeypatch.setattr(mail_queue, "settle", lambda host, swap: None)
    monkeypatch.setattr(QmailSystem, "want_known", lambda system, host: None)
    inits = [Sysvinit(far, "qmail") for far in (ika, tako)]

    def restart(host: Host, swap: Swap) -> None:
        with ServiceHandle(host, swap.site.services["qmail"]).restarting():
            host.put("/etc/locals", b"production's\n")

    def stop(host: Host, swap: Swap) -> None:
        ServiceHandle(host, swap.site.services["qmail"]).stop()

    declare("1.3", On.BOTH, stop)
    declare("6.2", On.PAIR, lambda swap: None)
    declare("7.2", P, restart)
    do(swap, "1.3")
    exchange(swap)
    for init in inits:
        init.running.add("qmail")  # both have booted since
    do(swap, "6.2", "7.2")
    at_rest: list[set[str]] = []

    def back(swap: Swap) -> None:
        at_rest.extend(set(init.running) for init in inits)
        exchange(swap)

    monkeypatch.setattr("irekae.subjects.revert_network", back)
    rollback.rollback(swap, 1)
    assert at_rest == [set(), set()]
    assert [init.running for init in inits] == [{"qmail"}, {"qmail"}]
