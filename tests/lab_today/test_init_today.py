"""A newcomer's way with a pair of today: `fab init`, the marked lines filled in, `fab phase0`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.lab_today.today_lab import TodayLab

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
