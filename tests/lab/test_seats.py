"""Several seats: each gives the same verdict, from what the hosts hold; their runs of the suite wait for each other."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.driver import PROJECT, Lab

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def begun(running_lab: Lab) -> Lab:
    """A lab in which a swap has begun, by its seat."""
    running_lab.reset()
    running_lab.run("fab", "phase0")
    return running_lab


@pytest.fixture
def other(begun: Lab) -> Iterator[dict[str, str]]:
    """The environment of a second seat, which knows the hosts' keys and nothing else."""
    folder = begun.seat.with_name("other-seat")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(0o700)
    for name in ("hosts.ini", "secrets.toml"):
        shutil.copy2(begun.seat / name, folder / name)
    env = {"IREKAE_INVENTORY": str(folder / "hosts.ini")}
    begun.run("env", *assigned(env), "fab", "trust", "--known-hosts", str(begun.seat / "known_hosts"))
    yield env
    shutil.rmtree(folder)


def assigned(env: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in env.items()]


def report(lab: Lab, folder: Path, env: dict[str, str]) -> dict[str, Any]:
    """What a seat reports; the swap is in its beginning, so that nobody accepts it."""
    done = lab.try_("run", "env", *assigned(env), "fab", "report", "--out", str(folder))
    assert done.returncode in (1, 4), done.stdout + done.stderr
    found: dict[str, Any] = json.loads((folder / "acceptance.json").read_bytes())
    said = [line for line in done.stdout.splitlines() if line.startswith(("verdict: ", "  "))]
    compared = [row["subject"] for row in found["baseline"] if row["verdict"] == "new difference"]
    return {"said": said, "compared": compared, **{key: found[key] for key in ("items", "checks", "evidence_missing")}}


def test_every_seat_reports_the_same_and_a_lost_copy_comes_back(
    begun: Lab, other: dict[str, str], tmp_path: Path
) -> None:
    first = report(begun, tmp_path / "first", {})
    assert json.loads((tmp_path / "first/acceptance.json").read_bytes())["baseline"]
    assert first["evidence_missing"] == []
    begun.on("a", "rm /var/lib/irekae/evidence/*")
    assert report(begun, tmp_path / "second", other) == first
    begun.on("b", "rm /var/lib/irekae/evidence/*")
    assert report(begun, tmp_path / "third", other) == first
    for machine in "ab":
        begun.on(machine, "rm /var/lib/irekae/evidence/*")
    assert len(report(begun, tmp_path / "fourth", other)["evidence_missing"]) == 2


def test_two_runs_of_the_suite_at_once_both_pass(begun: Lab, other: dict[str, str]) -> None:
    argv = ["pytest", str(PROJECT / "verify"), "--hosts=ika", "--item=9.6,9.8,9.9"]
    both = [
        begun.start("run", "env", *assigned(env), *argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for env in ({}, other)
    ]
    told = [begun.heard(process, 600) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    waited = [said for said in told if "waiting: another run of the suite is under way on ika, by " in said]
    assert len(waited) == 1, told
