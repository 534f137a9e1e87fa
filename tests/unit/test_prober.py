"""The prober's far end against small servers on this computer, and what the seat tells it to ask."""

import ast
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from irekae import prober
from irekae.errors import Status, SwapError
from irekae.inventory import load_inventory
from irekae.outage import Watched, read_log
from irekae.probe_agent import Gone, Log, Watch, is_wary, look, question, read_answer
from irekae.probe_targets import targets
from irekae.report.codec import to_json
from irekae.report.results import Outage
from irekae.site import load_site
from tests.unit.report.sample import sample

PROJECT = Path(__file__).resolve().parents[2]
AGENT = PROJECT / "irekae" / "probe_agent.py"
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
    monkeypatch.setattr("irekae.probe_agent.TIMEOUT", 0.1)
    # It waits for the question's end: the asker gives up first.
    with server(lambda line: void(line.recv(1))) as port, pytest.raises(Gone, match="no answer") as gone:
        look(banner(port))
    assert gone.value.silent


def void(_: object) -> None:
    pass


def test_a_server_that_trickles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("irekae.probe_agent.TIMEOUT", 0.1)

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
    return seen_states(read_log(begin + log.read_bytes()))


def test_one_question_without_an_answer_is_not_an_outage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([None, Gone("x", silent=True), None, Gone("x", silent=True), Gone("x", silent=True), None])

    def look_next(_: object) -> None:
        answer = next(answers)
        if answer:
            raise answer

    monkeypatch.setattr("irekae.probe_agent.look", look_next)
    watch = Watch(banner(1), Log(tmp_path / "log"))
    for _ in range(6):
        watch.step()
    assert states(tmp_path / "log") == [True, False, True]


def test_a_full_log_ends_the_prober(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("irekae.probe_agent.MOST_LOG", 200)
    log = Log(tmp_path / "log")
    for _ in range(50):
        log.write("alive", 1.0)
    assert log.done.is_set()
    assert log.full
    assert (tmp_path / "log").stat().st_size <= 200


# --- the whole far end, as a process ----------------------------------------------------------------------------------


@contextmanager
def running(folder: Path, *targets: dict[str, Any], seconds: float = 60) -> Iterator[subprocess.Popen[str]]:
    config = {"run": "r1", "seconds": seconds, "targets": targets}
    (folder / "targets.json").write_text(json.dumps(config), encoding="utf-8")
    argv = [sys.executable, "-I", str(AGENT), str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def wait_for(log: Path, wanted: Callable[[list[Watched]], object]) -> list[Watched]:
    deadline = time.monotonic() + 20
    while True:
        seen = read_log(log.read_bytes()) if log.exists() else []
        if wanted(seen):
            return seen
        assert time.monotonic() < deadline, log.read_text() if log.exists() else "no log"
        time.sleep(0.02)


def seen_states(seen: list[Watched]) -> list[bool]:
    return [change.up for watched in seen for change in watched.changes]


def test_it_sees_a_service_go_and_come_back_and_ends_when_asked(tmp_path: Path) -> None:
    port = free_port()
    log = tmp_path / "log.jsonl"
    with running(tmp_path, banner(port, bye="QUIT")) as process:
        wait_for(log, lambda seen: seen_states(seen) == [False])
        with server(saying(b"220 ready\r\n"), port):
            wait_for(log, lambda seen: seen_states(seen) == [False, True])
        wait_for(log, lambda seen: seen_states(seen) == [False, True, False])
        process.send_signal(signal.SIGTERM)
        process.wait(10)
    [watched] = wait_for(log, lambda seen: seen and seen[0].ended)
    assert watched.ended == "asked to"
    assert watched.run == "r1"
    assert process.returncode == 0


def test_it_ends_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(tmp_path, banner(free_port()), seconds=0) as process:
        process.wait(10)
    [watched] = read_log((tmp_path / "log.jsonl").read_bytes())
    assert watched.ended == "time is over"


def test_two_do_not_write_one_log(tmp_path: Path) -> None:
    with running(tmp_path, banner(free_port())):
        wait_for(tmp_path / "log.jsonl", bool)
        with running(tmp_path, banner(free_port())) as second:
            assert second.wait(10) == 1


def test_killed_and_started_again_it_goes_on_in_the_same_log(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with running(tmp_path, banner(free_port())) as process:
        wait_for(log, lambda seen: seen_states(seen) == [False])
        process.kill()
        process.wait(10)
    with running(tmp_path, banner(free_port())):
        seen = wait_for(log, lambda seen: seen_states(seen) == [False, False])
    assert [watched.ended for watched in seen] == ["", ""]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give root away")
def test_it_gives_root_away(tmp_path: Path) -> None:
    with running(tmp_path, banner(free_port())) as process:
        wait_for(tmp_path / "log.jsonl", bool)
        status = Path(f"/proc/{process.pid}/status").read_text()
    [uids] = [line.split()[1:] for line in status.splitlines() if line.startswith("Uid:")]
    assert "0" not in uids


# --- the seat ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def site_targets(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    inventory = load_inventory(PROJECT / "hosts.ini")
    return targets(inventory, load_site(inventory, PROJECT / "site.toml"))


def test_all_six_services_are_asked_at_productions_address(site_targets: list[dict[str, Any]]) -> None:
    inventory = load_inventory(PROJECT / "hosts.ini")
    asked = {target["service"]: target["address"] for target in site_targets}
    here, there = (entry.address for entry in inventory.pair)
    assert asked == dict.fromkeys(("http", "https", "dns", "smtp", "pop", "ssh"), here) | {"ssh tako": there}


def test_each_is_asked_several_times_a_second_and_inetd_keeps_the_users_share(
    site_targets: list[dict[str, Any]],
) -> None:
    assert all(target["gap"] <= 0.5 for target in site_targets)
    [pop] = [target for target in site_targets if target["service"] == "pop"]
    assert 60 / pop["gap"] <= 256 / 2


def test_a_rehearsals_report_is_kept_as_prediction(tmp_path: Path) -> None:
    (tmp_path / "hosts.ini").write_text((PROJECT / "hosts.ini").read_text(), encoding="utf-8")
    inventory = load_inventory(tmp_path / "hosts.ini")
    report = tmp_path / "acceptance.json"
    report.write_bytes(to_json(sample()))
    prober.predict(inventory, report)
    kept = msgspec.json.decode((tmp_path / ".irekae" / "predicted.json").read_bytes(), type=list[Outage])
    assert tuple(kept) == sample().outages


def test_a_report_without_outages_predicts_nothing(tmp_path: Path) -> None:
    (tmp_path / "outages.json").write_bytes(b"[]")
    (tmp_path / "hosts.ini").write_text((PROJECT / "hosts.ini").read_text(), encoding="utf-8")
    with pytest.raises(SwapError) as refused:
        prober.predict(load_inventory(tmp_path / "hosts.ini"), tmp_path / "outages.json")
    assert refused.value.status is Status.WRONG_USE
