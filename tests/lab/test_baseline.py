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
"""
BROKEN = """
chown root /home/kato/.bashrc
chmod 0777 /home/chiba/doc
cd /home/hirano && then=$(stat -c %y doc/notes) && rm -r doc/notes/* && touch -d "$then" doc/notes
cd /home/hara/Maildir/cur && then=$(stat -c %y .) && rm "$(ls | head -1)" && touch -d "$then" .
rm -r /home/wada
rm /var/spool/cron/crontabs/morita
userdel kudo
sed -i '/^www/d' /usr/local/bind/etc/namedb/itpass.zone && rndc reload
service fail2ban stop
"""
NAMED = {
    "/home kato": "kato/.bashrc",
    "/home chiba": "chiba/doc",
    "/home hirano": "hirano/doc/notes/",
    "mailbox hara": "1 mails are missing",
    "/home wada": "none",
    "mailbox wada": "none",
    "crontab morita": "none",
    "account kudo": "none",
    "group kudo": "none",
    "/home kudo": "differ",
    "DNS www.itpass.scitec.kobe-u.ac.jp CNAME": "none",
    "production's service fail2ban": "does not run",
}


def facts(lab: Lab, act: str) -> str:
    return lab.run(sys.executable, str(SEAT), act, env={"PYTHONPATH": str(PROJECT)})


def rows(lab: Lab) -> dict[str, dict[str, str]]:
    return {row["subject"]: row for row in json.loads(facts(lab, "compare"))}


def with_verdict(found: dict[str, dict[str, str]], verdict: str) -> dict[str, str]:
    return {subject: row["after"] for subject, row in found.items() if row["verdict"] == verdict}


def test_nothing_was_done_and_nothing_differs(lab: Lab) -> None:
    facts(lab, "keep")
    assert {row["verdict"] for row in rows(lab).values()} == {"same"}


def test_a_swap_loses_nothing_and_what_is_lost_afterwards_is_named(lab: Lab) -> None:
    lab.run("fab", "phase0.preflight")
    facts(lab, "keep")
    for number in ("0.1", "0.3"):
        lab.run("fab", "waive", "--item", number, "--why", "kept by the test itself")
    for phase in range(1, 8):
        lab.run("fab", f"phase{phase}", "--yes")
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
    assert told.keys() == NAMED.keys()
    assert {subject: word for subject, word in NAMED.items() if word not in told[subject]} == {}
