"""Every program that an item runs is asked for in phase 0 (0.2)."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.subjects.preflight import programs
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

PROJECT = Path(__file__).resolve().parents[4]
ASKED = {
    program.name.rpartition("/")[2]
    for program in (
        *programs.PROGRAMS,
        *programs.SYSVINIT,
        *programs.SYSTEMD,
        *(program for kind in programs.NETWORK.values() for program in kind),
        programs.DOVECONF,
    )
}
VERBS = ("query", "look", "run", "check", "try_ways")
# Where lists of words are commands.
COMMANDS = (
    "irekae/host/services",
    "irekae/subjects/network",
    "irekae/subjects/trees/copying.py",
    "irekae/subjects/reboot.py",
)
# Not programs of the host's own choice: what a caller gives, the seat's own, and ours.
OTHERS = {"networking"}
# Of the mail systems, each of which asks for its own.
MAIL = {"postconf", "postqueue", "postfix", "postmap", "exim4", "update-exim4.conf"}


def sources() -> list[Path]:
    found = [
        path
        for top in ("host", "subjects", "swap", "procedure", "proof")
        for path in (PROJECT / "irekae" / top).rglob("*.py")
    ]
    return [*found, *(PROJECT / "tasks").glob("*.py")]


def word(node: ast.AST | None) -> str:
    """The program that a literal names, "" if it names none."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return text.rpartition("/")[2] if re.fullmatch(r"/?[a-z][a-z0-9/.-]*", text) else ""


def called(path: Path) -> Iterator[str]:
    """Programs that a module names as the first word of an argument list."""
    lists = any(str(path.relative_to(PROJECT)).startswith(top) for top in COMMANDS)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in VERBS:
            arguments = node.args
            yield word(arguments[0] if arguments else None)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "asked":
            yield word(node.args[1])
        elif lists and isinstance(node, ast.List) and len(node.elts) > 1:
            yield word(node.elts[0])


def test_every_program_that_is_run_is_asked_for() -> None:
    found = {(name, str(path.relative_to(PROJECT))) for path in sources() for name in called(path) if name}
    assert len({name for name, _ in found}) > 10
    assert sorted((name, path) for name, path in found if name not in ASKED | OTHERS | MAIL) == []


@pytest.mark.parametrize(("systemd", "other"), [(True, "service"), (False, "systemctl")])
def test_an_init_needs_its_own_programs_alone(swap: Swap, systemd: bool, other: str) -> None:
    assert other not in {program.name for program in programs.needed(swap.site, systemd)}


def lacks(far: FarEnd, interface: str, *missing: str) -> None:
    """The host's address is on that interface, and these programs are not found."""
    link = [{"ifname": interface, "addr_info": [{"local": far.entry.address, "prefixlen": 24}]}]

    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[0] == "ip":
            return 0, json.dumps(link)
        return 0, "".join(f"{name}\n" for name in missing if name in argv) if argv[0] == "sh" else ""

    far.commands = answer


def test_what_root_does_not_find_is_told_with_its_package(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    lacks(ika, "eth0", "rsync", "/usr/sbin/sshd", "ifup")
    lacks(tako, "eth0")
    found = list(programs.missing(swap.for_pair(find_item("0.2"))))
    assert [(one.where, one.what, one.remedy) for one in found] == [
        ("ika", "rsync is missing (item 3.1)", "`apt-get install rsync`"),
        ("ika", "/usr/sbin/sshd is missing (item 2.1, 4.2)", "`apt-get install openssh-server`"),
        ("ika", "ifup is missing (item 5.3, 6.1)", "`apt-get install ifupdown`"),
    ]


def test_of_an_interface_that_does_not_bear_the_address_no_network_manager_is_missing(
    swap: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    for far in (ika, tako):
        lacks(far, "ens3", "ifup", "ifquery")
    assert list(programs.missing(swap.for_pair(find_item("0.2")))) == []


def test_a_host_without_ip_is_told_so(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    for far in (ika, tako):
        far.commands = lambda argv, stdin: (0, "ip\n") if argv[0] == "sh" else (127, "")
    found = [one.what for one in programs.missing(swap.for_pair(find_item("0.2")))]
    assert found == ["ip is missing (item 6.1)"] * 2
