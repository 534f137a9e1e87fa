"""Data trees beside /home on two real hosts: copied, cut off, gone on with, looked at again, taken back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.driver import PROJECT, Lab

SEAT = Path(__file__).with_name("seat_trees.py")
TREES = """
[[trees]]
path = "/srv"
max_delete = 20
excludes = ["/local"]
[[trees]]
path = "/etc/lab-certs/live"
checksum = true
stopped = ["fail2ban"]
"""
FILES = 4000  # enough that a copy can be cut off in the middle
# On production: a vmail of another number than there, files of a second that the standby's have too.
PRODUCTION = f"""
useradd -r -u 897 vmail
mkdir -p /srv/www /srv/mail /srv/local /etc/lab-certs/live
chmod 750 /etc/lab-certs; chgrp ssl-cert /etc/lab-certs 2>/dev/null || chgrp adm /etc/lab-certs
i=0; while [ $i -lt {FILES} ]; do echo "page $i" > /srv/www/$i; i=$((i+1)); done
echo theirs > /srv/local/kept; echo letter > /srv/mail/1; chown -R vmail:vmail /srv/mail; chmod 600 /srv/mail/1
echo new1 > /srv/twin; touch -d '2026-01-01 00:00:00.1' /srv/twin
echo same > /srv/equal; touch -d '2026-01-01 00:00:00.3' /srv/equal
echo new2 > /srv/whole; touch -d '2026-01-01 00:00:00' /srv/whole
echo new3 > /etc/lab-certs/live/key; touch -d '2026-01-01 00:00:00' /etc/lab-certs/live/key
service fail2ban stop >/dev/null
"""
STANDBY = """
useradd -r -u 898 vmail
mkdir -p /srv/old /srv/www /srv/local
echo mine > /srv/local/kept; echo gone > /srv/old/page; echo 'before' > /srv/www/7; chmod 640 /srv/www/7
echo old1 > /srv/twin; touch -d '2026-01-01 00:00:00.2' /srv/twin
echo same > /srv/equal; touch -d '2026-01-01 00:00:00.4' /srv/equal
echo old2 > /srv/whole; touch -d '2026-01-01 00:00:00' /srv/whole
service fail2ban stop >/dev/null
"""
CHANGED = """
echo changed > /srv/www/9
echo new4 > /etc/lab-certs/live/key; touch -d '2026-01-01 00:00:00' /etc/lab-certs/live/key
"""
DAMAGE = """
chmod 666 /etc/lab-certs/live/key
mv /srv/www /root/www; touch -d '2026-01-01' /srv; chown -h 9999 /srv/mail/1
"""
# Beside the copy, on production: faster than anything that asks from elsewhere.
KILLER = """
items=/var/lib/irekae/copy/srv/items; end=$(($(date +%s) + 300))
while [ ! -s $items ] || [ "$(grep -c www/ $items)" -lt 300 ]; do [ $(date +%s) -lt $end ] || exit 1; done
pkill -KILL -o -f '[r]sync -a .*irekae/copy/srv/items' && echo killed
"""
# Of each path below /srv and the certificates: kind, mode, owner by name, time, contents.
SEEN = """
find /srv /etc/lab-certs -name .irekae-edited -prune -o -not -type d -printf '%m %u:%g %T@ %l %p\\n' 2>/dev/null | sort
find /srv -type f -not -path '*/.irekae-edited/*' -print0 | sort -z | xargs -0 sha256sum
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("site") / "site.toml"
    path.write_text((PROJECT / "site.toml").read_text() + TREES)
    return path


@pytest.fixture(scope="module")
def trees(running_lab: Lab, site: Path) -> Iterator[Lab]:
    """A lab whose hosts have such trees, before anything is copied."""
    lab = Lab(running_lab.name, site)
    lab.reset()
    lab.on("a", PRODUCTION)
    lab.on("b", STANDBY)
    yield lab
    lab.reset()


def seat(lab: Lab, what: str) -> subprocess.CompletedProcess[str]:
    return lab.try_("run", sys.executable, str(SEAT), what)


def cut_in_the_middle(lab: Lab) -> str:
    """A copy whose rsync is killed on production when a part of the files has been sent; what its operator was told."""
    killer = lab.start("console", "a", "sh", "-c", KILLER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    done = seat(lab, "copy")
    said = done.stdout + done.stderr
    assert "ended with status" in said, said
    assert "killed" in lab.heard(killer, 60)
    return said


def want_told(lab: Lab) -> None:
    """The suite finds the trees as 4.1 wrote them down, and sees what is done to them behind it."""
    check = ("run", "pytest", "verify/", "--hosts=ika", "--item=3.5", "-q", "-p", "no:cacheprovider")
    done = lab.try_(*check)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    lab.on("a", DAMAGE)
    done = lab.try_(*check)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "/etc/lab-certs/live" in done.stdout
    assert "0666" in done.stdout
    lab.on("a", "chmod 644 /etc/lab-certs/live/key; mv /root/www /srv/www; chown -h vmail /srv/mail/1")


def test_a_copy_that_is_cut_off_is_gone_on_with_and_taken_back_exactly(trees: Lab) -> None:
    before = trees.on("b", SEEN)
    said = cut_in_the_middle(trees)
    assert "the copy of /srv ended with status 137" in said
    done = seat(trees, "copy")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 files of the same size and time are compared by their contents" in done.stdout
    for path, text in (("/srv/twin", "new1"), ("/srv/whole", "new2"), ("/etc/lab-certs/live/key", "new3")):
        assert trees.on("b", f"cat {path}").strip() == text
    assert trees.on("b", "stat -c %U:%u /srv/mail/1").strip() == "vmail:898", "owners go by name"
    assert trees.on("b", "cat /srv/local/kept").strip() == "mine"
    assert trees.on("b", "stat -c '%a' /etc/lab-certs").strip() == "750", (
        "a folder that was not there is as production's"
    )
    assert len(trees.on("b", "grep -c irekae-copy /root/.ssh/authorized_keys; true").split()) == 1

    trees.on("a", CHANGED)
    assert "/etc/lab-certs/live/key" in seat(trees, "look").stdout, "seen by its contents alone"
    settled = seat(trees, "settle")
    assert settled.returncode == 0, settled.stdout + settled.stderr
    assert trees.on("b", "cat /srv/www/9 /etc/lab-certs/live/key").split() == ["changed", "new4"]
    assert "changed:" not in seat(trees, "look").stdout
    want_told(trees)

    trees.on("b", "echo edited > /srv/www/11; echo somebody > /srv/www/own; rm /srv/www/12")
    back = seat(trees, "back")
    assert back.returncode == 0, back.stdout + back.stderr
    assert "www/11" in back.stdout
    assert trees.on("b", "cat /srv/.irekae-edited/*/www/11").strip() == "edited"
    assert trees.on("b", "cat /srv/www/own; rm /srv/www/own").strip() == "somebody"
    assert trees.on("b", SEEN) == before
    assert trees.try_on("b", "test -e /etc/lab-certs").returncode == 1
    assert trees.try_on("b", "grep irekae-copy /root/.ssh/authorized_keys").returncode != 0


def test_a_service_that_writes_there_is_stopped_first(trees: Lab) -> None:
    trees.on("a", "service fail2ban start >/dev/null")
    done = seat(trees, "copy")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "fail2ban on ika" in done.stdout
    assert trees.try_on("b", "test -e /etc/lab-certs").returncode == 1
