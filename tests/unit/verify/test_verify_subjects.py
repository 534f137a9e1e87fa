from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from irekae.site.inventory import load_inventory
from irekae.site.manual import load_manual
from irekae.site.site import Certificate, Pop, Tree, load_site
from verify.declared import Declared
from verify.needs import needs
from verify.ssh_config import ssh_config
from verify.subjects import SUBJECTS, cases, services, subject_of

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
