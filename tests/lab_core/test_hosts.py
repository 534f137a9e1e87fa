"""The hosts: power, console, disks, names; snapshots and the way back."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.driver import STATE, Lab

pytestmark = pytest.mark.lab


def test_init_is_a_real_sysvinit_that_went_through_its_runlevel(lab: Lab) -> None:
    assert lab.on("a", "cat /proc/1/comm; runlevel; stat -c %F /sbin/init").split() == [
        "init",
        "N",
        "2",
        "regular",
        "file",
    ]


def test_a_reboot_from_inside_comes_back_with_a_new_boot_id(lab: Lab) -> None:
    before = lab.boot_id("dennou")
    lab.on("dennou", "reboot")
    ask = ("198.51.100.40", "cat /proc/sys/kernel/random/boot_id")
    lab.until("dennou has come back", lambda: lab.ssh(*ask).stdout.strip() not in ("", before), 60)


def test_power_off_is_a_power_cut_and_on_brings_the_host_back(lab: Lab) -> None:
    before = lab.boot_id("outside")
    lab("power", "outside", "off")
    assert lab.try_("console", "outside", "true").returncode == 2
    assert "outside  off" in lab("status")
    lab("power", "outside", "on")
    assert lab.boot_id("outside") != before


def test_up_on_a_running_lab_switches_on_what_is_off_and_nothing_else(lab: Lab) -> None:
    before = lab.boot_id("dennou")
    lab("power", "outside", "off")
    lab("up")
    assert lab.boot_id("dennou") == before
    assert lab.ssh("198.51.100.50", "true").returncode == 0


def test_console_passes_stdin_output_and_exit_status_on(lab: Lab) -> None:
    done = lab.try_("console", "a", "sh", "-c", "cat; id -un >&2; exit 7", stdin="through")
    assert (done.stdout, done.stderr, done.returncode) == ("through", "root\n", 7)


# Once it never ends, as one that reached LXC's minder in the moment of a reboot; then it is the real one.
DEAF_ONCE = """#!/bin/sh
if mkdir "{folder}/{tool}.asked" 2>/dev/null; then exec sleep 1000; fi
exec /usr/bin/{tool} "$@"
"""


@pytest.mark.parametrize("tool", ["lxc-attach", "lxc-info"])
def test_what_lxc_never_answers_is_asked_again_and_done_once(lab: Lab, tmp_path: Path, tool: str) -> None:
    fake = tmp_path / tool
    fake.write_text(DEAF_ONCE.format(folder=tmp_path, tool=tool))
    fake.chmod(0o755)
    script = "echo done >> /run/done-once; cat /run/done-once; rm /run/done-once; exit 7"
    done = lab.try_("console", "outside", "sh", "-c", script, env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert (done.stdout, done.returncode) == ("done\n", 7)
    assert (tmp_path / f"{tool}.asked").exists()


def test_a_name_means_the_machine_that_bears_it_now(spoil: Callable[..., Lab]) -> None:
    lab = spoil("a", "b")
    machines = {key: lab.on(key, "cat /etc/machine-id") for key in ("a", "b")}
    assert lab.on("ika", "cat /etc/machine-id") == machines["a"]
    move = "ip address flush dev eth0; ip address add 198.51.100.{}/24 dev eth0; hostname {}"
    lab.on("a", move.format(22, "tako"))
    lab.on("b", move.format(21, "ika"))
    assert lab.on("ika", "cat /etc/machine-id") == machines["b"]
    assert lab.on("tako", "cat /etc/machine-id") == machines["a"]
    assert lab.try_("console", "namako", "true").returncode == 2


def test_restarting_the_network_takes_what_interfaces_says(spoil: Callable[..., Lab]) -> None:
    lab = spoil("dennou")
    lab.on("dennou", "sed -i s/198.51.100.40/198.51.100.41/ /etc/network/interfaces; /etc/init.d/networking restart")
    assert "inet 198.51.100.41/24" in lab.on("dennou", "ip -4 address show eth0")
    assert "198.51.100.40/24" not in lab.on("dennou", "ip -4 address show eth0")


def test_a_host_can_refuse_an_address_by_its_packet_filter(spoil: Callable[..., Lab]) -> None:
    lab = spoil("a")
    probe = "ping -c 1 -W 2 -I 198.51.100.66 198.51.100.21"
    lab.on("outside", probe)
    lab.on("a", "iptables -I INPUT -s 198.51.100.66 -j REJECT")
    assert lab.try_("console", "outside", "sh", "-c", probe).returncode != 0


def test_a_filled_disk_takes_nothing_more_until_it_is_drained(spoil: Callable[..., Lab]) -> None:
    lab = spoil("b")
    write = "head -c 200000 /dev/zero > /home/filler"
    lab("fill", "b", "--leave", "100")
    assert "No space left" in lab.try_("console", "b", "sh", "-c", write).stderr
    lab("drain", "b")
    lab.on("b", write)


# Each of these is a case of its own for an overlay's upper layer: new, changed, removed, a folder removed and made
# anew, a folder renamed, attributes, links, times.
CHANGE = """
echo new > /etc/lab-new; echo changed >> /etc/hostname; rm /etc/os-release; rm -r /etc/cron.d; mkdir /etc/cron.d
mv /usr/share/perl5 /usr/share/perl5-moved; setfacl -m u:mori:r /etc/lab-new; ln /etc/lab-new /etc/lab-twin
ln -s nowhere "/etc/lab link"; touch -d '2011-02-20 12:34:56.123456789' /etc/passwd; truncate -s 1G /var/lab-hole
"""
LOOK = """
cd /; getfacl -n etc/lab-new 2>&1 || true; cat etc/hostname; find etc usr/share/perl5* var/lab-hole \
  -printf '%p %y %m %U %G %s %n %l %T@\\n' 2>/dev/null | grep -vE '^etc/(mtab|adjtime|blkid.tab)' | sort
"""


def test_a_snapshot_keeps_everything_and_restore_drops_what_came_later(spoil: Callable[..., Lab]) -> None:
    lab = spoil("a")
    lab.on("a", CHANGE)
    (lab.seat / ".irekae").mkdir()
    (lab.seat / ".irekae/pins").write_text("then")
    kept = lab.on("a", LOOK)
    lab("snapshot", "kept")
    (lab.seat / ".irekae/pins").write_text("later")
    lab.on("a", "rm /etc/lab-new; mv /usr/share/perl5-moved /usr/share/perl5; echo later > /etc/later")
    lab("cut", "a")
    lab("fill", "a")
    lab("restore", "kept")
    assert lab.on("a", LOOK) == kept
    assert (lab.seat / ".irekae/pins").read_text() == "then"
    assert lab.ssh("198.51.100.21", "true").returncode == 0
    lab.on("a", "head -c 1000000 /dev/zero > /var/space")


def test_restored_messages_are_called_by_the_inodes_that_they_have_now(spoil: Callable[..., Lab]) -> None:
    lab = spoil("a")
    look = "cd /var/qmail/queue; cat $(find remote -type f) | tr '\\0' '\\n' | grep 72 | sort"
    kept = lab.on("a", look)
    assert len(kept.splitlines()) >= 10
    lab("snapshot", "queue")
    lab("restore", "queue")
    assert lab.on("a", look) == kept, "what nobody takes is still there"
    places = lab.on("a", "cd /var/qmail/queue; find mess -type f -printf '%i %f %h\\n'").splitlines()
    assert places == [f"{number} {number} mess/{int(number) % 23}" for number in (place.split()[0] for place in places)]


def test_restore_of_an_unknown_snapshot_names_those_there_are(lab: Lab) -> None:
    lab("snapshot", "known")
    done = lab.try_("restore", "unknown")
    assert done.returncode == 2
    assert "known" in done.stderr


def test_reset_undoes_all_but_who_the_machines_are(lab: Lab) -> None:
    identity = "cat /etc/machine-id /etc/ssh/ssh_host_*_key.pub"
    before = [lab.on(machine, identity) for machine in ("a", "b")]
    lab.on("a", "rm -r /home/hayashi; echo namako > /etc/hostname")
    (lab.seat / ".irekae").mkdir(exist_ok=True)
    lab("reset")
    assert lab.on("a", "cat /etc/hostname").strip() == "ika"
    assert [lab.on(machine, identity) for machine in ("a", "b")] == before
    assert not (lab.seat / ".irekae").exists()
    assert (STATE / "labtest/snapshots").exists()
    logs = lab.on("dennou", "test -e /var/lib/lab-first-backup.done && ls /home/kobe/*_log/*.log | wc -l")
    assert logs.strip() == "2", "last night's backup is made before reset returns"
