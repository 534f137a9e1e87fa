"""Users' jobs run on neither host from 1.7 to 8.1, and afterwards on the new production alone."""

import pytest

from irekae.host.host import Host
from irekae.model.items import EXACT, Item, On
from irekae.subjects.held_jobs import carry_jobs, hold_jobs, release_jobs, retire_jobs
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

TABS, HELD = "/var/spool/cron/crontabs", "/var/lib/irekae/held/var/spool/cron/crontabs"
ME = Item("1.7", "keep-out", "", "", On.BOTH, lambda *_: None, "+", EXACT, False, False, False)


@pytest.fixture
def owners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file of the folders of the test is taken for its user's, who does not exist on this machine."""
    real = Host.names

    def named(self: Host, folder: str) -> dict[str, object]:
        found = real(self, folder)
        return {
            name: {**state, "owner": "kato" if name == "stolen" else name.partition("-")[0]}
            for name, state in found.items()
        }

    monkeypatch.setattr(Host, "names", named)


def host(swap: Swap, role: On) -> Host:
    return swap.host(ME, role)


@pytest.mark.usefixtures("owners")
def test_every_user_s_jobs_are_put_away_and_root_s_go_on(swap: Swap, ika: FarEnd) -> None:
    for name in ("asada", "root", ".hidden", "stolen"):
        ika.put(f"{TABS}/{name}", f"* * * * * {name}\n", 0o600)
    ika.put("/var/spool/cron/atjobs/a0001", "#!/bin/sh\n", 0o700)
    ika.put("/var/spool/cron/atjobs/.SEQ", "1")
    ika.put("/var/lib/systemd/linger/ueno", "")
    ika.path(f"{TABS}/link").symlink_to("/etc/shadow")
    hold_jobs(host(swap, On.PRODUCTION), swap.site)
    there = {path for path in ika.files() if "/var/spool/" in path or "/linger/" in path}
    assert there == {f"{TABS}/{name}" for name in ("root", ".hidden", "stolen", "link")} | {
        "/var/spool/cron/atjobs/.SEQ"
    }
    assert ika.path(f"{HELD}/asada").read_text() == "* * * * * asada\n"
    assert ika.path(f"{HELD}/asada").stat().st_mode & 0o7777 == 0o600


@pytest.mark.usefixtures("owners")
def test_a_second_time_nothing_is_left_to_hold(swap: Swap, ika: FarEnd) -> None:
    ika.put(f"{TABS}/asada", "x", 0o600)
    for _ in range(2):
        one = host(swap, On.PRODUCTION)
        hold_jobs(one, swap.site)
    assert one.record.changes == 0
    ika.put(f"{TABS}/asada", "y", 0o600)
    hold_jobs(host(swap, On.PRODUCTION), swap.site)
    assert ika.path(f"{HELD}/asada").read_text() == "y", "one that came back is held as it is now"


@pytest.mark.usefixtures("owners")
def test_what_is_carried_over_waits_there_too(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    accounts = "root:x:0:0::/root:/bin/sh\n"
    tako.put("/etc/passwd", accounts)
    tako.put("/etc/group", "root:x:0:\n")
    ika.put(f"{HELD}/asada", "held", 0o600)
    ika.put(f"{TABS}/ueno", "not held: 1.7 was waived", 0o600)
    ika.put(f"{TABS}/root", "root's", 0o600)
    carry_jobs(swap.for_pair(ME))
    assert not tako.path(TABS).exists(), "nothing runs on the standby yet"
    found = {path.name: path.read_text() for path in tako.path(HELD).iterdir()}
    assert found == {"asada": "held", "ueno": "not held: 1.7 was waived", "root": "root's"}


@pytest.mark.usefixtures("owners")
def test_the_new_production_gets_the_jobs_and_keeps_its_own_table_of_root_s(swap: Swap, ika: FarEnd) -> None:
    ika.put(f"{HELD}/asada", "hers", 0o600)
    ika.put(f"{HELD}/root", "from the old production", 0o600)
    ika.put(f"{TABS}/root", "my own", 0o600)
    release_jobs(host(swap, On.PRODUCTION), swap)
    assert {path.name: path.read_text() for path in ika.path(TABS).iterdir()} == {
        "asada": "hers",
        "root": "from the old production",
    }
    assert ika.path(f"/var/spool/cron/root.{swap.today}").read_text() == "my own"
    assert not list(ika.path(HELD).iterdir())
    one = host(swap, On.PRODUCTION)
    release_jobs(one, swap)
    assert one.record.changes == 0


def test_on_the_retired_machine_root_s_jobs_are_set_aside_too_and_all_are_told(swap: Swap, tako: FarEnd) -> None:
    tako.put(f"{HELD}/asada", "hers", 0o600)
    tako.put(f"{TABS}/root", "0 4 * * * /usr/local/sbin/push-backup\n", 0o600)
    one = host(swap, On.STANDBY)
    retire_jobs(one, swap.site)
    assert not list(tako.path(TABS).iterdir())
    assert one.record.changes == 1, "no call can be ended between the two"
    assert tako.path(f"{HELD}/root").read_text() == "0 4 * * * /usr/local/sbin/push-backup\n"
    assert one.record.notes == [f"{TABS}/{name} is set aside: {HELD}/{name}" for name in ("asada", "root")]


def test_what_root_has_put_back_since_is_left_to_him(swap: Swap, tako: FarEnd) -> None:
    tako.put(f"{TABS}/root", "one", 0o600)
    retire_jobs(host(swap, On.STANDBY), swap.site)
    tako.put(f"{TABS}/root", "new", 0o600)
    retire_jobs(host(swap, On.STANDBY), swap.site)
    assert (tako.path(f"{TABS}/root").read_text(), tako.path(f"{HELD}/root").read_text()) == ("new", "one")


def test_a_plan_sets_nothing_aside(swap: Swap, tako: FarEnd) -> None:
    tako.put(f"{TABS}/root", "one", 0o600)
    retire_jobs(swap.as_plan().host(ME, On.STANDBY), swap.site)
    assert tako.path(f"{TABS}/root").read_text() == "one"
