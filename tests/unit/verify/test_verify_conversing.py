"""A conversation under way is no daemon, whoever's child it has become."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from verify.far.conversing import converses

WAIT = "import sys; print(flush=True); sys.stdin.read()"


@contextmanager
def holding(*held: socket.socket) -> Iterator[int]:
    """A process that has these sockets and does nothing."""
    numbers = [one.fileno() for one in held]
    words, pipe = [sys.executable, "-c", WAIT], subprocess.PIPE
    with subprocess.Popen(words, pass_fds=numbers, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.communicate()


def test_a_session_of_a_port_is_a_conversation_and_its_daemon_and_its_client_are_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        with accepted, holding(accepted) as session, holding(server, accepted) as daemon, holding(client) as caller:
            assert [converses(pid) for pid in (session, daemon, caller)] == [True, False, False]


def test_a_session_over_ipv6_is_one() -> None:
    with (
        socket.create_server(("::1", 0), family=socket.AF_INET6) as server,
        socket.create_connection(server.getsockname()[:2]),
        server.accept()[0] as accepted,
        holding(accepted) as session,
    ):
        assert converses(session)


def test_who_has_no_connection_has_no_conversation() -> None:
    with holding() as pid:
        assert not converses(pid)
    assert not converses(pid)
