"""A daemon's processes: itself and its descendants, whom they talk to."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from irekae.host.agent import families


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
