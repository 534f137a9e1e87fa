"""Before and after: what is the same, what may differ and why, what is new."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from irekae.model.results import Comparison
from irekae.proof.changes_since_copy import Reason
from irekae.proof.comparison import Sight, compare
from irekae.proof.observed import Below, Data, Facts, left_out
from irekae.site.inventory import load_inventory
from irekae.site.site import Site, load_site

PROJECT = Path(__file__).resolve().parents[3]
SINCE = 1000.0
SOA = "ika.example.org. root.example.org. {} 3600 900 604800 3600"
RUNS, OFF = "runs, starts at boot", "does not run, does not start at boot"


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(load_inventory(PROJECT / "hosts.ini"), PROJECT / "site.toml")


def below(digest: str = "a", newest: int = 1) -> Below:
    return Below(digest * 64, 3, 100, newest)


def data(**more: Any) -> Data:
    plain = Data(
        {"asada": (3, 300)}, {"asada": below(), "gate": below()},
    )  # fmt: skip
    return msgspec.structs.replace(plain, **more)


def facts(production: Data, standby: Data, **more: Any) -> Facts:
    services = {"production": {"apache2": RUNS}, "standby": {"apache2": OFF}}
    records = {"itpass.example.org A": ["192.0.2.1"], "itpass.example.org SOA": [SOA.format(2011)]}
    plain = Facts("2011-02-20T12:00:00+09:00", {"production": production, "standby": standby}, services, records, {})
    return msgspec.structs.replace(plain, **more)


def nothing(_: str) -> Reason | None:
    return None


def differences(
    site: Site,
    before: Facts,
    now: Facts,
    exchanged: bool = True,
    look: Callable[[str], Reason | None] = nothing,
) -> list[Comparison]:
    found = compare(Sight(before, now, site, exchanged, look, look))
    return [row for row in found if row.verdict != "same"]


def one(rows: list[Comparison]) -> tuple[str, str]:
    [row] = rows
    return row.subject, row.verdict


# --- data -------------------------------------------------------------------------------------------------------------


def test_what_is_the_same_is_counted_and_no_difference(site: Site) -> None:
    found = compare(Sight(facts(data(), data()), facts(data(), data()), site, True, nothing, nothing))
    assert {row.verdict for row in found} == {"same"}
    assert [row.subject for row in found if row.subject.startswith("/home")] == ["/home: 2 of 2"]


@pytest.mark.parametrize(
    ("lost", "subject"),
    [
        ({"mailboxes": {}}, "mailbox asada"),
        ({"home": {"gate": below()}}, "/home asada"),
    ],
)
def test_what_the_new_machine_lacks_is_a_new_difference(site: Site, lost: dict[str, Any], subject: str) -> None:
    rows = differences(site, facts(data(), data()), facts(data(**lost), data()))
    assert one(rows) == (subject, "new difference")


def test_what_changed_before_the_copy_is_expected_when_the_old_machine_agrees(site: Site) -> None:
    moved = data(home={"asada": below("b"), "gate": below()}, mailboxes={"asada": (4, 400)})
    rows = differences(site, facts(data(), data()), facts(moved, moved))
    assert {row.verdict for row in rows} == {"expected difference"}
    assert len(rows) == 2
    assert all("the old machine holds the same" in row.after for row in rows)


def test_homes_that_the_site_excludes_may_differ(site: Site) -> None:
    rows = differences(site, facts(data(), data()), facts(data(home={"asada": below(), "gate": below("z")}), data()))
    assert one(rows) == ("/home gate", "expected difference")


def test_mail_of_a_home_that_the_site_excludes_stays_on_the_old_machine_whole(site: Site) -> None:
    before = facts(data(mailboxes={"asada": (3, 300), "gate": (6, 600)}), data())
    there = data(mailboxes={"gate": (7, 700)})
    rows = differences(site, before, facts(data(), there))
    assert one(rows) == ("mailbox gate", "expected difference")
    rows = differences(site, before, facts(data(), data(mailboxes={"gate": (5, 500)})))
    assert one(rows) == ("mailbox gate", "new difference")


def test_a_closer_look_decides_and_is_shown(site: Site) -> None:
    now = facts(data(home={"asada": below("b"), "gate": below()}), data())
    used = differences(site, facts(data(), data()), now, look=lambda name: Reason(f"{name} worked"))
    assert one(used) == ("/home asada", "expected difference")
    assert "asada worked" in used[0].after
    lost = differences(site, facts(data(), data()), now, look=lambda _: Reason("asada/x is gone", expected=False))
    assert one(lost) == ("/home asada", "new difference")
    assert "asada/x is gone" in lost[0].after


def test_a_mailbox_with_as_much_mail_is_looked_at_where_it_is_not_the_old_machines(site: Site) -> None:
    before, was, is_ = data(), data(mail={"asada": "0" * 32}), data(mail={"asada": "1" * 32})
    shut, read = Reason("another mode", expected=False), Reason("mail that arrived since")
    assert one(differences(site, facts(before, before), facts(is_, was), look=lambda _: shut)) == (
        "mailbox asada", "new difference",
    )  # fmt: skip
    assert differences(site, facts(before, before), facts(is_, was), look=lambda _: read) == []
    assert differences(site, facts(before, before), facts(is_, is_), look=lambda _: shut) == []


def test_data_trees_are_compared_with_the_old_machines(site: Site) -> None:
    was, is_ = data(trees={"/srv": {"git": below(), "www": below()}}), data(trees={"/srv": {"www": below("b")}})
    rows = {row.subject: row.verdict for row in differences(site, facts(was, was), facts(is_, was))}
    assert rows == {"/srv git": "new difference", "/srv www": "new difference"}
    assert {row.verdict for row in differences(site, facts(was, was), facts(is_, is_))} == {"expected difference"}


def test_without_an_exchange_the_standby_explains_nothing(site: Site) -> None:
    other = data(mailboxes={})
    assert one(differences(site, facts(data(), other), facts(other, other), exchanged=False))[1] == "new difference"


@pytest.mark.parametrize(
    ("role", "before", "after", "verdict"),
    [
        ("production", OFF, RUNS, "better"),
        ("production", RUNS, "does not run, starts at boot", "new difference"),
        ("production", RUNS, "runs, does not start at boot", "new difference"),
        ("standby", RUNS, OFF, "better"),
        ("standby", OFF, RUNS, "new difference"),
    ],
)
def test_services_are_held_to_what_the_site_declares(
    site: Site, role: str, before: str, after: str, verdict: str
) -> None:
    was, is_ = facts(data(), data()), facts(data(), data())
    was.services[role]["apache2"], is_.services[role]["apache2"] = before, after
    assert one(differences(site, was, is_)) == (f"{role}'s service apache2", verdict)


def test_a_service_that_is_not_ours_to_judge_may_differ(site: Site) -> None:
    was, is_ = facts(data(), data()), facts(data(), data())
    was.services["standby"]["fail2ban"], is_.services["standby"]["fail2ban"] = RUNS, OFF
    assert one(differences(site, was, is_))[1] == "expected difference"


# --- DNS --------------------------------------------------------------------------------------------------------------


def dns_rows(site: Site, was: dict[str, list[str]], is_: dict[str, list[str]]) -> list[Comparison]:
    return differences(site, facts(data(), data(), dns=was), facts(data(), data(), dns=is_))


def test_a_record_that_differs_is_a_new_difference(site: Site) -> None:
    assert one(dns_rows(site, {"a A": ["192.0.2.1"]}, {"a A": ["192.0.2.2"]})) == ("DNS a A", "new difference")
    assert one(dns_rows(site, {"a A": ["192.0.2.1"]}, {})) == ("DNS a A", "new difference")


@pytest.mark.parametrize(
    ("was", "is_", "verdict"),
    [(2011, 2012, "expected difference"), (2011, 2010, "new difference"), (4294967295, 3, "expected difference")],
)
def test_a_serial_may_only_grow_in_the_arithmetic_of_rfc_1982(site: Site, was: int, is_: int, verdict: str) -> None:
    rows = dns_rows(site, {"z SOA": [SOA.format(was)]}, {"z SOA": [SOA.format(is_)]})
    assert one(rows) == ("DNS serial z", verdict)


def test_the_hosts_own_zones_are_edited_by_the_swap(site: Site) -> None:
    for zone in ("localhost", "0.0.127.in-addr.arpa"):
        rows = dns_rows(site, {f"{zone} SOA": [SOA.format(9)]}, {f"{zone} SOA": [SOA.format(5)]})
        assert one(rows)[1] == "expected difference"
    assert one(dns_rows(site, {"notlocalhost A": ["x"]}, {}))[1] == "new difference"


def test_a_name_server_that_did_not_answer_before_is_better_now(site: Site) -> None:
    assert one(dns_rows(site, {"a A": ["no answer"]}, {"a A": ["192.0.2.1"]}))[1] == "better"
    assert "new difference" in {row.verdict for row in dns_rows(site, {"a A": ["192.0.2.1"]}, {"a A": ["no answer"]})}


def test_a_zone_as_a_whole_counts_only_where_both_servers_gave_it(site: Site) -> None:
    zone = {"z": {"hidden.z A": ["192.0.2.9"]}}
    with_, without = facts(data(), data(), zones=zone), facts(data(), data())
    assert differences(site, with_, without) == []
    other = facts(data(), data(), zones={"z": {"hidden.z A": ["192.0.2.8"]}})
    assert one(differences(site, with_, other)) == ("DNS hidden.z A", "new difference")


def test_lists_and_mail_are_left_out_of_the_digests(site: Site) -> None:
    assert left_out(site) == ["/*/Maildir", "/*/Mailbox", "/.irekae-replaced", "/.irekae-edited", "/itpass/ml/ml-ctrl"]
