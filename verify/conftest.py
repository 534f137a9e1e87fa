"""The suite's wiring: which checks are made of which host, what they are given, and what becomes of their outcome."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from irekae.model.errors import Status, SwapError
from irekae.model.language import in_language, learn_site
from irekae.model.legible import legible
from irekae.site.inventory import load_inventory
from irekae.site.manual import manual_path
from irekae.site.site import Site
from irekae.site.spoken import site_lang
from verify.causes import Told, with_causes
from verify.credentials import load_credentials
from verify.declared import Declared, load_declared
from verify.failure import Failure
from verify.kinds import names_of
from verify.needs import begin
from verify.progress import Progress
from verify.record import Record, titles, write_checks
from verify.selection import Proof, Role, Selection, lacks, proofs, select
from verify.subjects import cases, subject_of
from verify.world import Server, World

SELECTION = pytest.StashKey[Selection]()
DECLARED = pytest.StashKey[Declared]()
CHECKS = pytest.StashKey[dict[str, Told]]()
WORLD = pytest.StashKey[World]()
LEFT = pytest.StashKey[list[str]]()
RECORD = pytest.StashKey[Record]()
TOLD = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Read hosts.ini, site.toml and the options; what is wrong with them is said in one message."""
    os.umask(0o077)  # pytest writes JUnit's file itself
    learn_site(cache(site_lang))
    try:
        inventory = load_inventory()
        config.stash[DECLARED] = load_declared(inventory)
        config.stash[SELECTION] = select(
            inventory, config.getoption("hosts"), config.getoption("item"), config.stash[DECLARED].has("backup.scripts")
        )
        if not config.option.collectonly:
            credentials = load_credentials(inventory.folder)
            config.stash[WORLD] = World(inventory, config.stash[DECLARED], credentials, partial(_tell, config))
    except SwapError as error:
        pytest.exit(in_language(legible(str(error))), returncode=int(error.status))
    except Exception as error:
        told = f"the checks could not begin: {type(error).__name__}: {error}"
        pytest.exit(in_language(legible(told)), returncode=int(Status.FAILED))
    if config.getoption("progress"):
        config.pluginmanager.register(Progress(partial(_tell, config)))
    config.stash[CHECKS] = {}
    config.stash[LEFT] = []
    config.stash[TOLD] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First whether the hosts can be asked at all: what cannot is told there, and once."""
    items.sort(key=lambda one: one.path.name != "test_access.py")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close what a run that never came to its end has opened."""
    if (world := config.stash.get(WORLD, None)) is not None:
        world.end()


def _tell(config: pytest.Config, line: str) -> None:
    """Show a line at once, whoever listens."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    reporter.ensure_newline()
    reporter.write_line(in_language(line), flush=True)


def pytest_report_header(config: pytest.Config) -> str:
    """Say who is checked."""
    hosts = config.stash[SELECTION].hosts
    lacking = config.stash[SELECTION].lacking
    named = [f"{host.name} ({host.address}, {role})" for host, role in hosts if role not in lacking]
    said = ", ".join([*named, *(f"no {role} host" for role in lacking)])
    if not manual_path().exists():
        return in_language(f"acceptance of: {said}; by site.toml alone: there is no manual.toml beside it")
    return in_language(f"acceptance of: {said}")


# --- which checks -----------------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(collector: pytest.Module | pytest.Class, name: str, obj: object) -> Any:
    """Collect only what is asked for: a check of another role is not a skipped check, it is none."""
    found = yield
    marked = proofs(getattr(obj, "pytestmark", []))
    if name.startswith("test_") and callable(obj) and not collector.config.stash[SELECTION].places(marked):
        return []
    if isinstance(found, list):
        # No case of it, as a service that has to be off on production: pytest's own stand-in is no check either.
        return [one for one in found if not isinstance(one, pytest.Item) or _place(one) is not None]
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One case for every host, and for every subject (service, page, zone …) that the check has.

    None where the site lacks what the check is about: that is no check, other than one that could not be made.
    """
    config = metafunc.config
    subject = subject_of(metafunc.fixturenames)
    values: list[tuple[Any, ...]] = []
    ids = []
    declared, marks = config.stash[DECLARED], list(metafunc.definition.iter_markers())
    for place in () if lacks(marks, declared.has) else config.stash[SELECTION].places(proofs(marks)):
        host, role, proof = place
        if subject is None:
            values.append((place,))
            ids.append(host.name)
            continue
        for name, value in cases(declared, subject, role, proof.state).items():
            values.append((place, value))
            ids.append(f"{host.name}-{name}")
    names = ["place"] if subject is None else ["place", subject]
    metafunc.parametrize(names, values, ids=ids)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Wait for our turn, and start early what takes long."""
    config = session.config
    if config.option.collectonly or WORLD not in config.stash:
        return
    world, wanted = config.stash[WORLD], []
    for check in session.items:
        place = _place(check)
        if place is None or place[1] in config.stash[SELECTION].lacking:
            continue
        parts = [part for mark in check.iter_markers("needs") for part in mark.args]
        wanted += [(world.server(place[0]), part) for part in parts]
    if session.items:
        world.turn.take()
    begin(world, wanted)


# --- what a check is given --------------------------------------------------------------------------------------------


def _place(check: pytest.Item) -> tuple[Any, Role, Proof] | None:
    callspec = getattr(check, "callspec", None)
    place = callspec.params.get("place") if callspec else None
    return place if isinstance(place, tuple) else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Open the check's record."""
    place = _place(item)
    if place is None:
        raise pytest.UsageError(f"{item.nodeid} has no item marker, or no `check` and `place`")
    host, _, proof = place
    subject = item.callspec.id.removeprefix(host.name).removeprefix("-")  # type: ignore[attr-defined]
    english, japanese = titles(item.obj.__doc__, subject)  # type: ignore[attr-defined]
    item.stash[RECORD] = Record(proof.number, host.name, english, japanese)
    if place[1] in item.config.stash[SELECTION].lacking:
        pytest.skip(f"hosts.ini names no [{place[1]}] host")


@pytest.fixture
def check(request: pytest.FixtureRequest, place: tuple[Any, Role, Proof]) -> Record:
    """Where the check writes down what it expects, finds and saw."""
    return request.node.stash[RECORD]  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """All hosts; at the end, what the checks left behind is removed."""
    world = request.config.stash[WORLD]
    yield world
    request.config.stash[LEFT] += world.close()


@pytest.fixture
def server(world: World, place: tuple[Any, Role, Proof]) -> Server:
    """The host that the check is made of."""
    return world.server(place[0])


@pytest.fixture
def role(place: tuple[Any, Role, Proof]) -> Role:
    """The role of its name."""
    return place[1]


@pytest.fixture
def site(world: World) -> Site:
    """The declared facts."""
    return world.site


# --- what becomes of it -----------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Keep the outcome as data; show a failure as what it is, not as a traceback."""
    report: pytest.TestReport = yield
    record = item.stash.get(RECORD, None)
    if record is None or (call.when != "call" and call.excinfo is None):
        return report
    outcome, finding = record.judged(call.excinfo, item.config.stash[TOLD])
    secrets = item.config.stash[WORLD].credentials.values()
    check = record.finished(item.nodeid, outcome, finding, secrets)
    kinds = [kind for mark in item.iter_markers("stands_on") for kind in mark.args]
    services = tuple(name for kind in kinds for name in names_of(item.config.stash[WORLD].site, kind))
    item.config.stash[CHECKS][item.nodeid] = Told(check, record.unasked, record.down, record.proves, services)
    if outcome in ("failed", "error"):
        report.outcome = "failed"
        # pytest asks of it what Failure has, no more.
        report.longrepr = Failure(check, str(item.path), item.location[1] or 0)  # type: ignore[assignment]
    elif outcome == "not checked" and report.outcome == "failed":
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, f"Skipped: {in_language(check.found)}")
    elif isinstance(report.longrepr, tuple):
        path, line, why = report.longrepr
        report.longrepr = (path, line, in_language(why))
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the results."""
    checks = session.config.stash.get(CHECKS, {})
    if checks:
        write_checks(Path(session.config.getoption("json")), with_causes(checks.values()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say where the results are, and what could not be cleaned up."""
    if checks := config.stash.get(CHECKS, {}):
        path = os.path.relpath(config.getoption("json"))
        terminalreporter.write_line(f"{len(checks)} checks, written to {path}")
    for line in config.stash.get(LEFT, []):
        terminalreporter.write_line(f"left behind: {legible(line)}", red=True)
