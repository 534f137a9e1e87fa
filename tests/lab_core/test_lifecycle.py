"""Coming and going: wrong use, interruption, two commands at once, and nothing left behind."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.driver import STATE, Lab

pytestmark = pytest.mark.lab


@pytest.fixture
def other_lab() -> Iterator[Lab]:
    """A second lab, not up yet, beside the first; whatever happens to it, `lab down` leaves nothing."""
    lab = Lab("labtest-2")
    lab("down")
    yield lab
    lab("down")
    assert traces(lab) == []


def traces(lab: Lab) -> list[str]:
    """What the machine still has of a lab: mounts, namespace, control groups, folders, processes."""
    mounts = [line for line in Path("/proc/mounts").read_text().splitlines() if f"/{lab.name}/" in line]
    places = [STATE / lab.name, Path("/run/netns") / f"irekae-{lab.name}", Path("/etc/netns") / f"irekae-{lab.name}"]
    groups = list(Path("/sys/fs/cgroup").glob(f"**/lxc.*.{lab.name}-*"))
    processes = subprocess.run(["pgrep", "-af", f"{STATE}/{lab.name}/"], capture_output=True, text=True).stdout
    return [*mounts, *(str(p) for p in (*places, *groups) if p.exists()), *processes.splitlines()]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_up_goes_on_after_it_was_ended_in_the_midst(other_lab: Lab, how: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/team").write_text("our own qmail\n")
    (tmp_path / "etc/team").chmod(0o640)
    (tmp_path / "opt").mkdir(mode=0o750)
    os.chown(tmp_path / "opt", 30001, 30001)
    # As at a terminal, also where whoever started the tests ignores Ctrl-C (nohup).
    argv = ["env", "--default-signal=INT", *other_lab.argv("up", "--overlay", f"a={tmp_path}")]
    up = subprocess.Popen(argv, env=other_lab.environment(), stderr=subprocess.PIPE, text=True)
    assert up.stderr
    assert any("boot of" in line for line in up.stderr)
    up.send_signal(how)
    up.stderr.read()
    up.stderr.close()
    assert up.wait() == (130 if how == signal.SIGINT else -how)
    assert "not up" in other_lab.try_("status").stdout
    other_lab("up", "--overlay", f"ika={tmp_path}")
    assert other_lab.on("a", "cat /etc/team; stat -c %a /etc/team").splitlines() == ["our own qmail", "640"]
    folders = other_lab.on("a", "stat -c '%n %a %U' /opt /").splitlines()
    assert folders == ["/opt 750 hayashi", "/ 755 root"], "a folder that was there takes the tree's owner and mode"


def test_labs_are_apart_and_killing_their_minders_leaves_nothing(lab: Lab, other_lab: Lab) -> None:
    other_lab("up")
    other_lab.on("a", "touch /etc/other")
    assert lab.try_("console", "a", "test", "-e", "/etc/other").returncode == 1
    assert (lab.seat / "id_ed25519").read_bytes() != (other_lab.seat / "id_ed25519").read_bytes()
    minders = ["pgrep", "-f", rf"^\[lxc monitor\] {STATE}/{other_lab.name}/"]
    for pid in subprocess.run(minders, capture_output=True, text=True, check=True).stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    assert traces(other_lab)
    other_lab("down")
    other_lab("down")


def test_two_commands_on_one_lab_wait_for_each_other(lab: Lab) -> None:
    both = [
        subprocess.Popen(lab.argv("power", "dennou", "cycle"), env=lab.environment(), stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [process.wait() for process in both] == [0, 0]
    assert lab.ssh("198.51.100.40", "true").returncode == 0


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("run", "true"), "not up"),
        (("console", "a", "true"), "not up"),
        (("reset",), "not up"),
        (("snapshot", "../x"), "not up"),
        (("up", "--overlay", "namako=/tmp"), "--overlay"),
        (("up", "--overlay", "a=/does/not/exist"), "--overlay"),
    ],
)
def test_wrong_use_is_said_with_status_2(other_lab: Lab, words: tuple[str, ...], complaint: str) -> None:
    done = other_lab.try_(*words)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_name_for_a_lab_is_refused() -> None:
    done = Lab("../etc").try_("status")
    assert done.returncode == 2
    assert "LAB=" in done.stderr


def test_missing_packages_are_named(lab: Lab, tmp_path: Path) -> None:
    done = subprocess.run(
        lab.argv("up"), env=lab.environment({"PATH": str(tmp_path)}), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "apt-get install --no-install-recommends iproute2 lxc mmdebstrap openssh-client" in done.stderr


def test_others_than_root_are_told_so(lab: Lab) -> None:
    nobody = ["setpriv", "--reuid=65534", "--clear-groups", *lab.argv("status")]
    done = subprocess.run(nobody, env=lab.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "needs root" in done.stderr
