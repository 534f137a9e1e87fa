"""Until the exchange is confirmed a host runs under its old name, though /etc/hostname has the new one (5.1)."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import On, find_item
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.subjects.network import address_guard
from irekae.subjects.network.watchdog import memory, verbs
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd


@pytest.mark.parametrize(("state", "name"), [("", "ika"), ("reverted", "ika"), ("confirmed", "tako")])
def test_each_minute_the_name_is_that_of_the_settled_side(
    folder: Path, monkeypatch: pytest.MonkeyPatch, state: str, name: str
) -> None:
    """NetworkManager reads /etc/hostname whenever a connection of it changes."""
    memory.keep("state", state)
    done: list[str] = []
    monkeypatch.setattr(socket, "gethostname", lambda: "another")
    monkeypatch.setattr(socket, "sethostname", done.append)
    monkeypatch.setattr(os, "umask", lambda mask: 0)  # the test's own is everybody's here
    monkeypatch.setattr(sys, "argv", ["watchdog.py", "again"])
    assert verbs.main() == 0
    assert done == [name]


def test_the_way_back_ends_under_the_name_of_before(swap: Swap, ika: FarEnd) -> None:
    running = ["ika"]

    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        match list(argv):
            case ["hostname"]:
                return 0, f"{running[0]}\n"
            case ["hostname", name]:
                running[0] = name
            case ["sh", "-c", _, name]:
                return int(running[0] != name), ""
        return 0, ""

    ika.commands = answer
    host = swap.host(find_item("5.3"), On.PRODUCTION)
    for _ in range(2):
        address_guard._note_name(host)
    changes = [entry for entry in swap.entries["ika"] if entry["event"] == "change"]
    assert (len(changes), running) == (1, ["ika"])
    running[0] = "tako"  # by whoever has read /etc/hostname
    undo_change(swap, host, host.record.ground, changes[0], Found(frozenset()))
    assert running == ["ika"]
