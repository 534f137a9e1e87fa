"""`fab init` refuses two that are not who the command line takes them for, with the command line that is right."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from irekae.model import errors
from irekae.model.errors import SwapError
from irekae.site.inventory import HostEntry, Inventory, inventory_of
from irekae.subjects.first_site.who import want_as_named
from tests.unit.subjects.first_site.test_first_site import Host

SERVES = """tcp LISTEN 0 5 *:80 *:* users:(("apache2",pid=1,fd=4))
tcp LISTEN 0 5 *:143 *:* users:(("dovecot",pid=2,fd=4))
tcp LISTEN 0 5 *:25 *:* users:(("master",pid=3,fd=4))
"""
RESTS = 'tcp LISTEN 0 5 *:25 *:* users:(("master",pid=3,fd=4))\n'
MARS, VENUS = "192.0.2.10", "192.0.2.11"
MACHINES = {MARS: ("mars", SERVES), VENUS: ("venus", RESTS)}


class Called(Host):
    """A host that calls itself something, and listens; known: a further name of its own."""

    def __init__(self, entry: HostEntry, machines: Mapping[str, tuple[str, str]], known: str) -> None:
        name, sockets = machines[entry.address]
        super().__init__({"ss": sockets, f"getent ahostsv4 {known}": f"{entry.address} STREAM {known}\n"})
        self.link = type("Link", (), {"entry": entry, "facts": {"hostname": name}})()

    def folders(self, folder: str) -> list[str]:
        return [f"{folder}/alice"]


def tried(
    folder: Path, production: str, standby: str, machines: Mapping[str, tuple[str, str]] = MACHINES, known: str = "-"
) -> tuple[str, str]:
    """What is refused, and what to do instead; empty where it is taken."""
    lines = []
    for role, text in (("production", production), ("standby", standby)):
        name, _, where = text.partition("=")
        address, colon, port = where.partition(":")
        lines += [
            f"[{role}]",
            f"{name} ansible_host={address} fqdn={name}.invalid" + (f" ansible_port={port}" * bool(colon)),
        ]
    inventory: Inventory = inventory_of(folder / "hosts.ini", "\n".join(lines))
    eyes = [Called(entry, machines, known) for entry in inventory.pair]
    errors.carrying_out(["init", "--out", "x y", "--production", production, f"--standby={standby}", "--user", "mori"])
    try:
        want_as_named(inventory, eyes[0], eyes[1])
    except SwapError as error:
        return error.what, error.hint
    return "", ""


@pytest.fixture(autouse=True)
def _as_before() -> Any:
    yield
    errors.carrying_out(["resume"])


def line(production: str, standby: str) -> str:
    words = ["fab", "init", "--out", "x y", "--production", production, f"--standby={standby}", "--user", "mori"]
    return f"`{shlex.join(words)}`"


RIGHT = line(f"mars={MARS}", f"venus={VENUS}")


def test_the_right_way_round_is_taken(tmp_path: Path) -> None:
    assert tried(tmp_path, f"mars={MARS}", f"venus={VENUS}") == ("", "")


@pytest.mark.parametrize(
    ("production", "standby", "said"),
    [
        (f"venus={VENUS}", f"mars={MARS}", "mars looks like production, and venus like the standby"),
        (f"merkur={MARS}", f"venus={VENUS}", "192.0.2.10 calls itself mars, not merkur"),
        (
            f"mars={VENUS}",
            f"venus={MARS}",
            "192.0.2.11 calls itself venus, not mars; 192.0.2.10 calls itself mars, not venus",
        ),
        (
            f"venus={MARS}",
            f"mars={VENUS}",
            "192.0.2.10 calls itself mars, not venus; 192.0.2.11 calls itself venus, not mars",
        ),
        (f"venus={VENUS}", f"merkur={MARS}", "192.0.2.10 calls itself mars, not merkur"),
    ],
)
def test_what_is_refused_comes_with_the_command_line_that_is_right(
    tmp_path: Path, production: str, standby: str, said: str
) -> None:
    what, hint = tried(tmp_path, production, standby)
    assert (what, hint.partition(";")[0]) == (said, RIGHT)


def test_where_neither_serves_an_interchanged_name_is_what_was_meant(tmp_path: Path) -> None:
    machines = {MARS: ("mars", RESTS), VENUS: ("venus", RESTS)}
    assert tried(tmp_path, f"mars={VENUS}", f"venus={MARS}", machines)[1] == RIGHT


def test_a_port_of_its_own_stays(tmp_path: Path) -> None:
    assert tried(tmp_path, f"merkur={MARS}:2222", f"venus={VENUS}")[1] == line(f"mars={MARS}:2222", f"venus={VENUS}")


def test_a_further_name_of_the_host_is_one_of_its_names(tmp_path: Path) -> None:
    assert tried(tmp_path, f"merkur={MARS}", f"venus={VENUS}", known="merkur") == ("", "")


@pytest.mark.parametrize("name", ["localhost", "$(reboot)", "venus", ""])
def test_a_name_that_is_none_stands_in_no_command_line(tmp_path: Path, name: str) -> None:
    machines = {MARS: (name, SERVES), VENUS: ("venus", RESTS)}
    what, hint = tried(tmp_path, f"mars={MARS}", f"venus={VENUS}", machines)
    assert what == f"192.0.2.10 calls itself {name}, not mars"
    assert hint.startswith("give each host its name first")


def test_a_hosts_ini_that_is_there_is_a_persons_word(tmp_path: Path) -> None:
    _, hint = tried(tmp_path, f"venus={VENUS}", f"mars={MARS}")
    assert hint.endswith(f"if it is meant so: write {tmp_path}/hosts.ini by hand, and call again")
    (tmp_path / "hosts.ini").touch()
    assert tried(tmp_path, f"venus={VENUS}", f"mars={MARS}") == ("", "")
