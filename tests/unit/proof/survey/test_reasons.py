"""The table of expected changes: what each excuses, and what it must not."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from irekae.proof.survey import reasons
from irekae.proof.survey.reasons import Change, Sight, reason
from irekae.site.inventory import load_inventory
from irekae.site.site import Site, load_site
from irekae.site.survey import Expected
from irekae.site.trees import Tree

PROJECT = Path(__file__).resolve().parents[4]
NOW = datetime.fromisoformat("2026-11-26T12:00:00+09:00")


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(load_inventory(PROJECT / "hosts.ini"), PROJECT / "site.toml")


def sight(site: Site, **more: Any) -> Sight:
    return Sight(**{"site": site, "exchanged": True, "now": NOW, "homes": frozenset({"asada"}), **more})


def why(site: Site, change: Change, **more: Any) -> str | None:
    found = reason(change, sight(site, **more))
    assert found is None or found.expected
    return found.text if found else None


STRICT = (
    "alias",
    "mail control",
    "right of root",
    "firewall",
    "name server",
    "virtual host",
    "boot",
    "daemon",
    "limit",
)


@pytest.mark.parametrize("kind", [*reasons.ON_HOST, "page", "port", "greeting", "name service", "record answered"])
@pytest.mark.parametrize(("was", "is_"), [("x", None), ("x", "y"), (None, "y")])
def test_without_a_reason_every_change_of_every_kind_is_new(site: Site, kind: str, was: str, is_: str) -> None:
    assert why(site, Change(kind, "k", was, is_, here="z", kept="w")) is None


@pytest.mark.parametrize("kind", STRICT)
def test_what_production_had_must_be_there_whatever_the_standby_lacked(site: Site, kind: str) -> None:
    assert why(site, Change(kind, "k", "x", None, here=None, kept=None)) is None
    assert why(site, Change(kind, "k", "x", "y", here="y", kept="x")) is None


def test_each_machine_keeps_what_brings_its_network_up(site: Site) -> None:
    for kind, key in (
        ("daemon", "systemd-network as systemd-network"),
        ("boot", "systemd-networkd.socket in sockets.target.wants"),
        ("boot", "NetworkManager.service in multi-user.target.wants"),
        ("boot", "networking in rc2.d"),
        ("boot", "ifup@eth0.service in multi-user.target.wants"),
        ("boot", "netplan-ovs-cleanup.service in multi-user.target.wants"),
    ):
        assert why(site, Change(kind, key, "x", None)), key
        assert why(site, Change(kind, key, "x", None, here="x")) is None, "it was there before the swap"
        assert why(site, Change(kind, key, "x", None), exchanged=False) is None
    assert why(site, Change("boot", "networking-monitor.service in multi-user.target.wants", "x", None)) is None


@pytest.mark.parametrize("kind", reasons.ON_HOST)
def test_what_this_machine_had_besides_may_stay(site: Site, kind: str) -> None:
    assert why(site, Change(kind, "k", None, "y", here="y"))
    assert why(site, Change(kind, "k", None, "y", here="y"), exchanged=False) is None


def test_what_changed_before_the_copy_is_the_same_on_the_old_machine(site: Site) -> None:
    assert why(site, Change("forward", "asada/.qmail", "x", "y", here=None, kept="y"))
    assert why(site, Change("forward", "asada/.qmail", "x", None, here="z", kept=None))
    assert why(site, Change("alias", "k", "x", None, here="z", kept=None)) is None


def test_an_account_s_own_line_stays_unless_production_s_word_counts(site: Site) -> None:
    change = Change("days", "asada", "maximum 99999", "maximum 90", here="maximum 90", kept="maximum 99999")
    lost = Change("login", "asada", "by password", None, here=None, kept="by password")
    wins = replace(site, accounts=replace(site.accounts, source_wins=True))
    decided = replace(site, accounts=replace(site.accounts, source_wins=True, decided={"asada": "target"}))
    assert why(site, change)
    assert why(wins, change) is None
    assert why(decided, change)
    assert why(site, lost) is None


def test_only_the_machine_s_own_accounts_have_keys_of_their_own(site: Site) -> None:
    assert why(site, Change("key", "root: .ssh/authorized_keys: a", "lets in", None, kept="lets in"))
    assert why(site, Change("key", "asada: .ssh/authorized_keys: a", "lets in", None, kept="lets in")) is None


def test_a_file_is_as_it_was_on_this_machine_or_as_the_swap_wrote_it(site: Site) -> None:
    written = {"/etc/hosts": "content 12", "/etc/gone": "none"}
    hosts = Change("config", "/etc/hosts", "0644 root:root, content 1", "0644 root:root, content 12", here="x")
    assert why(site, hosts, written=written)
    assert why(site, replace_key(hosts, is_="0644 root:root, content 13"), written=written) is None
    assert why(site, Change("config", "/etc/gone", "x", None, here="y"), written=written)
    assert why(site, Change("config", "/etc/machine-id", "x", "y", here="y"))
    assert why(site, Change("secret", "/etc/shadow", "0640 root:shadow", None, here="0640 root:shadow")) is None


def replace_key(change: Change, **more: Any) -> Change:
    return Change(**{**vars(change), **more})


@pytest.mark.parametrize(
    ("was", "is_", "good"), [("9", "10", True), ("10", "9", False), ("4294967295", "1", True), ("9", "x", False)]
)
def test_a_serial_may_only_grow(site: Site, was: str, is_: str, good: bool) -> None:
    assert bool(why(site, Change("zone record", "epa.ac.jp: serial", was, is_))) is good


def test_the_loopback_s_zones_name_the_host(site: Site) -> None:
    assert why(site, Change("zone record", "localhost: localhost. NS", "x", "y"))
    assert why(site, Change("zone record", "notlocalhost: x NS", "x", "y")) is None


def test_a_program_s_page_may_differ_in_its_numbers_alone(site: Site) -> None:
    page = "{} “Wiki {}” content {} (without its numbers {})"
    was = page.format(200, 2026, "a", "c")
    assert why(site, Change("page", "u", was, page.format(200, 2027, "b", "c")))
    for other in (page.format(200, 2026, "b", "d"), page.format(500, 2026, "b", "c"), "200 “Wiki” content b", None):
        assert why(site, Change("page", "u", was, other)) is None


def test_jobs_run_users_programs_end_and_tables_grow(site: Site) -> None:
    past, future = ((NOW + timedelta(hours=hours)).isoformat() for hours in (-1, 1))
    assert why(site, Change("at", "a0001", past, None, here="x", kept="x"))
    assert why(site, Change("at", "a0001", future, None, here="x", kept="x")) is None
    assert why(site, Change("listener", "tcp/8888 python3 as asada", "any", None))
    assert why(site, Change("listener", "tcp/25 tcpserver as qmaild", "any", None)) is None
    assert why(site, Change("listener", "tcp/8888 python3 as asada", None, "any")) is None
    assert why(site, Change("database", "mysql a.b", "3 rows", "4 rows"))
    assert why(site, Change("database", "mysql a.b", "3 rows", "2 rows")) is None
    assert why(site, Change("database", "mysql a.b", "not counted", "2 rows"))
    assert why(site, Change("database", "mysql a.b", "not counted", None)) is None
    assert why(site, Change("database", "mysql a.b", "3 rows", "not counted")) is None
    assert why(site, Change("limit", "k", "1000", "unlimited"))
    assert why(site, Change("limit", "k", "unlimited", "1000")) is None


def test_another_certificate_must_last(site: Site) -> None:
    key, was = "tcp/443 itpass: last day", "2036-01-01T00:00+00:00"
    for days, good in ((400, True), (15, True), (13, False), (0.5, False), (-3, False)):
        is_ = (NOW + timedelta(days=days)).isoformat(timespec="minutes")
        assert bool(why(site, Change("certificate", key, was, is_))) is good
    assert why(site, Change("certificate", "tcp/443 itpass: names", "a, b", "a")) is None


def test_what_site_toml_expects_is_told_with_its_reason(site: Site) -> None:
    declared = replace(site, survey=replace(site.survey, expected=[Expected("alias */.qmail-old*", "given up")]))
    gone = Change("alias", "/var/qmail/alias/.qmail-old: x", "1 time", None)
    assert why(declared, gone) == "site.toml: given up"
    assert why(declared, Change("alias", "/var/qmail/alias/.qmail-new: x", "1 time", None)) is None


def test_what_site_toml_expects_is_a_value_and_no_other(site: Site) -> None:
    def expecting(rule: Expected) -> Site:
        return replace(site, survey=replace(site.survey, expected=[rule]))

    row = Change("zone record", "a: help CNAME", "files", "www", here="www")
    plain, named = expecting(Expected("zone record a: *", "its own")), expecting(Expected("* a: *", "its own", "ww*"))
    for declared in (plain, named):
        assert why(declared, row)
        assert why(declared, replace_key(row, is_="evil")) is None
        assert why(declared, replace_key(row, is_=None)) is None
    assert why(plain, row, exchanged=False) is None
    assert why(expecting(Expected("* a: *", "given up", "none")), replace_key(row, is_=None))


def test_what_goes_over_with_a_data_tree_is_nobodys_own(site: Site) -> None:
    trees = replace(site, trees=[Tree("/etc/letsencrypt", excludes=["/accounts/"])])
    key = Change("secret", "/etc/letsencrypt/live/a/privkey1.pem", "content 1", "content 2", here="content 2")
    assert why(site, key)
    assert why(trees, key) is None
    assert why(trees, replace_key(key, kept="content 2"))
    assert why(trees, replace_key(key, key="/etc/letsencrypt/accounts/x"))
    assert why(trees, replace_key(key, key="/etc/letsencrypt/.irekae-edited/x"))  # no copy goes in there
    assert why(trees, replace_key(key, key="/etc/letsencrypt2/x"))
    assert why(trees, replace_key(key, kind="mount", key="/etc/letsencrypt"))


def test_names_are_exchanged_as_whole_words(site: Site) -> None:
    seen = sight(site, pairs={"ika": "tako", "tako": "ika", "ika.ac.jp": "tako.ac.jp", "tako.ac.jp": "ika.ac.jp"})
    assert seen.of_the_other("ika.ac.jp ika ikasumi 'tako' x.ika") == "tako.ac.jp tako ikasumi 'ika' x.ika"
