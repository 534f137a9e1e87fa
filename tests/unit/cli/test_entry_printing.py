"""What a command prints: kept at the seat, folded or not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from irekae.cli.entry import edge, logged, show_all
from irekae.model import errors, printing
from irekae.model.errors import SwapError
from irekae.model.printing.log import logs
from tests.unit.screen import ANSI, PROJECT, run_on_terminal


def context() -> Any:
    return SimpleNamespace(config=SimpleNamespace(run=SimpleNamespace(dry=False)))


@pytest.mark.parametrize("there", [True, False])
def test_what_a_command_says_is_kept_where_hosts_ini_lies(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_logs", [])
    monkeypatch.setattr(errors, "_typed", ["fab resume"])
    monkeypatch.setenv("IREKAE_INVENTORY", str(tmp_path / "hosts.ini"))
    monkeypatch.setattr(sys, "argv", ["fab", "phase5", "--as-planned", "token=hunter2"])
    if there:
        (tmp_path / "hosts.ini").write_text("")

    def command(c: Any) -> None:
        printing.show("done")
        raise SwapError("and then it broke")

    with pytest.raises(SystemExit):
        edge(logged(command))(context())
    texts = [path.read_text() for path in logs(tmp_path / ".irekae")]
    assert len(texts) == there
    assert all(" done\n" in text and " irekae: and then it broke\n" in text and "hunter2" not in text for text in texts)


@pytest.mark.parametrize(
    ("flag", "words", "variable", "everything"),
    [
        (False, ["phase4", "phase5"], "", False),
        (True, ["phase5", "-v"], "", True),
        (False, ["phase4", "phase5", "-v"], "", True),
        (False, ["phase4", "--verbose", "phase5"], "", True),
        (False, ["phase5"], "1", True),
    ],
)
def test_verbose_is_for_the_whole_call(
    monkeypatch: pytest.MonkeyPatch, flag: bool, words: list[str], variable: str, everything: bool
) -> None:
    monkeypatch.setattr(printing, "_all_shown", [not everything])
    monkeypatch.setattr(sys, "argv", ["fab", *words])
    monkeypatch.setenv("IREKAE_VERBOSE", variable)
    show_all(flag)
    assert printing._all_shown == [everything]


FAB = "import sys; from fabric.main import program; sys.argv = ['fab', '-H', 'nobody', 'phase1']; program.run()"


def test_fab_itself_colours_on_a_terminal_and_not_in_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "hosts.ini").write_bytes((PROJECT / "hosts.ini").read_bytes())
    seat = {"IREKAE_INVENTORY": str(tmp_path / "hosts.ini")}
    shown = run_on_terminal(FAB, status=2, **seat)
    assert "\x1b[1;31mirekae: no host 'nobody'" in shown
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm", **seat}
    argv = [sys.executable, "-c", FAB]
    done = subprocess.run(argv, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("irekae: no host 'nobody'")
    assert "\x1b" not in done.stderr
    assert len(logs(tmp_path / ".irekae")) == 2


INTERRUPTED = """
import os, signal, sys, threading
from types import SimpleNamespace
from irekae.cli.entry import edge
from irekae.model import printing
from irekae.model.printing.events import Bearer, Spot

def command(c):
    spot = Spot("3.1", (Bearer("ika", "ika"),))
    printing.begin(spot, "Copy")
    printing.detail(spot, "create /root/.ssh")
    threading.Thread(target=threading.Event().wait).start()  # waits for an answer that does not come
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait(30)

edge(command)(SimpleNamespace(config=SimpleNamespace(run=SimpleNamespace(dry=False))))
"""


def test_ctrl_c_shows_what_was_folded_and_ends_with_the_next_step() -> None:
    lines = [line.strip() for line in ANSI.sub("", run_on_terminal(INTERRUPTED, status=4)).split("\r\n")]
    at = next(place for place, line in enumerate(lines) if line.endswith("no outcome"))
    assert lines[at + 1] == "create /root/.ssh"
    assert lines[at + 2] == "irekae: interrupted"
    assert lines[-2].startswith("next: `fab status`, then")
