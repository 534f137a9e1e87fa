from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from irekae.site.inventory import load_inventory
from irekae.site.manual import Manual, load_manual
from irekae.site.site import Certificate, Page, Pop, Site, Tree, Web, load_site
from tests.unit.pairs import pair
from verify import conftest
from verify.credentials import Credentials
from verify.declared import Declared
from verify.letters import OVER_IPV6
from verify.mailing import Mailing
from verify.needs import needs
from verify.ssh_config import ssh_config
from verify.subjects import SUBJECTS, cases, certificates, https_hosts, services, subject_of

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def declared() -> Declared:
    return both(ROOT / "site.toml")


def both(path: Path) -> Declared:
    inventory = load_inventory(ROOT / "hosts.ini")
    site = load_site(inventory, path)
    return Declared(site, load_manual(inventory, site, ROOT / "site.toml"))


def test_the_manual_s_word_goes_before_site_toml_s(declared: Declared, tmp_path: Path) -> None:
    text = (
        (ROOT / "site.toml").read_text().replace('init = "bind"\nprocess = "named"', 'init = "bind"\nprocess = "named"')
    )
    wrong = text.replace('standby = "off"                                  # D1', 'standby = "on" # D1')
    path = tmp_path / "site.toml"
    path.write_text(wrong)
    misled = both(path)
    assert misled.site.services["bind"].standby == "on"
    assert "bind" in services(misled, "standby", "off")
    assert "bind" not in services(misled, "standby", "on")


def test_every_service_of_the_manual_is_checked(declared: Declared) -> None:
    assert set(services(declared, "production", "on")) >= set(declared.manual.running["production"])
    assert set(services(declared, "standby", "on")) >= set(declared.manual.running["standby"])
    assert set(services(declared, "standby", "off")) == set(declared.manual.not_running["standby"])
    assert services(declared, "production", "off") == {}


def test_every_question_is_asked_over_udp_and_tcp(declared: Declared) -> None:
    assert len(cases(declared, "zone", "production", "")) == 2 * len(declared.site.zones)
    assert len(cases(declared, "record", "production", "")) == 2 * len(declared.site.answers)


def over_tls(declared: Declared) -> Declared:
    """As the site would be today."""
    pop, certificates = Pop("popcheck", ["imaps"], ["submission"]), [Certificate("mail.x", ["https", "imaps"])]
    site = msgspec.structs.replace(declared.site, pop=pop, certificates=certificates, trees=[Tree("/srv")])
    return Declared(site, declared.manual)


@pytest.mark.parametrize("subject", sorted(SUBJECTS - {"database", "service"}))
def test_every_subject_has_cases(declared: Declared, subject: str) -> None:
    assert cases(over_tls(declared), subject, "production", "")


def with_certificates(*found: Certificate) -> Site:
    return msgspec.structs.replace(pair("today")[1], certificates=list(found))


def test_every_page_over_tls_shows_a_certificate_of_its_name() -> None:
    found = certificates(with_certificates(Certificate("www.example.org", ["https"])))
    pages = {case.name: case.own for case in found.values() if case.protocol == "https"}
    assert pages == {
        "www.example.org": False,
        "example.org": True,
        "wiki.example.org": True,
        "files.example.com": True,
    }
    mail = {(case.name, case.protocol) for case in found.values() if case.protocol != "https"}
    assert mail == {
        ("mail.example.org", one) for one in ("imaps", "pop3s", "imap", "pop3", "submission", "submissions")
    }
    assert not [case for case in certificates(with_certificates()).values() if case.protocol == "https"]


def test_a_page_at_an_address_or_at_another_port_has_no_name_to_show() -> None:
    urls = ["https://192.0.2.1/", "https://[2001:db8::ab]/", "https://www.example.org:8443/", "http://x.example.org/"]
    web = Web(pages=[Page(url, "") for url in urls])
    assert https_hosts(msgspec.structs.replace(pair("today")[1], web=web)) == {}


def test_the_six_domains_are_checked_even_if_site_toml_forgets_one(declared: Declared) -> None:
    assert set(cases(declared, "domain", "production", "")) >= set(declared.manual.domains["production"])


def test_the_subject_is_found_among_the_arguments() -> None:
    assert subject_of(["server", "zone", "check"]) == "zone"
    assert subject_of(["server", "check"]) is None


def test_a_part_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no such part"):
        needs("mailing.lost")


def test_ssh_accepts_pinned_keys_only_and_reads_no_other_configuration(tmp_path: Path) -> None:
    config = ssh_config(load_inventory(ROOT / "hosts.ini"), tmp_path)
    lines = {" ".join(line.split()) for line in config.splitlines()}
    assert {
        "BatchMode yes",
        "StrictHostKeyChecking yes",
        f"UserKnownHostsFile {tmp_path}/known_hosts",
        "GlobalKnownHostsFile /dev/null",
        f"ControlPath {tmp_path}/%n",
        "HostName 133.30.109.21",
    } <= lines


def test_a_standby_that_serves_too_is_not_held_to_be_off() -> None:
    site = pair("today")[1]
    assert all(Declared(site, Manual()).has(f"off.{kind}") for kind in ("web", "mailboxes", "names"))
    services = {name: msgspec.structs.replace(one, standby="on") for name, one in site.services.items()}
    serving = Declared(msgspec.structs.replace(site, services=services), Manual())
    assert not any(serving.has(f"off.{kind}") for kind in ("web", "mailboxes", "names"))


def test_without_members_operators_or_localhost_there_is_mail_all_the_same() -> None:
    inventory, site = pair("today")
    lists = [msgspec.structs.replace(one, subscribers=[]) for one in site.lists]
    mail = msgspec.structs.replace(site.its_mail, lists=lists)
    bare = msgspec.structs.replace(site, mail=mail, site=msgspec.structs.replace(site.site, operators=[]))
    manual = Manual(domains={"production": ["example.org"]})
    mailing = Mailing(inventory, Declared(bare, manual), Credentials("", ""), cast(Any, None))
    assert OVER_IPV6 in mailing.tricks
    assert mailing.local_letter.recipient


def test_whatever_keeps_the_checks_from_beginning_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "umask", lambda _: 0o022)  # the run's own stays as it is
    monkeypatch.setattr(conftest, "learn_site", lambda _: None)
    monkeypatch.setattr(conftest, "load_inventory", lambda: [][0])
    with pytest.raises(pytest.exit.Exception, match="the checks could not begin: IndexError") as told:
        conftest.pytest_configure(cast(Any, None))
    assert told.value.returncode == 1
