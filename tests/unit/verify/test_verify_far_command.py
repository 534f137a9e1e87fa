"""Commands of the suite on a host: bounded, in time, and a password that only sudo's own prompt gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.host.test_login import SUDO
from verify import far_command
from verify.connection import PinnedSsh
from verify.far_command import Done, Refused, Sudo, TooLate, TooMuch, run


@pytest.fixture
def sudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sudo:
    (tmp_path / "sudo").write_text(SUDO)
    (tmp_path / "sudo").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return Sudo("root", "se cret")


def test_what_a_command_reads_and_says_is_whole() -> None:
    data = bytes(range(256)) * 4096
    done = run(["sh", "-c", "cat; echo bad >&2; exit 7"], data, 60)
    assert (done.status, done.out, done.err) == (7, data, b"bad\n")


def test_a_command_that_reads_nothing_ends_all_the_same() -> None:
    assert run(["true"], bytes(1 << 20), 60).status == 0


def test_a_command_has_a_deadline_and_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLate):
        run(["sleep", "3600"], b"", 0.2)
    with pytest.raises(TooLate):
        run(["sh", "-c", "exec >&- 2>&-; sleep 3600"], b"", 0.2)
    monkeypatch.setattr(far_command, "OUTPUT", 1 << 20)
    with pytest.raises(TooMuch):
        run(["yes"], b"", 60)


def test_the_password_and_the_input_come_each_in_its_time(sudo: Sudo) -> None:
    done = run(sudo.words(["sh", "-c", "cat; echo said >&2; exit 3"]), b"in\n", 60, sudo)
    assert (done.status, done.out, done.err) == (3, b"in\n", b"said\n")


@pytest.mark.usefixtures("sudo")
def test_a_wrong_password_is_said_once() -> None:
    wrong = Sudo("root", "wrong")
    with pytest.raises(Refused):
        run(wrong.words(["true"]), b"", 60, wrong)


@pytest.mark.parametrize("words", [
    ["sh", "-c", "echo Password: >&2; cat > {heard}"], ["sh", "-c", 'echo "$@" >&2; cat > {heard}'],
])  # fmt: skip
def test_what_only_looks_like_sudo_gets_no_password(tmp_path: Path, words: list[str]) -> None:
    """A program in sudo's place that echoes how it was called, or asks as another sudo does."""
    sudo, heard = Sudo("root", "se cret"), tmp_path / "heard"
    with pytest.raises(TooLate):
        run([*words[:2], words[2].format(heard=heard), "-", *sudo.words(["true"])], b"", 1.0, sudo)
    assert heard.read_bytes() == b""


def test_a_password_is_never_shown(sudo: Sudo) -> None:
    assert "se cret" not in repr(sudo)
    assert "se cret" not in " ".join(sudo.words(["true"]))


def test_a_command_behind_a_sudo_that_only_warns_has_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sudo").write_text(
        '#!/bin/sh\necho "sudo: unable to resolve host x" >&2\n[ "$1" = -n ] || exit 1\nshift 5\nexec "$@"\n'
    )
    (tmp_path / "sudo").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    quiet = Sudo("root", "")
    done = run(quiet.words(["sh", "-c", "cat; exit 1"]), b"in\n", 60, quiet)
    assert (done.status, done.out, done.err, done.begun) == (1, b"in\n", b"", True)


def test_a_command_that_sudo_does_not_let_run_has_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sudo").write_text('#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n')
    (tmp_path / "sudo").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    quiet = Sudo("root", "")
    done = run(quiet.words(["true"]), b"in\n", 60, quiet)
    assert (done.status, done.err, done.begun) == (1, b"sudo: a password is required\n", False)


def test_a_script_has_longer_the_more_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def called(self: PinnedSsh, words: list[str], stdin: bytes, become: str | None, timeout: float) -> Done:
        given.append(timeout)
        return Done(0, b"{}", b"", begun=True)

    monkeypatch.setattr(PinnedSsh, "call", called)
    backend = PinnedSsh.__new__(PinnedSsh)
    for count in (0, 2000):
        backend.far("ask", {"commands": [["true"]] * count, "server": "x"}, timeout=60)
    assert given == [60, 60 + 2000 * far_command.EACH]
