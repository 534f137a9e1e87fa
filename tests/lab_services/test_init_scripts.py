"""Services: what runs, what starts at boot, how the init scripts answer; insserv's warning that item 7.5 heals."""

from __future__ import annotations

import pytest

from tests.lab_services.services_lab import ServicesLab

pytestmark = pytest.mark.lab

PROCESSES = {
    "apache2": "apache2",
    "bind": "named",
    "openbsd-inetd": "inetd",
    "qmail": "qmail-send",
    "tcpserver": "tcpserver",
    "fail2ban": "fail2ban-server",
    "cron": "cron",
}
RUNNING_ON_B = {"qmail", "tcpserver", "fail2ban", "cron", "ssh"}
ONLY_WARNING = "insserv: warning: script 'tcpserver' missing LSB tags"


def status(lab: ServicesLab, host: str, service: str) -> int:
    return lab.try_on(host, f"/etc/init.d/{service} status").returncode


@pytest.mark.parametrize("service", [*PROCESSES, "ssh"])
def test_production_runs_every_service_and_starts_it_at_boot(lab: ServicesLab, service: str) -> None:
    assert status(lab, "a", service) == 0
    assert lab.on("a", f"ls /etc/rc2.d | grep -E '^S[0-9]+{service}$'")


@pytest.mark.parametrize("service", [*PROCESSES, "ssh"])
def test_standby_runs_what_the_standby_runs(lab: ServicesLab, service: str) -> None:
    assert status(lab, "b", service) == (0 if service in RUNNING_ON_B else 3)


def test_on_standby_tcpserver_runs_but_nothing_starts_it_at_boot(lab: ServicesLab) -> None:
    assert status(lab, "b", "tcpserver") == 0
    assert lab.try_on("b", "ls /etc/rc?.d | grep tcpserver").returncode == 1
    assert lab.on("b", "ls /etc/rc2.d | grep qmail")


@pytest.mark.parametrize(("service", "process"), PROCESSES.items())
def test_stop_returns_when_the_process_has_ended_and_start_when_it_runs(
    lab: ServicesLab, service: str, process: str
) -> None:
    try:
        for _ in ("stop", "stop once more"):
            lab.on("a", f"/etc/init.d/{service} stop")
            assert status(lab, "a", service) == 3
        # cron's and ssh's children outlive them; the daemon itself is gone.
        if service != "cron":
            assert lab.try_on("a", f"pgrep -x {process}").returncode == 1
    finally:
        for _ in ("start", "start once more"):
            lab.on("a", f"/etc/init.d/{service} start")
    assert status(lab, "a", service) == 0


def test_insserv_warns_of_tcpserver_links_the_others_and_leaves_it_out(lab: ServicesLab) -> None:
    done = lab.try_on("b", "update-rc.d bind defaults")
    try:
        assert (done.returncode, ONLY_WARNING in done.stderr) == (0, True)
        assert lab.on("b", "ls /etc/rc2.d | grep bind")
        assert ONLY_WARNING in lab.try_on("b", "update-rc.d tcpserver defaults").stderr
        assert lab.try_on("b", "ls /etc/rc?.d | grep tcpserver").returncode == 1
    finally:
        lab.on("b", "update-rc.d -f bind remove")


def test_insserv_is_silent_once_the_script_has_its_header(lab: ServicesLab) -> None:
    header = (
        "### BEGIN INIT INFO\\n# Provides: tcpserver\\n# Required-Start: $remote_fs\\n# Required-Stop: $remote_fs\\n"
        "# Should-Start: $network $syslog\\n# Should-Stop: $network $syslog\\n# Default-Start: 2 3 4 5\\n"
        "# Default-Stop: 0 1 6\\n# Short-Description: smtp\\n### END INIT INFO\\n"
    )
    lab.on("b", f"cp -p /etc/init.d/tcpserver /root/kept; printf '{header}' > /root/header")
    try:
        lab.on("b", "sed -i '1r /root/header' /etc/init.d/tcpserver")
        done = lab.try_on("b", "update-rc.d -f bind remove; update-rc.d bind defaults; update-rc.d tcpserver defaults")
        assert (done.stdout, done.stderr) == ("", "")
        assert lab.on("b", "ls /etc/rc2.d | grep tcpserver")
    finally:
        lab.on("b", "update-rc.d -f tcpserver remove; update-rc.d -f bind remove; mv /root/kept /etc/init.d/tcpserver")
        lab.on("b", "rm -f /etc/rc?.d/*tcpserver /root/header; insserv 2>/dev/null")


def test_on_production_hand_made_links_survive_insserv(lab: ServicesLab) -> None:
    done = lab.try_on("a", "update-rc.d bind defaults")
    assert "insserv: warning: script 'K01tcpserver' missing LSB tags" in done.stderr
    assert lab.on("a", "ls /etc/rc2.d | grep -E '^S[0-9]+tcpserver$'")
    assert "tcpserver" in lab.on("a", "grep ^TARGETS /etc/init.d/.depend.start")
