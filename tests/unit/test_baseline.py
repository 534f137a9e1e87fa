"""Before and after: what is the same, what may differ and why, what is new."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irekae import dns_facts
from irekae.comparing import Sight, compare
from irekae.facts import Below, Data, Facts, left_out
from irekae.inventory import load_inventory
from irekae.report.results import Comparison
from irekae.site import Site, load_site
from irekae.use import Reason, difference, gone_messages

PROJECT = Path(__file__).resolve().parents[2]
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
        {"asada": (3, 300)}, {"asada": below(), "gate": below()}, {"kato": below()},
        {"asada": "UID 1001, /home/asada, /bin/bash"}, {"epalab": "asada, ueno"},
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
    found = compare(Sight(before, now, site, exchanged, look, look, look))
    return [row for row in found if row.verdict != "same"]


def one(rows: list[Comparison]) -> tuple[str, str]:
    [row] = rows
    return row.subject, row.verdict


# --- data -------------------------------------------------------------------------------------------------------------


def test_what_is_the_same_is_counted_and_no_difference(site: Site) -> None:
    found = compare(Sight(facts(data(), data()), facts(data(), data()), site, True, nothing, nothing, nothing))
    assert {row.verdict for row in found} == {"same"}
    assert [row.subject for row in found if row.subject.startswith("/home")] == ["/home: 2 of 2"]


@pytest.mark.parametrize(
    ("lost", "subject"),
    [
        ({"mailboxes": {}}, "mailbox asada"),
        ({"home": {"gate": below()}}, "/home asada"),
        ({"crontabs": {}}, "crontab kato"),
        ({"users": {}}, "account asada"),
        ({"users": {"asada": "UID 1002, /home/asada, /bin/bash"}}, "account asada"),
        ({"groups": {"epalab": "asada"}}, "group epalab"),
    ],
)
def test_what_the_new_machine_lacks_is_a_new_difference(site: Site, lost: dict[str, Any], subject: str) -> None:
    rows = differences(site, facts(data(), data()), facts(data(**lost), data()))
    assert one(rows) == (subject, "new difference")


def test_what_changed_before_the_copy_is_expected_when_the_old_machine_agrees(site: Site) -> None:
    moved = data(home={"asada": below("b"), "gate": below()}, users={}, crontabs={}, mailboxes={"asada": (4, 400)})
    rows = differences(site, facts(data(), data()), facts(moved, moved))
    assert {row.verdict for row in rows} == {"expected difference"}
    assert len(rows) == 4
    assert all("the old machine holds the same" in row.after for row in rows)


def test_what_the_new_machine_had_already_is_expected(site: Site) -> None:
    builders = {"users": {**data().users, "shinjin": "UID 2001, /home/shinjin, /bin/sh"}}
    rows = differences(site, facts(data(), data(**builders)), facts(data(**builders), data()))
    assert one(rows) == ("account shinjin", "expected difference")
    unknown = differences(site, facts(data(), data()), facts(data(**builders), data()))
    assert one(unknown) == ("account shinjin", "new difference")


def test_homes_that_the_site_excludes_may_differ(site: Site) -> None:
    rows = differences(site, facts(data(), data()), facts(data(home={"asada": below(), "gate": below("z")}), data()))
    assert one(rows) == ("/home gate", "expected difference")


def test_a_closer_look_decides_and_is_shown(site: Site) -> None:
    now = facts(data(home={"asada": below("b"), "gate": below()}), data())
    used = differences(site, facts(data(), data()), now, look=lambda name: Reason(f"{name} worked"))
    assert one(used) == ("/home asada", "expected difference")
    assert "asada worked" in used[0].after
    lost = differences(site, facts(data(), data()), now, look=lambda _: Reason("asada/x is gone", expected=False))
    assert one(lost) == ("/home asada", "new difference")
    assert "asada/x is gone" in lost[0].after


def test_without_an_exchange_the_standby_explains_nothing(site: Site) -> None:
    other = data(users={})
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


ZONE = {
    ("www.example.org.", "CNAME"): "example.org.",
    ("example.org.", "A"): "192.0.2.1",
    ("example.org.", "SOA"): SOA.format(7),
}


@contextmanager
def name_server(rcode: int = 0) -> Iterator[int]:
    """Answers from ZONE over UDP, with what a CNAME leads to beside it, as bind does; its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        over = threading.Event()

        def serve() -> None:
            while True:
                asked, peer = line.recvfrom(4096)
                if over.is_set():
                    return
                query = dns.message.from_wire(asked)
                answer = dns.message.make_response(query)
                answer.set_rcode(dns.rcode.Rcode(rcode))
                name, kind = query.question[0].name.to_text(), dns.rdatatype.to_text(query.question[0].rdtype)
                cname = ZONE.get((name, "CNAME"))
                wanted = [(name, "CNAME"), (str(cname), kind)] if cname and kind != "CNAME" else [(name, kind)]
                for key in wanted:
                    if rcode == 0 and key in ZONE:
                        answer.answer.append(dns.rrset.from_text(key[0], 60, "IN", key[1], ZONE[key]))
                line.sendto(answer.to_wire(), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield line.getsockname()[1]
        finally:
            over.set()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", line.getsockname())
            thread.join()


def test_each_name_has_its_own_records_and_not_those_that_a_cname_leads_to() -> None:
    with name_server() as port:
        found = dns_facts.records("127.0.0.1", port, ["www.example.org", "example.org"])
    assert found == {
        "www.example.org CNAME": ["example.org."],
        "example.org A": ["192.0.2.1"],
        "example.org SOA": [SOA.format(7)],
    }


def test_a_refusal_is_kept_as_what_it_is() -> None:
    with name_server(rcode=5) as port:
        assert dns_facts.records("127.0.0.1", port, ["example.org"])["example.org A"] == ["REFUSED"]


def test_a_server_that_is_not_there_is_soon_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_facts, "TIMEOUT", 0.05)
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf:
        deaf.bind(("127.0.0.1", 0))
        found = dns_facts.records("127.0.0.1", deaf.getsockname()[1], ["a.example.org", "b.example.org"])
    assert list(found.values()) == [["no answer"]]


def test_no_transfer_is_no_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert dns_facts.transfer("127.0.0.1", port, "example.org") is None


# --- what was done since ----------------------------------------------------------------------------------------------

OLD, NEW = 10, 2000


def test_an_equal_copy_has_no_difference() -> None:
    listing = {"u": ("dir 0755 u u", OLD), "u/a": ("file 0644 u u 5 10", OLD)}
    found = difference(listing, listing, SINCE)
    assert (found.used, found.unexplained) == ((), ())


@pytest.mark.parametrize(
    ("copy", "used"),
    [
        ({"u": ("dir", OLD), "u/a": ("file 0644 u u 9 2000", NEW)}, True),  # written since
        ({"u": ("dir", OLD), "u/a": ("file 0644 root u 5 10", OLD)}, False),  # another owner
        ({"u": ("dir", OLD)}, False),  # lost by the copy
        ({"u": ("dir", NEW)}, True),  # removed since: the folder tells
        ({"u": ("dir", OLD), "u/a": ("file 0644 u u 5 10", OLD), "u/b": ("file x", OLD)}, False),  # from nowhere
        ({"u": ("dir", NEW), "u/a": ("file 0644 u u 5 10", OLD), "u/b": ("file x", OLD)}, True),  # unpacked since
        ({}, False),  # all of it lost
    ],
)
def test_use_and_loss_are_told_apart(copy: dict[str, tuple[str, int]], used: bool) -> None:
    original = {"u": ("dir", OLD), "u/a": ("file 0644 u u 5 10", OLD)}
    found = difference(original, copy, SINCE)
    assert (found.unexplained == ()) is used
    assert found.reason.expected is used


def test_a_folder_whose_mode_changed_is_not_explained_by_its_time() -> None:
    found = difference({"u": ("dir 0755 u u", OLD)}, {"u": ("dir 0777 u u", NEW)}, SINCE)
    assert found.unexplained == ("u",)


def test_a_mail_that_was_read_is_not_gone() -> None:
    old = {"u/Maildir/new/1.M1.ika": ("f", 1), "u/Maildir/cur/2.M2.ika:2,S": ("f", 1), "u/Maildir/cur": ("d", 1)}
    new = {"u/Maildir/cur/1.M1.ika:2,S": ("f", 1), "u/Maildir/new/3.M3.ika": ("f", 1)}
    assert gone_messages(old, new) == ["u/Maildir/cur/2.M2.ika:2,S"]


NAMES = st.sampled_from(["u", "u/a", "u/b", "u/c/d"])
LISTINGS = st.dictionaries(
    NAMES, st.tuples(st.sampled_from(["file 1", "file 2", "dir 1", "link x"]), st.integers(0, 3000))
)


@settings(deadline=None)
@given(LISTINGS, LISTINGS)
def test_every_difference_is_told_once_and_nothing_else(original: Any, copy: Any) -> None:
    found = difference(original, copy, SINCE)
    said = {path: line for path, (line, _) in original.items()}
    differing = {path for path in {*original, *copy} if said.get(path) != copy.get(path, (None, 0))[0]}
    assert sorted((*found.used, *found.unexplained)) == sorted(differing)


@settings(deadline=None)
@given(LISTINGS)
def test_a_loss_without_a_trace_is_never_called_use(original: Any) -> None:
    old = {path: (line, OLD) for path, (line, _) in original.items()}
    for lost in old:
        copy = {path: found for path, found in old.items() if path != lost}
        assert difference(old, copy, SINCE).unexplained == (lost,)


def test_lists_and_mail_are_left_out_of_the_digests(site: Site) -> None:
    assert left_out(site) == ["/*/Maildir", "/.irekae-replaced", "/itpass/ml/ml-ctrl"]
