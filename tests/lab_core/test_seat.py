"""The operator's seat: `lab run`, what it gives to a command, and what can be reached from it."""

import configparser
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.driver import Lab

pytestmark = pytest.mark.lab
ADDRESSES = {"a": "198.51.100.21", "b": "198.51.100.22", "dennou": "198.51.100.40", "outside": "198.51.100.50"}


@pytest.mark.parametrize("machine", ADDRESSES)
def test_each_host_answers_the_seat_with_the_key_that_is_known(lab: Lab, machine: str) -> None:
    done = lab.ssh(ADDRESSES[machine], "cat /etc/machine-id; sudo id -un")
    assert done.stdout.split() == [lab.on(machine, "cat /etc/machine-id").strip(), "root"]


def test_mori_must_give_a_password_to_sudo(lab: Lab) -> None:
    assert lab.ssh(ADDRESSES["a"], "sudo -n true", user="mori").returncode != 0
    password = (lab.seat / "mori-password").read_text()
    command = ["run", "ssh", f"-oUserKnownHostsFile={lab.seat}/known_hosts", f"-i{lab.seat}/id_ed25519"]
    assert lab(*command, "mori@198.51.100.21", "sudo -S -p '' id -un", stdin=password).strip() == "root"


def test_machines_are_told_apart_by_machine_id_host_key_and_boot_id(lab: Lab) -> None:
    facts = "cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub /proc/sys/kernel/random/boot_id"
    seen = [set(lab.on(machine, facts).splitlines()) for machine in ADDRESSES]
    assert len(set.union(*seen)) == sum(map(len, seen))


def test_run_passes_output_exit_status_and_folder_on(lab: Lab, tmp_path: Path) -> None:
    done = lab.try_("run", "sh", "-c", "pwd; cat; exit 9", stdin="through", folder=tmp_path)
    assert (done.stdout, done.returncode) == (f"{tmp_path}\nthrough", 9)


def test_a_signal_to_run_reaches_the_command(lab: Lab) -> None:
    script = "trap 'echo caught; exit 3' TERM; echo ready; while :; do read -r line || exit 1; done"
    process = subprocess.Popen(
        lab.argv("run", "bash", "-c", script),
        env=lab.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.read() == "caught\n"
    assert process.wait() == 3
    process.stdin.close()
    process.stdout.close()


def test_run_gives_the_inventory_and_the_lab_to_the_command(lab: Lab) -> None:
    inventory, name = lab("run", "sh", "-c", 'echo "$IREKAE_INVENTORY"; echo "$LAB"').split()
    assert name == "labtest"
    parser = configparser.ConfigParser(allow_no_value=True, delimiters=(" ",))
    parser.read(inventory)
    assert "ansible_host=198.51.100.21" in str(parser["production"]["ika"])
    assert "third=198.51.100.66" in str(parser["outside"]["outside"])


def test_secrets_are_for_root_alone(lab: Lab) -> None:
    for name in ("secrets.toml", "mori-password", "id_ed25519"):
        assert (lab.seat / name).stat().st_mode & 0o077 == 0


def test_there_is_no_way_out_of_the_lab(lab: Lab) -> None:
    routes = lab("run", "ip", "route").splitlines()
    assert [route.split()[0] for route in routes] == ["198.51.100.0/24"]
    assert lab.try_("run", "ip", "route", "get", "192.0.2.1").returncode != 0


def test_the_seat_has_its_own_names_and_the_machine_keeps_its_own(lab: Lab) -> None:
    before = Path("/etc/hosts").read_text()
    assert "198.51.100.22\ttako-itpass.scitec.kobe-u.ac.jp\ttako" in lab("run", "cat", "/etc/hosts")
    assert "nameserver 198.51.100.50" in lab("run", "cat", "/etc/resolv.conf")
    assert Path("/etc/hosts").read_text() == before


def test_a_lab_command_works_within_lab_run(lab: Lab) -> None:
    before = lab.boot_id("outside")
    lab("run", "sh", "-c", "lab power outside cycle")
    assert lab.boot_id("outside") != before
    assert lab.ssh(ADDRESSES["outside"], "true").returncode == 0


def test_the_seat_can_be_cut_off_while_the_hosts_see_one_another(lab: Lab) -> None:
    lab("cut", "seat")
    try:
        assert "the seat's cable is cut" in lab("status")
        assert lab.ssh(ADDRESSES["a"], "true").returncode == 255
        lab.on("a", "ping -c 1 -W 5 198.51.100.22")
    finally:
        lab("mend", "seat")
    wait_for_ssh(lab, ADDRESSES["a"])


def test_a_cut_host_stays_cut_over_a_power_cycle(lab: Lab) -> None:
    lab("cut", "dennou")
    try:
        lab("power", "dennou", "cycle")
        assert lab.ssh(ADDRESSES["dennou"], "true").returncode == 255
        assert "cable cut" in lab("status")
    finally:
        lab("mend", "dennou")
    wait_for_ssh(lab, ADDRESSES["dennou"])


def wait_for_ssh(lab: Lab, address: str) -> None:
    """Until the host at `address` lets the operator in."""
    lab.until(f"ssh to {address}", lambda: lab.ssh(address, "true").returncode == 0)


def test_a_far_seat_hears_of_the_hosts_later_and_what_is_open_goes_on(lab: Lab) -> None:
    sshd = "exec 3<>/dev/tcp/198.51.100.21/22; read -r hello <&3; echo $hello; read -r go"
    conversation = subprocess.Popen(
        lab.argv("run", "bash", "-c", f"{sshd}; echo SSH-2.0-x >&3; head -c 20 <&3 | wc -c"),
        env=lab.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert conversation.stdout
    assert conversation.stdout.readline().startswith("SSH-2.0")
    lab("delay", "200")
    began = time.monotonic()
    assert lab("run", "bash", "-c", "exec 3<>/dev/tcp/198.51.100.21/22; head -c 3 <&3") == "SSH"
    assert time.monotonic() - began >= 0.4  # never sooner: to connect is a round trip, and so is what is said then
    assert conversation.communicate("go\n")[0].strip() == "20"
    lab("delay", "0")
    assert "delay-" not in lab("run", "ip", "-o", "link")
    assert lab.ssh(ADDRESSES["a"], "seq 100000 | tail -n 1").stdout.strip() == "100000"
