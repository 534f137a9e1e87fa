"""A newcomer's way with a pair of today: `fab init`, the marked lines filled in, `fab phase0`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.lab_today.today_lab import MARS, VENUS, TodayLab

pytestmark = pytest.mark.lab
DECIDED = {"service_name": "mail.example.org", "administrators": "admin@example.org"}


def test_two_marks_are_filled_in_and_phase_0_takes_what_init_wrote(lab: TodayLab, tmp_path: Path) -> None:
    lab.run("fab", "init", "--out", str(tmp_path))
    site = tmp_path / "site.toml"
    lines = site.read_text().splitlines()
    marked = {line.partition(" ")[0]: number for number, line in enumerate(lines) if "  # FILL IN" in line}
    assert set(marked) == set(DECIDED)
    for key, number in marked.items():
        lines[number] = f'{key} = "{DECIDED[key]}"'
    site.write_text("\n".join(lines))
    found = tomllib.loads(site.read_text())
    assert found["mail"]["production"]["virtual_mailbox_domains"] == "example.com"
    assert found["phase1"]["scheduled"] == ["certbot.timer", "dump@wiki.timer"]
    assert {tree["path"] for tree in found["trees"]} == {"/srv", "/var/vmail", "/var/spool/mlmmj", "/etc/letsencrypt"}
    pair = f"IREKAE_INVENTORY={tmp_path}/hosts.ini", f"IREKAE_SITE={site}"
    assert "0.2 mars: no obstacles" in lab.run("env", *pair, "fab", "phase0.preflight")
    outcome = lab.run("env", *pair, "pytest", "verify/", "--hosts=mars,venus", "--item=9.2", "--item=9.4")
    assert " failed" not in outcome


@pytest.mark.parametrize(
    ("production", "standby", "told"),
    [
        (f"venus={VENUS}", f"mars={MARS}", "mars looks like production"),
        (f"mars={VENUS}", f"venus={MARS}", f"{VENUS} calls itself venus, not mars"),
        (f"merkur={MARS}", f"venus={VENUS}", f"{MARS} calls itself mars, not merkur"),
    ],
)
def test_init_refuses_hosts_that_are_taken_for_others(
    lab: TodayLab, tmp_path: Path, production: str, standby: str, told: str
) -> None:
    pair = f"--production {production} --standby {standby}"
    seat, words = lab.seat, f"--known-hosts {lab.seat}/known_hosts --user hayashi --yes"
    script = f"ssh-add -q {seat}/id_ed25519 && exec fab init --out {tmp_path}/new {pair} {words}"
    said = lab.refused("env", f"IREKAE_INVENTORY={tmp_path}/hosts.ini", "ssh-agent", "sh", "-c", script, status=2)
    assert told in said
    assert f"--production mars={MARS} --standby venus={VENUS}" in said
    assert not any((tmp_path / "new" / name).exists() for name in ("hosts.ini", "site.toml"))


def test_phase_0_tells_production_taken_for_the_standby_and_nothing_else(lab: TodayLab, tmp_path: Path) -> None:
    lab.reset()  # once a swap has begun, the hosts remember who is who
    hosts = (lab.seat / "hosts.ini").read_text()
    turned = hosts.replace("[production]", "[-]").replace("[standby]", "[production]").replace("[-]", "[standby]")
    (tmp_path / "hosts.ini").write_text(turned)
    (tmp_path / "secrets.toml").symlink_to(lab.seat / "secrets.toml")
    inventory = f"IREKAE_INVENTORY={tmp_path}/hosts.ini"
    script = f"fab trust --known-hosts {lab.seat}/known_hosts --yes && exec fab phase0.preflight"
    said = lab.refused("env", inventory, "sh", "-c", script)
    assert "mars looks like production, and venus like the standby: " in said
    assert "apt-get" not in said
