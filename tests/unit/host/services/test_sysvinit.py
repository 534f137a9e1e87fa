from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from irekae.host.services import ServiceState, Sysvinit
from tests.unit.host.services.recorded import Recorded

INIT = Sysvinit()
LINKS = {"rc2.d/S01tcpserver": "../init.d/tcpserver", "rc0.d/K01tcpserver": "../init.d/tcpserver"}


def state(
    status: int = 0,
    out: bytes = b"",
    err: bytes = b"",
    *,
    links: dict[str, str] = LINKS,
    inittab: bytes = b"id:2:initdefault:\n",
    process: int | None = None,
) -> ServiceState:
    answers = [Recorded([], status=0), Recorded([], out=inittab, status=0), Recorded([], out, err, status)]
    if process is not None:
        answers.append(Recorded([], status=process))
    return INIT.parse("tcpserver", answers, links)


@pytest.mark.parametrize(
    ("status", "running"),
    [
        (0, True),
        (1, False),
        (2, False),
        (3, False),
        (4, None),
        (5, None),
        (127, None),
        (150, None),
        (255, None),
        (-9, None),
    ],
)
def test_status_codes_of_lsb_are_listed_and_every_other_is_unknown(status: int, running: bool | None) -> None:
    assert state(status).running is running


@pytest.mark.parametrize("status", [0, 1, 2, 3])
def test_a_usage_message_is_no_answer(status: int) -> None:
    assert state(status, err=b"Usage: /etc/init.d/tcpserver {start|stop}\n").running is None


@pytest.mark.parametrize(("process", "running"), [(0, True), (1, False), (2, None), (3, None)])
def test_where_the_script_says_nothing_the_process_counts(process: int, running: bool | None) -> None:
    assert state(2, out=b"usage: x", process=process).running is running


def test_the_scripts_word_goes_before_the_process() -> None:
    assert state(3, process=0).running is False


@pytest.mark.parametrize(
    ("links", "at_boot"),
    [
        ({}, False),
        ({"rc2.d/S01tcpserver": ""}, True),
        ({"rcS.d/S01tcpserver": ""}, True),
        ({"rc2.d/K01tcpserver": ""}, False),
        ({"rc3.d/S01tcpserver": ""}, False),
        ({"rc2.d/S01tcpserver2": ""}, False),
        ({"rc2.d/S01qmail-tcpserver": ""}, False),
        ({"rc2.d/S1tcpserver": ""}, False),
    ],
)
def test_it_starts_at_boot_by_the_start_link_of_the_default_runlevel(links: dict[str, str], at_boot: bool) -> None:
    assert state(links=links).at_boot is at_boot


def test_the_default_runlevel_is_inittabs() -> None:
    links = {"rc3.d/S01tcpserver": ""}
    assert state(links=links, inittab=b"#id:2:initdefault:\nid:3:initdefault:\n").at_boot is True


def test_without_inittab_the_default_runlevel_is_debians() -> None:
    assert state(inittab=b"").at_boot is True


def test_a_dot_in_a_name_is_a_dot() -> None:
    answers = [Recorded([], status=0), Recorded([], status=2), Recorded([], status=0)]
    assert INIT.parse("rc.local", answers, {"rc2.d/S01rcxlocal": ""}).at_boot is False


def test_commands_are_the_manuals() -> None:
    assert INIT.stop("bind") == [["service", "bind", "stop"]]
    assert INIT.start("bind") == [["service", "bind", "start"]]
    assert INIT.enable("bind") == [["update-rc.d", "bind", "defaults"], ["update-rc.d", "bind", "enable"]]
    assert INIT.disable("bind", ServiceState(True, True, True, "")) == [["update-rc.d", "bind", "disable"]]
    assert INIT.renew("bind") == [["update-rc.d", "-f", "bind", "remove"], ["update-rc.d", "bind", "defaults"]]
    assert INIT.undo_boot("bind", state()) == []


SLOW = """\
#!/bin/sh
# A daemon that is still there when it is asked for its status twice after the stop; start finds it and starts none.
cd {folder}
echo "$1 $2" >> asked
case "$2" in
stop) touch ending ;;
status)
    [ -e runs ] || exit 3
    if [ -e ending ] && [ "$(grep -c status asked)" = 3 ]; then rm runs ending; fi ;;
start) if [ ! -e runs ]; then touch runs; fi ;;
esac
"""


def test_a_daemon_that_takes_its_time_to_end_is_started_again(tmp_path: Path) -> None:
    service = tmp_path / "service"
    service.write_text(SLOW.format(folder=tmp_path))
    service.chmod(0o755)
    (tmp_path / "runs").touch()
    ((sh, *words),) = INIT.restart("ssh")
    subprocess.run([sh, *words], check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == ["ssh stop", *["ssh status"] * 4, "ssh start"]
    assert (tmp_path / "runs").exists()
    assert not (tmp_path / "ending").exists()
