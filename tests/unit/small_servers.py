"""Servers on this computer that answer as a test wants it, and how the prober is told of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

HERE = "127.0.0.1"


@contextmanager
def server(answer: Callable[[socket.socket], None], port: int = 0) -> Iterator[int]:
    """Answers every TCP connection; its port."""
    listening = socket.create_server((HERE, port))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line:
                answer(line)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def saying(text: bytes) -> Callable[[socket.socket], None]:
    return lambda line: line.sendall(text)


def page(text: bytes) -> Callable[[socket.socket], None]:
    def answer(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(text)

    return answer


def banner(port: int, greeting: str = "220", bye: str = "") -> dict[str, Any]:
    return {
        "service": "smtp",
        "kind": "smtp",
        "address": HERE,
        "port": port,
        "gap": 0.05,
        "greeting": greeting,
        "bye": bye,
    }


def web(port: int) -> dict[str, Any]:
    return {
        "service": "http", "kind": "http", "address": HERE, "port": port, "gap": 0.05,
        "host": "itpass.example.org", "path": "/", "contains": "ITPASS",
    }  # fmt: skip


def free_port() -> int:
    with socket.create_server((HERE, 0)) as taken:
        return int(taken.getsockname()[1])
