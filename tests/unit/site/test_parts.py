"""A site has what its site.toml has: whatever is left out, the rest loads; items and checks agree on what is left."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import tasks
from irekae.model.errors import Status, SwapError
from irekae.model.items import DECLARED, ITEMS, On, keep_parts, lacking, left_out, named_item
from irekae.proof.dns_records import names_of
from irekae.proof.outage.targets import targets
from irekae.proof.survey.looking import questions as survey
from irekae.report.steps import by_hand, filled, steps, values_of
from irekae.site.databases import Database
from irekae.site.inventory import load_inventory
from irekae.site.mail import Postfix
from irekae.site.manual import Manual, load_manual
from irekae.site.site import Certificate, Pop, Site, load_site, needed
from irekae.site.trees import Tree
from irekae.subjects.preflight.paths import written
from tests.unit.report.by_hand_on import USUALLY
from verify import facts, public, six
from verify.boot import by_itself
from verify.declared import Declared
from verify.selection import lacks, proofs, select
from verify.subjects import cases, subject_of

assert tasks  # declares the items

PROJECT = Path(__file__).parents[3]
MARS = PROJECT / "tests/unit/mars"
TEXT = (PROJECT / "site.toml").read_text(encoding="utf-8")
INVENTORY = load_inventory(PROJECT / "hosts.ini")
OPTIONAL = [
    "service_items", "service_items.pause", "service_items.retire", "service_items.boot_mail", "phase1",
    "service_items.boot_web", "phase1.scheduled", "phase1.jobs", "root_door", "home", "copy", "copy.crontabs",
    "copy.pop_secrets", "files", "leftovers", "mail", "mail.lists", "dns", "dns.zones", "dns.answers", "dns.resolves",
    "web", "web.httpd_conf", "web.pages", "web.hiki", "web.gate", "pop", "fail2ban", "backup", "announce", "boot",
    "acceptance", "survey", "site.administrators",
]  # fmt: skip


def without(names: set[str]) -> Site:
    """The 2011 site without these tables and keys."""
    raw = tomllib.loads(TEXT)
    for name in names:
        *above, key = name.split(".")
        node = raw
        for step in above:
            node = node.get(step, {})
        node.pop(key, None)
    with patch("irekae.site.filling.tomllib.loads", return_value=raw):
        return load_site(INVENTORY, PROJECT / "site.toml")


def checks() -> Iterator[tuple[Any, list[pytest.Mark]]]:
    for path in sorted((PROJECT / "verify").glob("test_*.py")):
        found = importlib.import_module(f"verify.{path.stem}")
        above = getattr(found, "pytestmark", [])
        above = above if isinstance(above, list) else [above]
        for name, function in inspect.getmembers(found, inspect.isfunction):
            if name.startswith("test_") and function.__module__ == found.__name__:
                yield function, [*getattr(function, "pytestmark", []), *(mark.mark for mark in above)]


CHECKS = list(checks())


def proved(site: Site) -> set[str]:
    """Numbers of the items that some check proves, as verify/conftest.py collects them."""
    selection, numbers = select(INVENTORY, None, None, site.has("backup.scripts")), set()
    declared = Declared(site, Manual())
    for function, marks in CHECKS:
        subject = subject_of(list(inspect.signature(function).parameters))
        for _, role, proof in () if lacks(marks, declared.has) else selection.places(proofs(marks)):
            if subject is None or cases(declared, subject, role, proof.state):
                numbers.add(proof.number)
    return numbers


@given(st.sets(st.sampled_from(OPTIONAL)))
def test_whatever_is_left_out_items_and_checks_agree_on_what_is_left(names: set[str]) -> None:
    site = without(names)
    keep_parts(site.has)
    try:
        found = proved(site)
        assert [item.number for item in ITEMS.values() if item.check and item.number not in found] == []
        assert found <= set(ITEMS), "a check proves what is not part of the site"
        assert set(left_out()) == {number for number, item in DECLARED.items() if not all(map(site.has, item.needs))}
    finally:
        keep_parts(lambda need: True)


@given(st.sets(st.sampled_from(OPTIONAL)))
def test_whatever_is_left_out_the_rest_is_asked_for(names: set[str]) -> None:
    site = without(names)
    asked = {target["service"] for target in targets(INVENTORY, site)}
    assert ("smtp" in asked, "pop" in asked) == (site.has("mail"), site.has("pop"))
    assert "dns" in asked or not site.zones
    assert all([list(survey(site)), written(On.STANDBY, site, INVENTORY), names_of(INVENTORY, site)])
    asked_here = facts.questions(site)
    assert ("named.conf" in asked_here["commands"]) is site.has("dns")
    assert None not in [*asked_here["files"], *asked_here["globs"], *asked_here["folders"], *by_itself(site)]
    assert len(public.questions(site, "198.51.100.1")) >= len(site.pages)
    assert six.services(site) or not site.pages


@given(st.sets(st.sampled_from(OPTIONAL)))
def test_the_manual_on_paper_tells_each_item_that_is_left(names: set[str]) -> None:
    site = without(names)
    values = values_of(INVENTORY, site, "20110324", USUALLY)
    for number, item in DECLARED.items():
        if all(map(site.has, item.needs)):
            step = steps()[number]
            told = [line for text in (*by_hand(step, "en"), step.check) for line in filled(text, values)]
            assert told, number
            assert "None" not in "\n".join(told)


def test_every_need_is_a_name_of_site_toml() -> None:
    site = load_site(INVENTORY, PROJECT / "site.toml")
    declared = Declared(site, load_manual(INVENTORY, site, PROJECT / "site.toml"))
    marked = {need for _, marks in CHECKS for mark in marks if mark.name == "part_of" for need in mark.args}
    # What a site of today has besides.
    pop, certificates = Pop("x", ["imaps"], ["submission"]), [Certificate("mail.x", ["imaps"])]
    data = {"trees": [Tree("/srv/data")], "databases": [Database("mariadb", "apache2")]}
    mail = Postfix(domains=["x.example"], maildir="Maildir")
    of_mail = replace(site, mail=mail)
    today = replace(site, pop=pop, certificates=certificates, dns=replace(needed(site.dns), ttl_during=60), **data)
    for need in marked | {need for item in DECLARED.values() for need in item.needs}:
        assert declared.has(need) or today.has(need) or of_mail.has(need), need
    assert lacking(site.has) == ["databases", "dns.ttl_during", "mail.tables", "trees"]


def test_an_item_that_is_not_part_of_the_site_is_told_so() -> None:
    site = load_site(load_inventory(MARS / "hosts.ini"), MARS / "site.toml")
    keep_parts(site.has)
    with pytest.raises(SwapError, match=r"3\.3 is not part of this site") as raised:
        named_item("3.3")
    assert raised.value.status is Status.WRONG_USE
    assert "copy.pop_secrets" in raised.value.detail
    assert named_item("3.1") is DECLARED["3.1"]


def test_what_a_site_has() -> None:
    site = load_site(load_inventory(MARS / "hosts.ini"), MARS / "site.toml")
    assert (site.has("mail"), site.has("mail.lists"), site.has("home"), site.has("mail|home")) == (False,) * 2 + (
        True,
    ) * 2
    assert not site.has("phase1.scheduled"), "what is empty is not there"
    assert (site.has("services.ssh"), site.has("services.bind")) == (True, False)
    with pytest.raises(AttributeError):
        site.has("mial")
    with pytest.raises(LookupError):
        needed(site.mail)
    assert "mail" in lacking(site.has)
