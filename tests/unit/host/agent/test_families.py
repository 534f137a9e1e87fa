"""A daemon's processes: itself and its descendants, whom they talk to."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from irekae.host.agent import families
from tests.driver import Lab


def test_a_family_is_the_daemon_its_children_and_their_peers(tree: Path) -> None:
    daemon = tree / "some-daemon"
    daemon.write_text("#!/bin/sh\necho up\nread line\n")
    daemon.chmod(0o755)
    pipe = subprocess.PIPE
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as peer,
        subprocess.Popen([daemon], stdin=pipe, stdout=pipe, pass_fds=[peer.fileno()]) as head,
    ):
        assert head.stdout is not None
        assert head.stdout.readline() == b"up\n"
        [found] = families.op_family("some-daemon")
        port = server.getsockname()[1]
        assert (found["pid"], found["parent"], found["peers"]) == (head.pid, os.getpid(), [f"127.0.0.1:{port}"])
        head.communicate(b"\n")
    assert families.op_family("some-daemon") == []


def test_an_address_is_read_in_the_machine_s_own_order() -> None:
    assert families.peer("0100007F:0019", socket.AF_INET) == "127.0.0.1:25"
    assert families.peer("00000000000000000000000001000000:0016", socket.AF_INET6) == "::1:22"


def test_turns_of_a_process_stay_while_it_waits_and_grow_when_it_does_something() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cat:
        assert cat.stdin
        assert cat.stdout
        cat.stdin.write(b"x")
        cat.stdin.flush()
        assert cat.stdout.read(1) == b"x"
        Lab.until("it waits", lambda: families.turns_of(cat.pid)[1])
        turns, _ = families.turns_of(cat.pid)
        assert families.turns_of(cat.pid) == (turns, True)
        cat.stdin.write(b"x")
        cat.stdin.flush()
        assert cat.stdout.read(1) == b"x"
        assert families.turns_of(cat.pid)[0] > turns
        cat.stdin.close()
    assert families.turns_of(cat.pid) == (0, False)
