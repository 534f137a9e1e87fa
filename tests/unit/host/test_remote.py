"""The connection: pinned keys and nothing else, root through sudo, and what it is when it dies."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest

from irekae.host import interrupt, remote
from irekae.host.remote import HostError, Link, Lost
from irekae.model.errors import Status, SwapError
from irekae.site.machines import Machine, Pins, fingerprint
from tests.unit.host.conftest import Start
from tests.unit.sshd import text_of


def test_a_pinned_machine_is_let_in_and_its_agent_answers(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    link = connect(start(keys["ika"]))
    assert link.machine.first_name == "ika"
    assert link.facts["run"] is None
    (tmp_path / "file").write_bytes(b"\xff\0")
    assert base64.b64decode(link.ask("read", path=f"{tmp_path}/file")["data"]) == b"\xff\0"
    assert link.ask("read", path=f"{tmp_path}/none") is None


def test_either_machine_of_the_pair_may_answer(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    assert connect(start(keys["tako"])).machine.first_name == "tako"


def test_a_stranger_is_refused_with_both_fingerprints_before_any_login(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    sshd = start(keys["stranger"])
    with pytest.raises(SwapError, match=r"a stranger answers at ika \(127.0.0.1\)") as raised:
        connect(sshd)
    assert raised.value.status is Status.REFUSED
    shown, *pinned = raised.value.detail.splitlines()
    assert shown.startswith(f"shown:  {fingerprint(text_of(keys['stranger']))}")
    assert pinned[0].startswith(f"pinned: {fingerprint(text_of(keys['ika']))}")
    assert "first called tako" in pinned[1]
    assert sshd.asked == []
    assert not sshd.transports[0].is_authenticated()


def test_the_operators_own_known_hosts_vouch_for_nobody(
    start: Start,
    connect: Callable[..., Link],
    keys: dict[str, paramiko.PKey],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sshd = start(keys["stranger"])
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {text_of(keys['stranger'])}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SwapError, match="a stranger answers"):
        connect(sshd)


def test_only_key_types_that_are_pinned_are_asked_for(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    """Else a host that has other types too would show one that nobody pinned."""
    sshd = start(keys["stranger"], keys["rsa"])
    pinned = Pins([Machine("ika", [text_of(keys["rsa"])]), Machine("tako", [text_of(keys["rsa"])])])
    assert connect(sshd, pins=pinned).machine.first_name == "ika"


def test_a_refused_login_is_told(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(SwapError, match=r"refuses the login of [a-z]") as raised:
        connect(start(keys["ika"], login=False))
    assert "ansible_user" in raised.value.hint


def test_a_host_that_nobody_answers_for_is_told(start: Start, connect: Callable[..., Link]) -> None:
    sshd = start()
    sshd.close()
    with pytest.raises(SwapError, match=r"ika \(127.0.0.1:\d+\) cannot be reached"):
        connect(sshd.port)


def test_a_host_that_is_no_ssh_server_is_told(start: Start, connect: Callable[..., Link]) -> None:
    with pytest.raises(SwapError, match="cannot be reached"):
        connect(start())  # it has no host key, so it hangs up


NO_SUDO = "cat > /dev/null & echo 'sudo: a password is required' >&2; exit 1"


def test_no_root_is_told_with_what_sudo_said(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    with pytest.raises(SwapError, match="no root on ika through sudo") as raised:
        connect(start(keys["ika"], command=lambda line: NO_SUDO))
    assert raised.value.detail == "sudo: a password is required"


def test_no_python_is_told(start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]) -> None:
    with pytest.raises(SwapError) as raised:
        connect(start(keys["ika"], command=lambda line: "echo 'sudo: python3: command not found' >&2; exit 1"))
    assert "python3: command not found" in raised.value.detail


def test_an_error_of_the_host_keeps_its_kind_and_says_what_was_asked(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    link = connect(start(keys["ika"]))
    with pytest.raises(HostError) as raised:
        link.ask("mkdir", path=f"{tmp_path}/hosts.ini/below")
    assert raised.value.kind == "ENOTDIR"
    assert raised.value.what == f"ika: {tmp_path}/hosts.ini/below: Not a directory"
    assert raised.value.detail == f"while doing: mkdir {tmp_path}/hosts.ini/below"
    with pytest.raises(HostError) as raised:
        link.ask("nonsense", secret="$6$hash")
    assert raised.value.kind == "bug"
    assert "$6$" not in str(raised.value)
    assert link.ask("stat", path="/")["kind"] == "dir"


def test_a_connection_that_dies_is_lost_and_stays_lost(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    sshd = start(keys["ika"])
    link = connect(sshd)
    sshd.cut()
    for _ in range(2):
        with pytest.raises(Lost, match="the connection to ika was lost") as raised:
            link.ask("stat", path="/")
        assert raised.value.status is Status.INCOMPLETE


def test_an_answer_that_was_given_up_is_never_taken_for_the_next_ones(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    link = connect(start(keys["ika"]))
    with link.patience(0.2), pytest.raises(Lost):
        link.ask("run", argv=["sh", "-c", f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo late"])
    (tmp_path / "go").touch()
    with pytest.raises(Lost, match="lost"):
        link.ask("stat", path="/")


def test_words_of_two_threads_do_not_mix(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    link = connect(start(keys["ika"]))
    wrong: list[str] = []

    def ask(name: str) -> None:
        for _ in range(50):
            found = link.ask("run", argv=["echo", name])
            if base64.b64decode(found["out"]) != f"{name}\n".encode():
                wrong.append(name)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_operator_who_wants_an_end_is_heeded_before_anything_is_asked(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    link = connect(start(keys["ika"]))
    interrupt.ask_to_stop()
    interrupt._mark().told = False
    try:
        with pytest.raises(KeyboardInterrupt):
            link.ask("stat", path="/")
        assert link.ask("stat", path="/"), "told once, a thread may tidy up"
    finally:
        interrupt.forget()


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("{", "Expecting"),
        ('{"id": "x"}', "missing required field `today`"),
        ("5", "it holds no object"),
        ("[]", "it holds no object"),
        ("null", "it holds no object"),
        ('{"id": "..", "today": "20260101", "name_before": "ika"}', "`$.id`"),
        ('{"id": "x", "today": "20261301", "name_before": "ika"}', "remains"),
        ('{"id": "x", "today": "20260101", "name_before": ["ika"]}', "`$.name_before`"),
        ('{"id": "x", "today": "20260101", "name_before": "ika", "role_before": "root"}', "`$.role_before`"),
    ],
)
def test_a_broken_memory_is_refused_before_anything_is_built_on_it(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path, run: str, said: str
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "run.json").write_text(run)
    with pytest.raises(SwapError, match=r"run.json on ika cannot be read") as raised:
        connect(start(keys["ika"]))
    assert raised.value.status is Status.REFUSED
    assert said in raised.value.detail


def test_bytes_travel_as_they_are() -> None:
    assert remote.decode(remote.encode(bytes(range(256)))) == bytes(range(256))
