"""What the shells complete, asked of the shells themselves."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from docs.make_words import TABLE
from irekae.cli.completing import SHELLS, completion, script
from irekae.model.errors import SwapError

PROJECT = Path(__file__).parents[3]
C: Any = SimpleNamespace()
PATIENCE = 60.0  # seconds for a shell to begin and to complete
# CI has all three: apt-packages.txt.
ONLY_WITH = {
    shell: pytest.mark.skipif(not shutil.which(shell) and "CI" not in os.environ, reason=f"needs {shell}")
    for shell in SHELLS
}
EACH = [pytest.param(shell, marks=ONLY_WITH[shell]) for shell in SHELLS]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's home, with files of their own for each shell."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR", "IREKAE_INVENTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    # fish looks for what completes a command only where the command is.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    (tmp_path / ".bashrc").write_text("alias ll='ls -l'\n")
    (tmp_path / ".zshrc").write_bytes(b"# \xc6\xfc\xcb\xdc\xb8\xec\nPS1='%% '")  # EUC-JP, and no newline at the end
    return tmp_path


def completed(line: str, folder: Path = PROJECT) -> list[str]:
    """What bash offers at the end of a line."""
    words = line.split(" ")
    typed = f"COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}"
    text = f'{script("bash")}\n{typed}\n_irekae_fab fab "{words[-1]}"\nprintf "%s\\n" "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", text], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.split()


def test_the_table_of_words_is_up_to_date() -> None:
    # In a process of its own: invoke hands the options' help out once.
    made = [sys.executable, "-c", "from docs.make_words import table; print(table(), end='')"]
    assert TABLE.read_text(encoding="utf-8") == subprocess.check_output(made, cwd=PROJECT, text=True), "make docs"


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("fab phase3.c", ["phase3.crontabs"]),
        ("fab stat", ["status"]),
        ("fab phase4 phase5.n", ["phase5.names"]),
        ("fab phase1", ["phase1", "phase1.logout"]),
        ("fab phase5 --p", ["--plan"]),
        ("fab phase11.mail --s", ["--send"]),
        ("fab phase3 --s", []),
        ("fab -", ["--help", "--hosts"]),
        ("fab -H ", ["ika", "tako"]),
        ("fab -H ika,", ["ika,ika", "ika,tako"]),
        ("fab -H tako phase4.cl", ["phase4.close-root"]),
        ("fab done 5.", ["5.1", "5.2", "5.3"]),
        ("fab done 5.1 --host t", ["tako"]),
        ("fab done 5.1 --host = t", ["tako"]),
        ("fab done 5.1 --why x --h", ["--host", "--help"]),
        ("fab prober c", ["collect"]),
        ("fab rollback --to phase11", ["phase11"]),
        ("fab rollback --item 9.1", ["9.1", "9.10"]),
        ("fab resume --through 1", ["1", "10", "11"]),
        ("fab report --lang ", ["en", "ja"]),
        ("fab report --sign ", []),
        ("fab --help tru", ["trust"]),
        ("fab completion --shell z", ["zsh"]),
        ("fab nonsense", []),
    ],
)
def test_what_is_offered(line: str, offered: list[str]) -> None:
    found = completed(line)
    assert found[: len(offered)] == offered
    assert bool(found) is bool(offered)


def test_items_are_offered_once_their_phase_is_there() -> None:
    assert not [word for word in completed("fab ") if "." in word]
    assert {"phase0", "phase11", "status", "completion"} <= set(completed("fab "))


def test_it_works_in_a_folder_below_and_in_one_with_blanks(tmp_path: Path) -> None:
    clone = tmp_path / "my clone of irekae"
    (clone / "docs").mkdir(parents=True)
    shutil.copytree(TABLE.parent, clone / "irekae/cli/completion")
    assert completed("fab phase3.c", clone / "docs") == ["phase3.crontabs"]


def test_what_a_folder_holds_steers_no_terminal(tmp_path: Path) -> None:
    place = tmp_path / "irekae/cli/completion"
    place.mkdir(parents=True)
    (place / "words").write_text("command|phase5\033]0;mine\007||x\n")
    assert completed("fab ph", tmp_path) == ["phase5]0;mine"]


def test_nothing_that_lies_in_a_folder_is_run(tmp_path: Path) -> None:
    (tmp_path / "fabfile.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    assert completed("fab dep", tmp_path) == []
    assert not (tmp_path / "ran").exists()


# --- in the shells, as they are begun by a person ---


def on_tab(argv: list[str], typed: str, wanted: str) -> str:
    """What a shell on a terminal shows until it has completed what is typed."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(PROJECT)
        os.execvpe(argv[0], argv, {**os.environ, "TERM": "dumb"})
    shown, end = "", time.monotonic() + PATIENCE
    os.write(terminal, b"echo be''gun\n")
    sent = False
    while time.monotonic() < end and wanted not in shown:
        if select.select([terminal], [], [], 1.0)[0]:
            shown += os.read(terminal, 4096).decode("utf-8", "replace")
        if "begun" in shown and not sent:
            os.write(terminal, typed.encode())
            sent = True
    os.close(terminal)
    os.waitpid(pid, 0)
    return shown


def in_shell(shell: str, typed: str, wanted: str) -> str:
    if shell == "fish":
        done = subprocess.run(["fish", "-c", f"complete -C '{typed}'"], cwd=PROJECT, capture_output=True, check=False)
        return done.stdout.decode()
    return on_tab([shell, "-i"], f"{typed}\t", wanted)


@pytest.mark.parametrize("shell", EACH)
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("fab phase3.cr", "phase3.crontabs"),
        ("fab -H ika phase11.mail --se", "--send"),
        ("fab done 7.1 --host ta", "tako"),
    ],
)
def test_the_shell_completes(home: Path, shell: str, typed: str, wanted: str) -> None:
    completion(C, shell=shell)
    assert wanted in in_shell(shell, typed, wanted)


# --- installed and taken back ---


def files(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize("shell", SHELLS)
def test_what_was_written_is_said_and_taken_back(home: Path, shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(home)
    completion(C, shell=shell)
    said, written = capsys.readouterr().out, files(home)
    for name in written:
        if written[name] != before.get(name):
            assert str(home / name) in said
    completion(C, shell=shell)
    assert files(home) == written, "a second time changes nothing"
    completion(C, shell=shell, remove=True)
    left = files(home)
    assert {name: text.rstrip(b"\n") for name, text in left.items()} == {n: t.rstrip(b"\n") for n, t in before.items()}


def test_without_a_shell_those_that_are_here_are_meant(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here: Callable[[str], str | None] = {"bash": "/bin/bash"}.get
    monkeypatch.setattr("irekae.cli.completing.shutil.which", here)
    completion(C)
    assert [name for name in files(home) if "fab." in name] == [".local/share/irekae/fab.bash"]


def test_anothers_script_is_left_alone(home: Path) -> None:
    place = home / ".config/fish/completions/fab.fish"
    place.parent.mkdir(parents=True)
    place.write_text("# mine\n")
    with pytest.raises(SwapError, match="left alone"):
        completion(C, shell="fish")
    completion(C, shell="fish", remove=True)
    assert place.read_text() == "# mine\n"


def test_a_wrong_shell_is_told_with_those_like_it(home: Path) -> None:
    with pytest.raises(SwapError, match="no shell 'zhs'") as raised:
        completion(C, shell="zhs")
    assert raised.value.hint == "was `zsh` meant?"
