"""Why another computer got nothing of a service that greets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from verify.greeting import of_smtp, silence


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
    cause, remedy = silence("127.0.0.1", "ika", greeting, "tcpserver")
    assert "shuts out everybody else" in cause
    assert f"tcp/{greeting}" in remedy


def test_who_greets_nobody_does_not_run_or_is_shut() -> None:
    cause, remedy = silence("127.0.0.1", "ika", 1, "openbsd-inetd")
    assert "openbsd-inetd of ika doesn't run" in cause
    assert "/etc/init.d/openbsd-inetd start" in remedy


def test_a_message_that_was_begun_and_not_answered_is_too_long_for_the_way() -> None:
    lost = {"codes": {"banner": 220, "rcpt": 250, "data": 354}}
    assert "longer than one packet" in of_smtp(lost, "127.0.0.1", "ika", ("no", "do"))[0]
    assert of_smtp({"codes": {"banner": 220, "rcpt": 553}}, "127.0.0.1", "ika", ("no", "do")) == ("no", "do")
