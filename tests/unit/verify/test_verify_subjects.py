from __future__ import annotations

from pathlib import Path

import pytest

from irekae.site.inventory import load_inventory
from irekae.site.site import load_site
from irekae.site.tables import Site
from verify import manual_facts
from verify.needs import needs
from verify.ssh_config import ssh_config
from verify.subjects import SUBJECTS, cases, services, subject_of

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(load_inventory(ROOT / "hosts.ini"), ROOT / "site.toml")


def test_the_manual_s_word_goes_before_site_toml_s(site: Site, tmp_path: Path) -> None:
    text = (
        (ROOT / "site.toml").read_text().replace('init = "bind"\nprocess = "named"', 'init = "bind"\nprocess = "named"')
    )
    wrong = text.replace('standby = "off"                                  # D1', 'standby = "on" # D1')
    path = tmp_path / "site.toml"
    path.write_text(wrong)
    misled = load_site(load_inventory(ROOT / "hosts.ini"), path)
    assert misled.services["bind"].standby == "on"
    assert "bind" in services(misled, "standby", "off")
    assert "bind" not in services(misled, "standby", "on")


def test_every_service_of_the_manual_is_checked(site: Site) -> None:
    assert set(services(site, "production", "on")) >= manual_facts.RUNNING["production"]
    assert set(services(site, "standby", "on")) >= manual_facts.RUNNING["standby"]
    assert set(services(site, "standby", "off")) == manual_facts.NOT_RUNNING["standby"]
    assert services(site, "production", "off") == {}


def test_every_question_is_asked_over_udp_and_tcp(site: Site) -> None:
    assert len(cases(site, "zone", "production", "")) == 2 * len(site.zones)
    assert len(cases(site, "record", "production", "")) == 2 * len(site.answers)


@pytest.mark.parametrize("subject", sorted(SUBJECTS - {"service"}))
def test_every_subject_has_cases(site: Site, subject: str) -> None:
    assert cases(site, subject, "production", "")


def test_the_six_domains_are_checked_even_if_site_toml_forgets_one(site: Site) -> None:
    assert set(cases(site, "domain", "production", "")) >= manual_facts.LOCAL_DOMAINS


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
