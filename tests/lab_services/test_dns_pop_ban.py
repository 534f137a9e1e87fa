"""Name server, POP with APOP, fail2ban: asked from outside."""

from __future__ import annotations

import uuid

import pytest

from tests.lab_services.services_lab import ServicesLab

pytestmark = pytest.mark.lab

APOP = """
import json, poplib, sys
server, user, secret = sys.argv[1:]
pop = poplib.POP3(server, timeout=10)
try:
    answer = pop.apop(user, secret).decode()
    count = pop.stat()[0]
    mails = [b"\\n".join(pop.retr(number + 1)[1]).decode() for number in range(count)]
    for number in range(count):
        pop.dele(number + 1)
    pop.quit()
except poplib.error_proto as error:
    answer, mails = str(error), []
print(json.dumps([answer, mails]))
"""
EMPTIED = """
import contextlib, json, os, subprocess, sys, time
box, token, sent = sys.argv[1], sys.argv[2], 0
for sent in range(1, 101):
    inject = subprocess.Popen(["/var/qmail/bin/qmail-inject"], stdin=subprocess.PIPE)
    inject.stdin.write(f"To: popcheck\\nSubject: {token}\\n\\n".encode())
    inject.stdin.close()
    removed, deadline = 0, time.monotonic() + 2
    while not removed and time.monotonic() < deadline:
        for name in os.listdir(f"{box}/tmp"):
            with contextlib.suppress(FileNotFoundError):  # it was there for too short a time: the next message
                os.unlink(f"{box}/tmp/{name}")
                removed += 1
    inject.wait()
    if removed:
        break
print(json.dumps([sent, removed]))
"""
CONNECT = """
import json, socket, sys
with socket.socket() as link:
    link.bind((sys.argv[1], 0))
    link.settimeout(5)
    try:
        link.connect((sys.argv[2], 22))
        print(json.dumps(link.recv(4).decode()))
    except OSError as error:
        print(json.dumps(type(error).__name__))
"""
ANSWERS = [
    ("itpass.{}", "A", "198.51.100.21"),
    ("itpass.{}", "MX", "10 ika-itpass.{}."),
    ("www.itpass.{}", "CNAME", "itpass.{}."),
    ("epa.{}", "MX", "10 ika-itpass.{}."),
    ("aoe.{}", "MX", "10 ika-itpass.{}."),
    ("cps.{}", "MX", "10 ika-itpass.{}."),
    ("localhost", "A", "127.0.0.1"),
    ("1.0.0.127.in-addr.arpa", "PTR", "localhost."),
]


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
@pytest.mark.parametrize(("name", "kind", "value"), ANSWERS)
def test_the_name_server_answers_for_its_zones_with_authority(
    lab: ServicesLab, name: str, kind: str, value: str, transport: str
) -> None:
    said = lab.on("outside", f"dig {transport} @{lab.ika} {name.format(lab.domain)} {kind}")
    [flags] = [line for line in said.splitlines() if line.startswith(";; flags:")]
    assert " aa " in flags
    assert value.format(lab.domain) in said.partition("ANSWER SECTION")[2]


@pytest.mark.parametrize("host", ["a", "b", "dennou", "outside"])
def test_every_host_resolves_the_names_of_the_others(lab: ServicesLab, host: str) -> None:
    names = f"itpass.{lab.domain} tako-itpass.{lab.domain} dennou.{lab.domain}"
    assert lab.on(host, f"for name in {names}; do dig +short $name; done").split() == [
        lab.ika,
        lab.tako,
        "198.51.100.40",
    ]


def test_production_asks_itself_and_standby_the_campus(lab: ServicesLab) -> None:
    assert "nameserver 127.0.0.1\n" in lab.on("a", "cat /etc/resolv.conf")
    assert "nameserver 198.51.100.50\n" in lab.on("b", "cat /etc/resolv.conf")


def test_the_zone_of_localhost_names_its_host(lab: ServicesLab) -> None:
    for host, name in (("a", "ika"), ("b", "tako")):
        zone = lab.on(host, "cd /usr/local/bind/etc/namedb; cat localhost.zone localhost.rev")
        assert zone.count(f"SOA\t{name}-itpass.{lab.domain}.") == 2
        assert zone.count(f"NS\t{name}-itpass.{lab.domain}.") == 2


def test_mail_is_fetched_with_apop(lab: ServicesLab) -> None:
    lab.on("a", "printf 'To: popcheck\\nSubject: fetch me\\n\\n' | /var/qmail/bin/qmail-inject")
    lab.until("mail", lambda: lab.on("a", "ls /home/popcheck/Maildir/new"))
    answer, mails = lab.python("outside", APOP, lab.ika, "popcheck", lab.secret("pop"))
    assert answer.startswith("+OK")
    assert any("Subject: fetch me" in mail for mail in mails)
    assert lab.on("a", "ls /home/popcheck/Maildir/new /home/popcheck/Maildir/cur | grep -v : || true").strip() == ""


def test_mail_whose_file_a_pop_login_takes_away_arrives_all_the_same(lab: ServicesLab) -> None:
    token, box = uuid.uuid4().hex, "/home/popcheck/Maildir"
    sent, removed = lab.python("a", EMPTIED, box, token)
    assert removed == 1
    lab.until("all messages are there", lambda: int(lab.on("a", f"grep -rlF {token} {box}/new | wc -l")) == sent)
    lab.on("a", f"grep -rlF {token} {box} | xargs -r rm")


@pytest.mark.parametrize(("user", "secret"), [("popcheck", "wrong"), ("asada", "asada-old"), ("nobody-here", "x")])
def test_a_wrong_secret_opens_no_mailbox(lab: ServicesLab, user: str, secret: str) -> None:
    assert lab.python("outside", APOP, lab.ika, user, secret)[0].startswith("b'-ERR [AUTH]")


def test_secrets_are_kept_by_popauth_and_shown_to_nobody(lab: ServicesLab) -> None:
    assert lab.on("a", "stat -c '%a %U' /usr/local/qpopper/pop.auth") == "600 root\n"
    lab.on("a", "echo new-secret | /usr/local/qpopper/bin/popauth -user wada")
    try:
        assert lab.python("outside", APOP, lab.ika, "wada", "new-secret")[0].startswith("+OK")
        assert "wada" in lab.on("a", "/usr/local/qpopper/bin/popauth -list").split()
        assert "new-secret" not in lab.on("a", "/usr/local/qpopper/bin/popauth -list")
    finally:
        lab.on("a", "/usr/local/qpopper/bin/popauth -delete wada")


def test_failed_logins_are_banned_and_a_ban_is_lifted(lab: ServicesLab) -> None:
    third = "198.51.100.66"
    options = "-o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
    attempt = f"ssh -b {third} {options} no-such-user@{lab.ika} true"
    assert lab.python("outside", CONNECT, third, lab.ika) == "SSH-"
    lab.try_on("outside", f"for _ in 1 2 3 4; do timeout 10 {attempt}; done")
    try:
        lab.until("ban", lambda: third in lab.on("a", "fail2ban-client status sshd"))
        lab.until("no way in", lambda: lab.python("outside", CONNECT, third, lab.ika) == "ConnectionRefusedError")
        assert lab.python("outside", CONNECT, "198.51.100.50", lab.ika) == "SSH-"
    finally:
        lab.on("a", f"fail2ban-client set sshd unbanip {third}")
    lab.until("way in again", lambda: lab.python("outside", CONNECT, third, lab.ika) == "SSH-")
