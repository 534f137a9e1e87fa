from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verify.parsing import (
    accounts,
    bears_name,
    boot_targets,
    control_lines,
    first_fields,
    listeners,
    processes,
    setting_lines,
    sshd_options,
    sshd_values,
)

IKA = ("ika-itpass", "ika")


def test_a_zombie_is_not_alive() -> None:
    found = processes("  1 0 0 Ss init init [2]\n 77 1 0 Z  named [named] <defunct>\n")
    assert [(one.name, one.alive) for one in found] == [("init", True), ("named", False)]


def test_what_is_no_line_of_ps_is_left_out() -> None:
    assert processes("garbage\n\nPID PPID USER STAT COMMAND COMMAND\n") == []


def test_listeners_know_their_owners() -> None:
    ss = (
        'tcp LISTEN 0 4096 0.0.0.0:80 0.0.0.0:* users:(("apache2",pid=9,fd=3),("apache2",pid=8,fd=3))\n'
        'udp UNCONN 0 0 127.0.0.1:53 0.0.0.0:* users:(("named",pid=5,fd=31))\n'
        "tcp LISTEN 0 128 [::]:22 [::]:*\n"
        "tcp LISTEN 0 128 *:25 *:*\n"
    )
    http, dns, ssh, smtp = listeners(ss)
    assert (http.port, http.owners, http.pids) == ("tcp/80", ("apache2",), (9, 8))
    assert http.hears("198.51.100.21")
    assert ssh.hears("198.51.100.21")
    assert smtp.hears("198.51.100.21")
    assert not dns.hears("198.51.100.21")
    assert ssh.owners == ()


def test_the_options_of_a_running_sshd_are_read_from_its_title() -> None:
    assert sshd_options("710 1 root Ss sshd sshd: /usr/sbin/sshd [listener] 1 of 10-100 startups") == []
    title = "710 1 root Ss sshd sshd: /usr/sbin/sshd -D -o PermitRootLogin=yes [listener] 0 of 10-100 startups"
    assert sshd_options(title) == ["-o", "PermitRootLogin=yes"]


def test_sshd_values_may_be_many() -> None:
    assert sshd_values("port 22\nlistenaddress 0.0.0.0:22\nlistenaddress [::]:22\n")["listenaddress"] == [
        "0.0.0.0:22",
        "[::]:22",
    ]


def test_control_files_have_one_entry_a_line() -> None:
    assert control_lines("localhost\n\n# old\nepa.scitec.kobe-u.ac.jp  \n") == ["localhost", "epa.scitec.kobe-u.ac.jp"]
    assert control_lines("localhost\r\n") == ["localhost\r"]


def test_setting_lines_ignore_comments_and_spacing() -> None:
    assert setting_lines("; a\n# b\n nameserver\t 127.0.0.1 \n\n") == ["nameserver 127.0.0.1"]


def test_only_whole_tokens_bear_a_name() -> None:
    for text in ("ika", "'ika-itpass'", "gate@ika-itpass.scitec.kobe-u.ac.jp;", "@homehosts = ('ika', 'localhost');"):
        assert bears_name(text, *IKA), text
    for text in ("ikasumi", "takoyaki", "/home/ikasumi", "ikaros.example", "ika2", "x-ika"):
        assert not bears_name(text, *IKA), text


def test_a_zone_file_s_trailing_dot_does_not_hide_a_name() -> None:
    assert bears_name("@ IN SOA ika-itpass.scitec.kobe-u.ac.jp. root (", *IKA)
    assert bears_name("root.ika-itpass.scitec.kobe-u.ac.jp. (", *IKA)


def test_boot_targets_are_those_of_insserv() -> None:
    assert boot_targets("TARGETS = rsyslog bind ssh\nINTERACTIVE =\n") == {"rsyslog", "bind", "ssh"}
    assert boot_targets("") is None


def test_accounts_are_lines_of_seven_fields() -> None:
    text = "root:x:0:0::/root:/bin/sh\nbroken\nasada:x:1001:1001:A:/home/asada:/bin/bash\nx:y:z:1:2:3:4\n"
    assert [account.name for account in accounts(text)] == ["root", "asada"]
    assert first_fields("asada:$6$:1\n\nueno:*\n") == ["asada", "ueno"]


@given(st.text())
def test_no_output_of_a_host_breaks_the_parsers(text: str) -> None:
    processes(text)
    listeners(text)
    sshd_options(text)
    accounts(text)
    bears_name(text, *IKA)
    setting_lines(text)
