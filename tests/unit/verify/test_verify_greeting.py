"""Why another computer got nothing of a service that greets."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import pytest

from tests.unit.pairs import pair
from verify.finding import Unreachable
from verify.greeting import of_smtp, silence
from verify.world import Server


class Facts:
    """What a host says of itself; nothing where it is not asked."""

    def __init__(self, systemd: bool | None) -> None:
        self.said = systemd

    @property
    def systemd(self) -> bool:
        if self.said is None:
            raise Unreachable("ika", "timed out")
        return self.said


def server(name: str, systemd: bool | None = None) -> Server:
    """Production of a pair, at the loopback's address."""
    inventory, site = pair(name)
    entry = dataclasses.replace(inventory.production, address="127.0.0.1")
    seen = SimpleNamespace(name=entry.name, entry=entry, world=SimpleNamespace(site=site), facts=Facts(systemd))
    return cast(Server, seen)


@pytest.fixture
def greeting() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"220 ready\r\n")

        threading.Thread(target=greet, daemon=True).start()
        yield server.getsockname()[1]


def test_who_greets_the_seat_alone_shuts_out_the_others(greeting: int) -> None:
    cause, remedy = silence(server("2011"), greeting, "smtp")
    assert "shuts out everybody else" in cause
    assert f"tcp/{greeting}" in remedy


@pytest.mark.parametrize(
    ("name", "systemd", "start"),
    [
        ("2011", False, "service openbsd-inetd start"),
        ("today", True, "systemctl start dovecot"),
        ("mars", True, "systemctl start dovecot"),
        ("today", None, "service dovecot start"),
    ],
)
def test_who_greets_nobody_does_not_run_or_is_shut(name: str, systemd: bool | None, start: str) -> None:
    asked = server(name, systemd)
    cause, remedy = silence(asked, 1, "mailboxes")
    assert f"of {asked.name} doesn't run" in cause
    assert f"on {asked.name}: {start}; " in remedy


def test_a_message_that_was_begun_and_not_answered_is_too_long_for_the_way() -> None:
    lost = {"codes": {"banner": 220, "rcpt": 250, "data": 354}}
    assert "longer than one packet" in of_smtp(lost, server("2011"), ("no", "do"))[0]
    assert of_smtp({"codes": {"banner": 220, "rcpt": 553}}, server("2011"), ("no", "do")) == ("no", "do")
