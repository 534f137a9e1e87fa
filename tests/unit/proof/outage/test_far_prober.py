"""How the prober's far end asks one service, against small servers on this computer."""

from __future__ import annotations

import ast
import socket
import struct
import threading
from pathlib import Path

import pytest

from irekae.proof.outage.far_prober import Gone, Log, Watch, has_way, is_wary, look, question, read_answer
from irekae.proof.outage.outages import read_log
from tests.unit.small_servers import banner, free_port, page, saying, server, web

PROJECT = Path(__file__).resolve().parents[4]
AGENT = PROJECT / "irekae" / "proof" / "outage" / "far_prober.py"


def test_the_far_end_is_python_3_7() -> None:
    ast.parse(AGENT.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_a_greeting_is_an_answer() -> None:
    with server(saying(b"220 ika ESMTP\r\n")) as port:
        look(banner(port))


def test_another_greeting_is_none() -> None:
    with server(saying(b"554 go away\r\n")) as port, pytest.raises(Gone, match=r"greets with.*554"):
        look(banner(port))


def test_a_port_that_accepts_and_closes_is_no_answer() -> None:
    with server(saying(b"")) as port, pytest.raises(Gone, match="closed without a greeting"):
        look(banner(port))


def test_a_closed_port_is_refused_at_once() -> None:
    with pytest.raises(Gone, match="refused") as gone:
        look(banner(free_port()))
    assert not gone.value.silent


def test_a_server_that_says_nothing_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("irekae.proof.outage.far_prober.TIMEOUT", 0.1)
    # It waits for the question's end: the asker gives up first.
    with server(lambda line: void(line.recv(1))) as port, pytest.raises(Gone, match="no answer") as gone:
        look(banner(port))
    assert gone.value.silent


def void(_: object) -> None:
    pass


def test_a_server_that_trickles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("irekae.proof.outage.far_prober.TIMEOUT", 0.1)

    def trickle(line: socket.socket) -> None:
        try:
            while True:
                line.sendall(b"2")
                threading.Event().wait(0.03)
        except OSError:
            return

    with server(trickle) as port, pytest.raises(Gone, match="no answer"):
        look(banner(port))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\nITPASS", "status 503"),
        (b"HTTP/1.1 404 Not Found\r\n\r\nITPASS", "status 404"),
        (b"HTTP/1.1 200 OK\r\nX: ITPASS\r\n\r\nIt works!", "another page"),
        (b"", "closed without an answer"),
        (b"SSH-2.0-x\r\n", "not HTTP"),
    ],
)
def test_a_page_that_is_not_the_page_is_no_answer(answer: bytes, why: str) -> None:
    with server(page(answer)) as port, pytest.raises(Gone, match=why):
        look(web(port))


def test_the_page_and_a_redirect_are_answers() -> None:
    for answer in (b"HTTP/1.1 200 OK\r\n\r\nThis is ITPASS.", b"HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\n"):
        with server(page(answer)) as port:
            look(web(port))


def test_an_sshd_that_punishes_is_asked_less_often() -> None:
    assert is_wary(b"SSH-2.0-OpenSSH_9.8p1 Debian-1\r\n")
    assert is_wary(b"SSH-2.0-OpenSSH_10.0\r\n")
    assert not is_wary(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    assert not is_wary(b"220 OpenSSH_10.0\r\n")
    with server(saying(b"SSH-2.0-OpenSSH_10.0\r\n")) as port:
        target = banner(port, "SSH-")
        look(target)
        assert target["gap"] >= 2


def dns_answer(number: int = 7, flags: int = 0x8400, answers: int = 1) -> bytes:
    return struct.pack("!6H", number, flags, 1, answers, 0, 0)


def test_a_dns_question_is_as_rfc_1035_has_it() -> None:
    expected = b"\x00\x07\x00\x00\x00\x01" + 6 * b"\x00" + b"\x01a\x02jp\x00\x00\x06\x00\x01"
    assert question(7, "a.jp.", 6) == expected


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (dns_answer(flags=0x8005), "rcode 5"),
        (dns_answer(flags=0x8000), "without authority"),
        (dns_answer(answers=0), "no record"),
        (dns_answer(number=8), "not an answer"),
        (dns_answer(flags=0x0400), "not an answer"),
        (b"\0\7", "cut short"),
    ],
)
def test_a_dns_answer_must_be_one(message: bytes, why: str) -> None:
    read_answer(7, dns_answer())
    with pytest.raises(Gone, match=why):
        read_answer(7, message)


def states(log: Path) -> list[bool]:
    begin = b'{"event": "begin", "t": 0, "run": "", "boot_id": "", "wall": 0}\n'
    return [change.up for watched in read_log(begin + log.read_bytes()) for change in watched.changes]


def test_one_question_without_an_answer_is_not_an_outage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([None, Gone("x", silent=True), None, Gone("x", silent=True), Gone("x", silent=True), None])

    def look_next(_: object) -> None:
        answer = next(answers)
        if answer:
            raise answer

    monkeypatch.setattr("irekae.proof.outage.far_prober.look", look_next)
    watch = Watch(banner(1), Log(tmp_path / "log"))
    for _ in range(6):
        watch.step()
    assert states(tmp_path / "log") == [True, False, True]


def test_a_full_log_ends_the_prober(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("irekae.proof.outage.far_prober.MOST_LOG", 200)
    log = Log(tmp_path / "log")
    for _ in range(50):
        log.write("alive", 1.0)
    assert log.done.is_set()
    assert log.full
    assert (tmp_path / "log").stat().st_size <= 200


def test_a_computer_without_ipv6_does_not_watch_what_is_served_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_six(*_: object) -> socket.socket:
        raise OSError(97, "Address family not supported by protocol")

    monkeypatch.setattr(socket, "socket", no_six)
    assert has_way("198.51.100.21")
    assert not has_way("2001:db8::21")
