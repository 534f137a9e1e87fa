"""A command line that cannot be read: what is said, status 2, and nothing else."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fabric.main import program

from irekae.cli import session
from tests.unit.cli.typed import PROJECT, fab, run, seat

Ended = tuple[int, str, str]  # status, what was shown, what went wrong


@pytest.fixture
def typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Ended]]:
    """Type a command at the program that `fab` runs, in this process."""
    for name, value in seat(tmp_path, pinned=True).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def typing(*words: str) -> Ended:
        with pytest.raises(SystemExit) as raised:
            program.run(["fab", "-r", str(PROJECT), *words])
        return int(raised.value.code or 0), *capsys.readouterr()

    session.forget()
    before = signal.getsignal(signal.SIGINT)
    yield typing
    signal.signal(signal.SIGINT, before)
    session.forget()


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        # commands
        (["phse5"], "there is no command 'phse5'", "was `fab phase5` meant?"),
        (["phase5", "phse6"], "there is no command 'phse6'", "was `fab phase6` meant?"),
        (["phase5.nams"], "there is no command 'phase5.nams'", "was `fab phase5.names` meant?"),
        (["crontab"], "there is no command 'crontab'", "was `fab phase3.crontabs` meant?"),
        (["STATUS"], "there is no command 'STATUS'", "was `fab status` meant?"),
        (["frobnicate"], "there is no command 'frobnicate'", "`fab --list` shows all"),
        # a number of the manual
        (["5.1"], "there is no command '5.1'", "was `fab phase5.names` meant?"),
        (["phase3.2"], "there is no command 'phase3.2'", "was `fab phase3.crontabs` meant?"),
        (["7"], "there is no command '7'", "was `fab phase7` meant?"),
        # help and list
        (["--help", "phse5"], "there is no command 'phse5'", "was `fab phase5` meant?"),
        (["--list", "phse5"], "there is no command 'phse5'", "was `fab phase5` meant?"),
        # options
        (["phase5", "--plna"], "`fab phase5` has no option --plna", "was `--plan` meant?"),
        (["phase4", "phase5", "-p"], "--pty is Fabric's", "`--plan`, written out"),
        (["phase1", "-y"], "`fab phase1` has no option -y", "was `--yes` meant?"),
        (["phase3", "--send"], "`fab phase3` has no option --send", "`fab --help phase3`"),
        (["--plna", "phase5"], "there is no option --plna", "was `--plan` meant?"),
        (["--plan", "phase5"], "--plan stands behind the command", "`fab phase5 --plan`"),
        (["phase5", "--as-planned"], "--as-planned wants a value", "`fab --help phase5`"),
        # values
        (["resume", "--through", "abc"], "--through abc: a number is wanted", "`fab resume --through 4`"),
        (["resume", "--through=abc"], "--through=abc: a number is wanted", "`fab resume --through 4`"),
        (["resume", "--through", "12"], "--through 12: phases go from 0 to 11", ""),
        (["prober", "start", "--hours", "many"], "--hours many: a number is wanted", ""),
        (["prober"], "act is missing", "`fab --help prober`"),
        (["prober", "colect"], "fab prober: no 'colect'", "was `fab prober collect` meant?"),
        (["done"], "item is missing", "`fab --help done`"),
        (["done", "5.11", "--why", "x"], "the manual has no item '5.11'", "was `5.1` meant?"),
        (["waive", "crontabs", "--why", "x"], "the manual has no item 'crontabs'", "was `3.2 (crontabs)` meant?"),
        (["rollback", "--to", "phse5"], "what is to be taken back?", "was `--to phase5` meant?"),
        (["status", "--lang", "fr"], "no language 'fr'", "--lang en or --lang ja"),
        # hosts
        (["-H", "iak", "phase1"], "no host 'iak'", "was `ika` meant?"),
        (["-H", "hayashi@tkao", "status"], "no host 'tkao'", "was `tako` meant?"),
        (["done", "5.1", "--host", "tkao", "--why", "x"], "no host 'tkao'", "was `tako` meant?"),
        (["-H", "tako"], "what is to be done on tako?", "`fab --list`"),
        # what Fabric would do past the pins, or not at all
        (["-i", "key", "status"], "--identity is Fabric's", "ansible_ssh_private_key_file"),
        (["--prompt-for-sudo-password", "status"], "would not be heeded", "secrets.toml"),
        (["-H", "ika", "status", "--", "hostname"], "on hosts that nobody has pinned", "`fab --list`"),
    ],
)
def test_it_is_told_with_what_was_meant_and_status_2(
    typed: Callable[..., Ended], words: list[str], said: str, hint: str
) -> None:
    status, out, err = typed(*words)
    assert (status, out) == (2, ""), err
    first, *rest = err.splitlines()
    assert first.startswith("irekae: ")
    assert said in first
    assert hint in "\n".join(rest)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["phse5"], "was `fab phase5` meant?"),
        (["resume", "--through", "abc"], "--through abc: a number is wanted"),
    ],
)
def test_so_does_the_program_that_people_type(tmp_path: Path, words: list[str], said: str) -> None:
    ended = fab(tmp_path, *words, pinned=True)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("words", [["--list"], ["--list", "phase3"], ["--help", "phase3"], ["phase3", "--help"]])
def test_what_only_tells_ends_with_status_0(typed: Callable[..., Ended], words: list[str]) -> None:
    status, out, err = typed(*words)
    assert (status, err) == (0, "")
    assert "phase3" in out


def test_one_phase_is_listed_alone(typed: Callable[..., Ended]) -> None:
    _, shown, _ = typed("--list", "phase3")
    assert "phase3.crontabs" in shown
    assert "phase4" not in shown
    assert "status" not in shown


def test_fabrics_other_lists_still_work(typed: Callable[..., Ended]) -> None:
    assert '"name": "phase3"' in typed("--list", "--list-format=json")[1]
    assert "crontabs" in typed("--list", "--list-format=nested")[1]
    assert "phase3.crontabs" not in typed("--list", "--list-depth=1")[1]


def test_the_help_of_an_item_says_what_it_does(typed: Callable[..., Ended]) -> None:
    _, shown, _ = typed("--help", "phase3.crontabs")
    assert "3.2 Copy the cron tables" in shown
    assert "held on the standby until 8.1" in shown
    assert "--send" not in shown


@pytest.mark.parametrize(
    "seat_of",
    [
        {"PYTHONIOENCODING": "iso-8859-1"},
        {"PYTHONIOENCODING": "euc_jp"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ],
    ids=["iso-8859-1", "euc-jp", "ascii"],
)
def test_no_character_set_makes_help_fail(tmp_path: Path, seat_of: dict[str, str]) -> None:
    for words in (["--help", "phase3"], ["--list", "phase3"]):
        ended = run(tmp_path, {**seat(tmp_path), **seat_of}, *words, encoding=seat_of.get("PYTHONIOENCODING", "ascii"))
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "Copy data to the standby" in ended.stdout
