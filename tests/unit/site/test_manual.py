"""manual.toml: the manual's own words; a site without it goes by site.toml, and is told so."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from irekae.model.errors import Status, SwapError
from irekae.report.view import rests_on
from irekae.report.words import Speech
from irekae.site.inventory import Inventory
from irekae.site.manual import Manual, load_manual
from irekae.site.site import Site, load_site
from tests.unit.report.sample import sample
from verify.declared import Declared

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def site(inventory: Inventory) -> Site:
    return load_site(inventory, PROJECT / "site.toml")


def test_its_gaps_are_filled(inventory: Inventory, site: Site) -> None:
    manual = load_manual(inventory, site, PROJECT / "site.toml")
    assert manual.fqdn == inventory.production.fqdn
    assert manual.cron_mail == f'mail -s "`hostname -f` test" {site.site.administrators}'
    assert Declared(site, manual).has("manual.running")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fqqdn = 'a'", "[fqqdn]: unknown key; known: running, not_running"),
        ("[users]\nfirst = 1", "[users] last: this key is missing; a whole number from 1"),
        ("[domains]\nproduction = ['a b']", "[domains] production number 1: a host name was expected, found 'a b'"),
        ("[running]\nbackup = ['a']", "[running] backup: unknown key; known: production, standby"),
        ("fqdn = '{squid}'", "[fqdn]: unknown placeholder {squid}"),
    ],
)
def test_what_is_wrong_in_it_is_named(inventory: Inventory, site: Site, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "manual.toml").write_text(text)
    with pytest.raises(SwapError) as raised:
        load_manual(inventory, site, tmp_path / "site.toml")
    assert raised.value.status is Status.WRONG_USE
    assert raised.value.what.startswith(f"{tmp_path}/manual.toml: {said}")


def test_without_it_the_checks_go_by_site_toml(inventory: Inventory, site: Site, tmp_path: Path) -> None:
    declared = Declared(site, load_manual(inventory, site, tmp_path / "site.toml"))
    assert declared.manual == Manual()
    assert not declared.has("manual.running|manual.not_running")
    assert declared.state_of("bind", site.services["bind"], "standby") == "off"
    assert declared.domains_of("production") == sorted(["localhost", *site.domains])
    assert declared.domains_of("standby") == ["localhost"]
    assert declared.own_name(inventory) == inventory.production.fqdn
    assert declared.resolv_conf == ["nameserver 127.0.0.1", "search scitec.kobe-u.ac.jp"]
    assert declared.bouncer_lines(site.lists[0]) == site.lists[0].bouncer_lines
    assert declared.users == range(1000, 30000)


def test_the_manuals_word_goes_before_site_tomls(site: Site) -> None:
    manual = Manual(running={"standby": ["bind"]}, ports={"bind": ["tcp/953"]}, domains={"production": ["a.example"]})
    declared = Declared(site, manual)
    assert declared.state_of("bind", site.services["bind"], "standby") == "on"
    assert "tcp/953" in declared.ports_of("bind", site.services["bind"])
    assert set(declared.domains) == {"a.example", *site.domains}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_report_says_what_its_verdict_rests_on(lang: str) -> None:
    say, results = Speech(lang), sample()  # type: ignore[arg-type]
    assert rests_on(results, say) == []
    [alone] = rests_on(replace(results, site_alone=True), say)
    assert "manual.toml" in alone
    [lacking] = rests_on(replace(results, lacking=("dns", "mail")), say)
    assert "dns, mail" in lacking
