"""The pair of today before the swap: what another computer gets of each of production's services."""

from __future__ import annotations

import pytest

from tests.lab_today.today_lab import MARS, MARS6, THIRD, VENUS, TodayLab

pytestmark = pytest.mark.lab
BOTH = pytest.mark.parametrize("address", [MARS, MARS6])

SEND = """
import smtplib, ssl
address, port, user, password, sender, to, subject = sys.argv[1:]
kind = smtplib.SMTP_SSL if port == "465" else smtplib.SMTP
extra = {"context": ssl.create_default_context()} if port == "465" else {}
with kind("mail.example.org" if port == "465" else address, int(port), timeout=20, **extra) as smtp:
    if port == "587":
        smtp._host = "mail.example.org"
        smtp.starttls(context=ssl.create_default_context())
    if user:
        smtp.login(user, password)
    smtp.sendmail(sender, [to], f"From: {sender}\\nTo: {to}\\nSubject: {subject}\\n\\nHello.\\n")
out("sent")
"""
IMAP = """
import imaplib, ssl, socket, time
address, port, user, password, subject = sys.argv[1:]
context = ssl.create_default_context()
if port == "993":
    imap = imaplib.IMAP4_SSL("mail.example.org", 993, ssl_context=context)
else:
    imap = imaplib.IMAP4("mail.example.org", 143)
    imap.starttls(context)
imap.login(user, password)
for _ in range(100):
    imap.select("INBOX")
    found = imap.search(None, "SUBJECT", subject)[1][0].split()
    if found:
        break
    time.sleep(0.2)
out(imap.fetch(found[-1], "(BODY[TEXT])")[1][0][1].decode())
imap.store(found[-1], "+FLAGS", "\\\\Deleted")
imap.expunge()
"""
POP = """
import poplib, ssl
address, port, user, password = sys.argv[1:]
context = ssl.create_default_context()
if port == "995":
    pop = poplib.POP3_SSL("mail.example.org", 995, context=context)
else:
    pop = poplib.POP3("mail.example.org", 110)
    try:
        pop.user(user)
    except poplib.error_proto as error:
        assert b"cleartext" in error.args[0].lower(), error
    pop.stls(context)
pop.user(user)
pop.pass_(password)
out(pop.stat()[0])
"""
PAGE = """
import http.client, ssl, socket
address, host, path = sys.argv[1:]
raw = socket.create_connection((address, 443), timeout=20)
connection = http.client.HTTPSConnection(host)
connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
connection.request("GET", path)
answer = connection.getresponse()
out([answer.status, answer.read().decode()])
"""


@BOTH
@pytest.mark.parametrize("to", ["postcheck@example.org", "anna@example.com"])
def test_mail_for_accounts_and_mailboxes_comes_in_and_is_fetched_by_imap(lab: TodayLab, address: str, to: str) -> None:
    subject = f"in-{address}".replace(":", "-")
    user = to.partition("@")[0]
    login = user if to.endswith(".org") else to
    assert lab.outside(SEND, address, "25", "", "", "guest@pluto.dc.example.net", to, subject) == "sent"
    assert "Hello." in lab.outside(IMAP, address, "993", login, lab.password(user), subject)


@pytest.mark.parametrize("port", ["587", "465"])
def test_submission_asks_for_tls_and_a_password_and_sends_out(lab: TodayLab, port: str) -> None:
    login = ("alice", lab.password("alice"))
    to = "guest@pluto.dc.example.net"
    assert lab.outside(SEND, MARS, port, *login, "alice@example.org", to, f"out-{port}") == "sent"
    look = f"grep -rl 'Subject: out-{port}' /home/guest/Maildir/new"
    lab.until("the mail has left mars", lambda: lab.try_on("outside", look).stdout.strip())


def test_nobody_relays_without_a_password(lab: TodayLab) -> None:
    done = lab.try_(
        "console", "outside", "python3", "-", MARS, "25", "", "", "x@pluto.dc.example.net", "x@example.edu", "relay",
        stdin=f"import sys\nout = print\n{SEND}",
    )  # fmt: skip
    assert "Relay access denied" in done.stderr


@pytest.mark.parametrize("port", ["995", "110"])
def test_pop_logs_in_through_tls_alone(lab: TodayLab, port: str) -> None:
    assert lab.outside(POP, MARS, port, "anna@example.com", lab.password("anna")) == 30


def test_imap_with_starttls_shows_an_old_mail(lab: TodayLab) -> None:
    assert lab.outside(IMAP, MARS, "143", "alice", lab.password("alice"), "moon")


@BOTH
@pytest.mark.parametrize(
    ("host", "path", "says"),
    [
        ("www.example.org", "/", "Pages of example.org"),
        ("example.org", "/~alice/", "<h1>alice</h1>"),
        ("files.example.com", "/readme.html", "Files"),
        ("wiki.example.org", "/?FrontPage", "Welcome."),
    ],
)
def test_each_page_shows_with_a_chain_that_is_believed(
    lab: TodayLab, address: str, host: str, path: str, says: str
) -> None:
    status, text = lab.outside(PAGE, address, host, path)
    assert (status, says in text) == (200, True), text


WIKI = """
import html.parser, ssl, urllib.parse, urllib.request
name, text = sys.argv[1:]
url = "https://wiki.example.org/"
form = urllib.request.urlopen(f"{url}?c=edit;p={urllib.parse.quote(name)}").read().decode()
digest = form.partition("name='md5hex' value='")[2].partition("'")[0]
fields = {"c": "save", "p": name, "md5hex": digest, "contents": text}
answer = urllib.request.urlopen(url, urllib.parse.urlencode(fields).encode()).read().decode()
shown = urllib.request.urlopen(f"{url}?{urllib.parse.quote(name)}").read().decode()
out(["Saved" in answer, shown])
"""


def test_a_page_of_the_wiki_is_written_into_the_database_and_removed(lab: TodayLab) -> None:
    saved, shown = lab.outside(WIKI, "試し", "東京 🚀 'quoted'; --")
    assert saved
    assert "東京 🚀" in shown
    ask = "mariadb --default-character-set=utf8mb4 -N wiki -e \"SELECT contents FROM page WHERE name = '試し'\""
    assert lab.on("a", ask).strip() == "東京 🚀 'quoted'; --"
    saved, shown = lab.outside(WIKI, "試し", "")
    assert saved
    assert "no such page" in shown
    assert lab.on("a", ask).strip() == ""


@BOTH
@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("example.org", "A", MARS),
        ("example.org", "AAAA", MARS6),
        ("example.com", "MX", "10 mail.example.org."),
        ("files.example.com", "AAAA", MARS6),
    ],
)
def test_the_zones_are_answered(lab: TodayLab, address: str, name: str, kind: str, value: str) -> None:
    assert lab.on("outside", f"dig +short @{address} {name} {kind}").strip() == value


def test_mail_to_the_list_reaches_its_subscribers(lab: TodayLab) -> None:
    sender = ("alice", lab.password("alice"), "alice@example.org")
    assert lab.outside(SEND, MARS, "587", *sender, "team@example.org", "to-the-team") == "sent"
    look = "ls /home/bob/Maildir/new /home/carol/Maildir/new; grep -rl to-the-team /home/{alice,bob,carol}/Maildir/new"
    lab.until("all have it", lambda: lab.try_("console", "a", "bash", "-c", look).stdout.count("/Maildir/new/") >= 3)


BAN = """
import socket, subprocess, time
third, address = sys.argv[1:]
options = ["-oBatchMode=yes", "-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null", "-b", third]
for _ in range(5):
    subprocess.run(["ssh", *options, f"nobody-here@{address}", "true"], capture_output=True)
for _ in range(100):
    try:
        socket.create_connection((address, 22), 1, (third, 0)).close()
    except OSError as error:
        out(type(error).__name__)
        break
    time.sleep(0.2)
"""


def test_fail2ban_bans_by_nftables_who_guesses(lab: TodayLab) -> None:
    assert lab.outside(BAN, THIRD, MARS) in ("ConnectionRefusedError", "TimeoutError")
    assert THIRD in lab.on("a", "nft list ruleset")
    lab.on("a", f"fail2ban-client set sshd unbanip {THIRD}")


def test_the_standby_takes_no_mail_and_shows_no_page(lab: TodayLab) -> None:
    open_ = "import socket\nfound = []\nfor port in (25, 53, 80, 110, 143, 443, 587, 993):\n    try:\n"
    open_ += f"        socket.create_connection(('{VENUS}', port), 2).close()\n        found.append(port)\n"
    open_ += "    except OSError:\n        pass\nout(found)\n"
    assert lab.outside(open_) == []


def test_timers_and_jobs_of_users_are_armed(lab: TodayLab) -> None:
    ask = "systemctl --user list-timers --no-pager --no-legend"
    timers = lab.on("a", ask.replace("--user ", ""))
    assert all(name in timers for name in ("certbot.timer", "dump@wiki.timer", "report.timer"))
    assert "notes.timer" in lab.on("a", f"runuser -u alice -- env XDG_RUNTIME_DIR=/run/user/1001 {ask}")
    assert "carol" in lab.on("a", "atq")
    lab.on("a", "systemctl start dump@wiki.service; test -s /srv/backup/wiki.sql; rm /srv/backup/wiki.sql")


def test_after_a_reboot_all_of_it_runs_again(lab: TodayLab) -> None:
    before = lab.boot_id("a")
    lab.on("a", "systemctl reboot")
    look = "cat /proc/sys/kernel/random/boot_id; systemctl is-system-running"
    lab.until("mars is back", lambda: _is_back(lab.try_on("a", look).stdout.split(), before), 120)
    wanted = "apache2 named dovecot mariadb postfix fail2ban ssh cron atd systemd-networkd"
    assert set(lab.on("a", f"systemctl is-active {wanted}").split()) == {"active"}
    test_each_page_shows_with_a_chain_that_is_believed(lab, MARS6, "wiki.example.org", "/?SandBox", "and more")


def _is_back(said: list[str], before: str) -> bool:
    return len(said) == 2 and said[0] != before and said[1] == "running"
