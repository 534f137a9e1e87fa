"""The state before the swap: names in their files, users, homes, sessions, backups; and that a reboot keeps it."""

from __future__ import annotations

from functools import partial

import pytest

from tests.lab_services.services_lab import ServicesLab

pytestmark = pytest.mark.lab

NAMED = [
    "/etc/hostname",
    "/etc/hosts",
    "/etc/mailname",
    "/etc/gate/gate.conf",
    "/etc/exim4/update-exim4.conf.conf",
    "/etc/motd",
    "/usr/local/bind/etc/namedb/localhost.zone",
    "/usr/local/bind/etc/namedb/localhost.rev",
    "/var/qmail/control/defaulthost",
    "/var/qmail/control/me",
    "/etc/monitor/agents.d/disk/agent.conf",
]


@pytest.mark.parametrize("path", NAMED)
@pytest.mark.parametrize(("host", "own"), [("a", "ika"), ("b", "tako")])
def test_each_file_of_5_1_names_its_own_host(lab: ServicesLab, host: str, own: str, path: str) -> None:
    assert lab.on(host, f"grep -wE '{own}|{own}-itpass' {path}")


def test_root_login_is_forbidden_and_the_other_setting_stands_beside_it(lab: ServicesLab) -> None:
    for host in ("a", "b"):
        assert "permitrootlogin no\n" in lab.on(host, "sshd -T")
        assert lab.on(host, "grep -c '^#PermitRootLogin forced-commands-only' /etc/ssh/sshd_config") == "1\n"
    assert lab.on("a", "stat -c %a /root/.ssh/authorized_keys") == "600\n"


def test_the_machines_differ_in_users_as_years_of_use_leave_them(lab: ServicesLab) -> None:
    users = {host: set(lab.on(host, "cut -d: -f1 /etc/passwd").split()) for host in ("a", "b")}
    shadow = {host: set(lab.on(host, "cut -d: -f1 /etc/shadow").split()) for host in ("a", "b")}
    assert users["a"] - users["b"] == {"morita", "yagi", "yoshida", "popcheck"}
    assert users["b"] - users["a"] == {"chikuwa1", "chikuwa2"}
    assert users["b"] - shadow["b"] == {"noda", "hara", "hirano"}
    groups = {host: lab.on(host, "getent group itpass epalab ikeda | cut -d: -f1,3") for host in ("a", "b")}
    assert groups["a"] != groups["b"]


def test_no_uid_has_two_names(lab: ServicesLab) -> None:
    of: dict[str, str] = {}
    for host in ("a", "b"):
        for line in lab.on(host, "awk -F: '$3 >= 1000 { print $3, $1 }' /etc/passwd").splitlines():
            number, name = line.split()
            assert of.setdefault(number, name) == name


def test_homes_hold_thousands_of_files_with_odd_names(lab: ServicesLab) -> None:
    assert int(lab.on("a", "find /home -printf x | wc -c")) > 2500
    odd = lab.on("a", "ls -b /home/asada/odd")
    for name in (
        "-rf",
        "\\$(touch\\ pwned)",
        "new\\nline.txt",
        "star*.txt",
        "it's\\ quoted.txt",
        "latin1-\\351\\350.txt",
    ):
        assert name.removeprefix("\\") in odd
    kinds = lab.on("a", "find /home/asada -printf '%y%n %m\\n'")
    assert {"p1 644", "l1 777", "f3 644", "f1 0", "f1 2755", "d2 2775"} <= set(kinds.split("\n"))


def test_a_user_is_logged_in_and_another_process_is_left_over(lab: ServicesLab) -> None:
    assert lab.until("ueno's session", lambda: "ueno" in lab.on("a", "who"))
    assert lab.on("a", "pgrep -u ueno -f '^simulate'")


def test_the_backups_really_copy_from_ika(lab: ServicesLab) -> None:
    lab.on("a", "install -m 600 -o asada /dev/null /home/asada/for-backup; echo to-be-saved > /home/asada/for-backup")
    try:
        for script in ("itpass_rsync_epa2dennou.sh", "epalab_rsync_epa2dennou_yyh.sh"):
            lab.on("dennou", f"su - kobe -c './{script} -n'")
        assert lab.try_on("dennou", "test -e /home/kobe/backup/itpass/home/asada/for-backup").returncode == 1
        lab.on("dennou", "su - kobe -c ./itpass_rsync_epa2dennou.sh")
        assert lab.on("dennou", "cat /home/kobe/backup/itpass/home/asada/for-backup") == "to-be-saved\n"
    finally:
        lab.on("a", "rm /home/asada/for-backup")
    log = lab.on("dennou", "tail -n 1 /home/kobe/itpass_rsync_epa2dennnou_log/itpass_rsync_epa2dennnou.log")
    assert log.endswith("end itpass_rsync_epa2dennou.sh status 0\n")


def test_the_backup_account_can_do_nothing_else(lab: ServicesLab) -> None:
    ssh = "ssh -i .ssh/epabk -o BatchMode=yes epabk@ika-itpass.scitec.kobe-u.ac.jp"
    for command in ("id", "'rsync --server -vlogDtpre.iLsfxCIvu . /tmp/x'", "'rsync --server --sender . /etc; id'"):
        done = lab.try_on("dennou", f'su - kobe -c "{ssh} {command}"')
        assert (done.returncode, "--sender only" in done.stderr) == (1, True)


def test_dennou_knows_the_host_keys_of_both_machines_under_ikas_name(lab: ServicesLab) -> None:
    known = lab.on("dennou", "grep ^ika-itpass /home/kobe/.ssh/known_hosts")
    for host in ("a", "b"):
        assert lab.on(host, "cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub").strip() in known


def test_a_reboot_keeps_what_starts_at_boot_and_ends_what_was_started_by_hand(lab: ServicesLab) -> None:
    boots = {host: lab.boot_id(host) for host in ("a", "b")}
    for host in boots:
        lab.on(host, "reboot")
    for host, before in boots.items():
        lab.until(f"{host} is back", partial(new_boot, lab, host, before), 60)
    for service in ("apache2", "bind", "openbsd-inetd", "qmail", "tcpserver", "fail2ban", "ssh", "cron"):
        lab.on("a", f"/etc/init.d/{service} status")
    lab.on("b", "/etc/init.d/qmail status")
    assert lab.try_on("b", "/etc/init.d/tcpserver status").returncode == 3
    lab.on("b", "/etc/init.d/tcpserver start")


def new_boot(lab: ServicesLab, host: str, before: str) -> bool:
    """Whether the host has gone through a boot that is not `before`."""
    done = lab.try_on(
        host, 'cat /proc/sys/kernel/random/boot_id; test "$(runlevel)" = "N 2" && ! pgrep -x rc >/dev/null'
    )
    return done.returncode == 0 and done.stdout.strip() != before
