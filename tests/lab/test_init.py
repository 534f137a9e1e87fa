"""`fab init` against two real hosts: two files that load, and that phase 0 takes once the marked lines are decided."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tests.driver import Lab


def test_what_init_writes_is_taken_once_it_is_decided(lab: Lab, tmp_path: Path) -> None:
    pair = tmp_path / "pair"
    said = lab.run("fab", "init", "--out", str(pair))
    assert "FILL IN" in said
    site = pair / "site.toml"
    found = tomllib.loads(site.read_text())
    assert {"ssh", "cron", "apache2", "qmail", "fail2ban"} <= set(found["services"])
    assert (found["mail"]["system"], "sudo" in found["services"]) == ("qmail", False)
    assert {page["contains"] for page in found["web"]["pages"]} >= {"ITPASS", "EPA"}
    assert {file["path"] for file in found["files"]} >= {"/etc/hostname", "/etc/hosts"}
    assert found["network"]["interface"] == "eth0"
    asks = ["run", "env", f"IREKAE_INVENTORY={pair}/hosts.ini", f"IREKAE_SITE={site}", "fab", "phase0.preflight"]
    refused = lab.try_(*asks).stderr
    assert f"{site}:" in refused
    assert "is not decided" in refused
    again = lab.refused("fab", "init", "--out", str(pair), status=2)
    assert "has a hosts.ini and a site.toml already" in again
    site.write_text(re.sub(r"  # FILL IN.*", "", site.read_text()))
    assert "0.2 ika: no obstacles" in lab.run(*asks[1:])
