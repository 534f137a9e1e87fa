"""What the scripts that run on a host need, and which files they may quote."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import pytest

from verify.connection import ASKED, FAR
from verify.facts import told
from verify.far import ask


@pytest.mark.parametrize("script", sorted(Path(FAR).glob("[a-z]*.py")), ids=lambda path: path.name)
def test_what_runs_on_a_host_needs_the_standard_library_alone(script: Path) -> None:
    lines = script.read_text().splitlines()
    imported = [line.split()[1] for line in lines if line.startswith(("import ", "from "))]
    shared = {f"verify.far.{path.stem}" for path in Path(FAR).glob("*.py")}
    assert {name.partition(".")[0] for name in {*imported} - shared} <= {*sys.stdlib_module_names}


def test_every_script_that_is_asked_says_what_it_does() -> None:
    calls = re.compile(r"""\.far\(\s*["'](\w+)["']""")
    asked = {name for path in FAR.parent.glob("*.py") for name in calls.findall(path.read_text())}
    assert {"homes", "schedules"} <= asked
    assert asked <= ASKED.keys()


@pytest.mark.parametrize(
    ("mode", "folder_mode", "public"), [(0o644, 0o755, True), (0o640, 0o755, False), (0o644, 0o750, False)]
)
def test_a_file_is_public_only_if_everybody_can_get_at_it(mode: int, folder_mode: int, public: bool) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as top:
        Path(top).chmod(folder_mode)
        path = Path(top) / "gate.conf"
        path.write_text("word = hunter2\n")
        path.chmod(mode)
        link = Path(top) / "link"
        link.symlink_to(path)
        for way in (path, link):
            answer = ask.file(str(way))
            assert answer["public"] is public
            assert ("hunter2" in told(str(way), answer)) is public


def test_a_link_to_a_secret_file_is_read_as_that_file() -> None:
    assert not ask.file("/etc/../etc/shadow")["public"]
