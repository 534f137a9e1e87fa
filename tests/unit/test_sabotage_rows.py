"""The rows of each site: whether there are enough, and whether every check that the site has is made to fail."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import pytest

from irekae.site.inventory import load_inventory
from irekae.site.manual import load_manual
from irekae.site.site import load_site
from lab.profile import names
from tests.sabotage.pairs import Pair, load
from tests.sabotage.row import SURVEY, function, named
from verify.declared import Declared
from verify.selection import PAIR as ROLES
from verify.selection import Role, lacks, proofs
from verify.subjects import cases, subject_of

VERIFY = Path(__file__).resolve().parents[2] / "verify"
PAIRS = VERIFY.parent / "tests/sabotage/pairs"
SITES = [site for site in names() if (PAIRS / f"of_{site}.py").exists()]
EACH = pytest.mark.parametrize("pair", [load(site) for site in SITES], ids=SITES)


def declared(pair: Pair, folder: Path) -> Declared:
    """What a site says, as the seat of its lab reads it."""
    hosts = folder / "hosts.ini"
    hosts.write_text("".join(f"[{machine.group}]\n{machine.line}\n" for machine in pair.site.machines))
    inventory = load_inventory(hosts)
    site = load_site(inventory, pair.site_toml)
    return Declared(site, load_manual(inventory, site, pair.site_toml))


def checks(pair: Pair, folder: Path) -> dict[str, str]:
    """Every check that a run on the pair and its backup host makes, by its id: the item that it proves."""
    said = declared(pair, folder)
    found: dict[str, str] = {}
    hosts: list[tuple[str, Role]] = [*zip(pair.servers, ROLES, strict=True), (pair.backup, "backup")]
    for path in VERIFY.glob("test_*.py"):
        module = import_module(f"verify.{path.stem}")
        own = getattr(module, "pytestmark", [])
        shared = [one.mark for one in (own if isinstance(own, list) else [own])]
        for name, check in vars(module).items():
            marks = [*shared, *getattr(check, "pytestmark", [])]
            if not name.startswith("test_") or lacks(marks, said.has):
                continue
            subject = subject_of(list(inspect.signature(check).parameters))
            for host, role in hosts:
                for proof in (one for one in proofs(marks) if role in one.roles):
                    about = cases(said, subject, role, proof.state) if subject else {"": None}
                    found |= {f"{name}[{'-'.join(filter(None, (host, case)))}]": proof.number for case in about}
    return found


def rows_of(pair: Pair, item: str, ids: dict[str, str]) -> list[str]:
    """The rows that make a check of the item fail."""
    own = [check for check, number in ids.items() if number == item]
    return [row.name for row in pair.rows if any(named(row.must, check) for check in own)]


@EACH
def test_every_check_has_a_row_that_makes_it_fail(pair: Pair, tmp_path: Path) -> None:
    ids = checks(pair, tmp_path)
    caught = {function(check) for check in ids for row in pair.rows if named(row.must, check)}
    assert {function(check) for check in ids} == caught
    items = {item for item in ids.values() if item.partition(".")[0] in ("9", "10")}
    assert not [item for item in items if len(rows_of(pair, item, ids)) < 2]


@EACH
def test_every_row_names_checks_that_there_are(pair: Pair, tmp_path: Path) -> None:
    known = {function(check) for check in checks(pair, tmp_path)}
    for row in pair.rows:
        for pattern in (*row.must, *row.may) if row.looked_at != SURVEY else ():
            start = pattern.partition("[")[0].partition("*")[0]
            assert any(name.startswith(start) for name in known), (row.name, pattern)


@EACH
def test_rows_have_names_of_their_own_and_there_are_enough(pair: Pair) -> None:
    own = [row.name for row in pair.rows]
    assert len(own) == len(set(own))
    assert sum(not row.harmless for row in pair.rows) >= 60
    assert set(pair.selection) <= set(own)
    hosts = {*pair.servers, *pair.others, "seat"}
    assert {row.host for row in pair.rows} <= hosts


@EACH
def test_remedies_are_followed_of_rows_that_there_are(pair: Pair) -> None:
    known = {row.name: row for row in pair.rows}
    assert set(pair.mends) <= set(known)
    assert not [one for one in pair.mends if known[one].harmless or known[one].host == "seat" or not pair.mends[one]]


def test_remedies_are_followed_of_many_rows() -> None:
    assert len(load("2011").mends) >= 50


@EACH
def test_there_are_harmless_variations(pair: Pair) -> None:
    assert sum(row.harmless for row in pair.rows) >= 5


def test_there_are_many_of_the_pair_of_2011() -> None:
    assert sum(row.harmless for row in load("2011").rows) >= 50
