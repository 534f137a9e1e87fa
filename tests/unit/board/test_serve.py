"""The board as a process: where it listens, and how it ends."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from irekae.board import serve
from irekae.model.errors import Status, SwapError

PROJECT = Path(__file__).resolve().parents[3]
# What `fab board` does, with a state instead of hosts.
PROGRAM = """
import sys
from irekae.board import serve
from tests.unit.board.example import example
def tell(address): print(address, flush=True)
ended = serve.serve(example, lambda: 0.05, lambda: print("closed", flush=True), serve.opened("127.0.0.1", 0), tell)
print("ended", ended, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_while_somebody_looks(number: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        url = urlsplit(process.stdout.readline().strip())
        connection = http.client.HTTPConnection(url.netloc, timeout=60)
        connection.request("GET", f"{url.path}events")
        answer = connection.getresponse()
        assert answer.readline() == b"event: parts\n"
        os.kill(process.pid, number)
        rest, _ = process.communicate(timeout=60)
        assert rest.split("\n") == ["closed", "ended True", ""]
        assert process.returncode == 0
        connection.close()
    finally:
        process.kill()
        process.wait()


def test_it_is_seen_here_alone_unless_it_is_told_otherwise() -> None:
    with serve.opened("127.0.0.1", 0) as found:
        address, port = found.getsockname()
        assert address == "127.0.0.1"
        assert serve.address_of(found, "TOKEN") == f"http://127.0.0.1:{port}/TOKEN/"


def test_at_all_addresses_it_is_called_by_this_computer_s_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: "seat1.example.org")
    with serve.opened("0.0.0.0", 0) as found:
        assert serve.address_of(found, "TOKEN") == f"http://seat1.example.org:{found.getsockname()[1]}/TOKEN/"


def test_an_ipv6_address_stands_in_brackets() -> None:
    with serve.opened("::1", 0) as found:
        assert serve.address_of(found, "TOKEN") == f"http://[::1]:{found.getsockname()[1]}/TOKEN/"


@pytest.mark.parametrize(("address", "port"), [("127.0.0.1", 65536), ("127.0.0.1", -1), ("no such name.", 0)])
def test_where_it_cannot_listen_is_wrong_use(address: str, port: int) -> None:
    with pytest.raises(SwapError) as failure:
        serve.opened(address, port)
    assert failure.value.status is Status.WRONG_USE


def test_a_port_that_is_taken_is_told_with_the_way_out() -> None:
    with serve.opened("127.0.0.1", 0) as taken:
        with pytest.raises(SwapError) as failure:
            serve.opened("127.0.0.1", taken.getsockname()[1])
        assert "fab board --port 0" in failure.value.hint
