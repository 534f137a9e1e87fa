"""Before and after in the lab: a whole swap leaves no unexplained difference, and what is then broken is named."""

import json
import sys
from pathlib import Path

import pytest

from tests.driver import PROJECT, Lab

pytestmark = pytest.mark.lab

SEAT = Path(__file__).parent / "seat_facts.py"
EXPECTED = "expected difference"
NEW = "new difference"

USED = """
echo new > /home/asada/new-file
rm /home/endo/.forward-old
echo 'From: x' > /home/ueno/Maildir/new/1.M1P1.x && chown ueno /home/ueno/Maildir/new/1.M1P1.x
rm "$(ls /home/noda/Maildir/cur/* | head -1)"
echo 'a line of a log' >> /var/log/syslog
"""
BROKEN = """
chown root /home/kato/.bashrc
chmod 0777 /home/chiba/doc
cd /home/hirano && then=$(stat -c %y doc/notes) && rm -r doc/notes/* && touch -d "$then" doc/notes
cd /home/hara/Maildir/cur && then=$(stat -c %y .) && rm "$(ls | head -1)" && touch -d "$then" .
rm -r /home/wada
find /home/ogawa -mindepth 1 -maxdepth 1 ! -name Maildir -exec rm -rf {} +
file=$(find /home/sasaki/doc -type f -size +10c | head -1) && then=$(stat -c %y "$file")
printf '\\001' | dd of="$file" conv=notrunc status=none && touch -d "$then" "$file"
rm /var/spool/cron/crontabs/morita
userdel kudo
usermod -s '' maeda && chage -d 0 suzuki && usermod -L yagi
rm /var/qmail/alias/.qmail-root && echo 1000 > /var/qmail/control/databytes
echo 'asada ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/asada && chmod 644 /etc/shadow
sed -i '/^www/d' /usr/local/bind/etc/namedb/itpass.zone
sed -i 's/allow-recursion {[^}]*}/allow-recursion { any; }/' /usr/local/bind/etc/named.conf
rndc reconfig && rndc reload
sed -i 's/ServerName cps.*/ServerName x.example/' /usr/local/apache2/conf/httpd.conf
echo '<title>another</title>' > /home/www/itpass/index.html && rm /home/www/itpass/log.html /home/hiki/data/text/SandBox
cd /usr/local/apache2/conf
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -days 1 -keyout server.key -out server.crt 2> /dev/null
/etc/init.d/apache2 restart > /dev/null
start-stop-daemon --start --background --pidfile /run/x.pid --startas /usr/bin/python3 -- -m http.server 8088
service fail2ban stop
"""
# What the report must name, with a part of what it says is there now.
NAMED = {
    "/home kato": "kato/.bashrc",
    "/home chiba": "chiba/doc",
    "/home hirano": "hirano/doc/notes/",
    "mailbox hara": "1 mails are missing",
    "/home wada": "none",
    "mailbox wada": "none",
    "/home ogawa": "paths are gone",
    "contents of sasaki": "sasaki/doc",
    "cron table of morita": "none",
    "account kudo": "none",
    "group kudo": "none",
    "/home kudo": "differ",
    "account maeda": "no shell",
    "days suzuki": "changed 0",
    "login yagi": "locked",
    "alias /var/qmail/alias/.qmail-root": "none",
    "mail control /var/qmail/control/databytes: 1000": "1 time",
    "right of root /etc/sudoers.d/asada": "file",
    "DNS www.itpass.scitec.kobe-u.ac.jp CNAME": "none",
    "zone record itpass.scitec.kobe-u.ac.jp: www.itpass.scitec.kobe-u.ac.jp. CNAME": "none",
    "record answered www.itpass.scitec.kobe-u.ac.jp CNAME": "rcode 3",
    'name server all: allow-recursion { "any"; };': "is set",
    "virtual host 80 cps.scitec.kobe-u.ac.jp": "none",
    "page http://itpass.scitec.kobe-u.ac.jp/": "another",
    "web file /home/www/itpass/log.html": "none",
    "page http://itpass.scitec.kobe-u.ac.jp/hiki/?SandBox": "content",
    "page http://itpass.scitec.kobe-u.ac.jp/~wada/": "40",
    "certificate tcp/443 itpass.scitec.kobe-u.ac.jp: last day": "20",
    "listener tcp/8088 python3 as root": "any IPv4",
    "port tcp/8088": "open",
    "daemon fail2ban-server as root": "none",
    "production's service fail2ban": "does not run",
}


def facts(lab: Lab, act: str) -> str:
    return lab.run(sys.executable, str(SEAT), act, env={"PYTHONPATH": str(PROJECT)})


def rows(lab: Lab) -> dict[str, dict[str, str]]:
    return {row["subject"]: row for row in json.loads(facts(lab, "compare"))}


def with_verdict(found: dict[str, dict[str, str]], verdict: str) -> dict[str, str]:
    return {subject: row["after"] for subject, row in found.items() if row["verdict"] == verdict}


def test_nothing_was_done_and_nothing_differs_but_by_use(lab: Lab) -> None:
    """The lab's users have jobs of every minute."""
    facts(lab, "keep")
    found = rows(lab)
    assert with_verdict(found, NEW) == {}
    assert {subject.split()[0] for subject in with_verdict(found, EXPECTED)} <= {"mailbox", "/home", "page"}


def test_a_swap_loses_nothing_and_what_is_lost_afterwards_is_named(lab: Lab) -> None:
    lab.run("fab", "phase0.preflight")
    facts(lab, "keep")
    for number in ("0.1", "0.3"):
        lab.run("fab", "waive", "--item", number, "--why", "kept by the test itself")
    for phase in range(1, 8):
        lab.run("fab", f"phase{phase}", *(["--yes"] if phase in (1, 6) else []))
        assert facts(lab, "compare").strip() == "[]", "services are down: nothing can be said yet"
    lab.run("fab", "phase8", "--yes")
    assert "has begun" in lab.refused("fab", "baseline")
    assert with_verdict(rows(lab), NEW) == {}

    lab.on("ika", USED)
    after_use = rows(lab)
    assert with_verdict(after_use, NEW) == {}
    assert {"/home asada", "/home endo", "mailbox ueno", "mailbox noda"} <= with_verdict(after_use, EXPECTED).keys()

    lab.on("ika", BROKEN)
    told = with_verdict(rows(lab), NEW)
    assert {subject: word for subject, word in NAMED.items() if word not in told.get(subject, "")} == {}
