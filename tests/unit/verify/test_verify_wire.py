"""A command reaches a host through any login shell, and past what that says by itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from verify.wire import Wire

ODD = ["printf", "%s|", "two\nlines", "a!b", "$HOME", "`id`", "it's", '"', "\\", "100%", "日本", "\udcb0\udca1"]


def through(shell: str, wire: Wire, home: Path) -> subprocess.CompletedProcess[bytes]:
    """As sshd calls it; bash reads BASH_ENV as it reads .bashrc when sshd begins it."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "BASH_ENV": str(home / ".bashrc")}
    return subprocess.run([shell, "-c", wire.line], capture_output=True, env=environment, check=False)


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_every_argument_comes_as_it_was_sent(tmp_path: Path, shell: str) -> None:
    wire = Wire(ODD)
    said = wire.without_greeting(through(shell, wire, tmp_path).stdout)
    assert said.decode("utf-8", "surrogateescape").split("|")[:-1] == ODD[2:]


def test_the_line_has_nothing_that_shells_read_differently() -> None:
    """csh ends a quoted string at a line's end, and takes `!` for its history even within quotes."""
    line = Wire(ODD).line
    assert "\n" not in line
    assert "!" not in line
    assert "\\" not in line
    assert line.count("'") == 2


def test_a_greeting_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text("echo welcome; printf 'no line end'; echo hello >&2\n")
    wire = Wire(["sh", "-c", "echo out; echo err >&2; exit 3"])
    done = through("/bin/bash", wire, tmp_path)
    assert done.stdout.startswith(b"welcome")
    assert (done.returncode, wire.without_greeting(done.stdout), wire.without_greeting(done.stderr)) == (
        3,
        b"out\n",
        b"err\n",
    )


def test_what_a_shell_says_that_runs_nothing_is_kept() -> None:
    assert Wire(["true"]).without_greeting(b"This account is closed\n") == b"This account is closed\n"
