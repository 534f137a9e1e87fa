"""Root's way in: the text of sshd_config, and the script that closes the door by itself."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.agent.journal import decoded
from irekae.subjects.root_door import close_script, crontab, forbid_root, is_forbidden, loopholes, permit_root

DEBIAN = b"""\
# This is the sshd server system-wide configuration file.
Include /etc/ssh/sshd_config.d/*.conf
#Port 22
#PermitRootLogin prohibit-password
UsePAM yes
Subsystem\tsftp\t/usr/lib/openssh/sftp-server
"""


def effective(config: bytes, included: bytes = b"") -> str:
    """What sshd makes of it for root, outside Match blocks: the first value counts (sshd_config(5))."""
    lines = []
    for line in config.replace(b"\r", b"").split(b"\n"):
        lines += included.split(b"\n") if re.match(rb"\s*include\b", line, re.IGNORECASE) else [line]
    for line in lines:
        if re.match(rb"\s*match\b", line, re.IGNORECASE):
            break
        found = re.match(rb'\s*permitrootlogin(?:\s*=\s*|\s+)"?([a-z-]+)', line, re.IGNORECASE)
        if found:
            return found[1].decode().lower()
    return "prohibit-password"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"PermitRootLogin no\n", b"PermitRootLogin yes\n"),
        (b"PermitRootLogin yes\n", b"PermitRootLogin yes\n"),
        (b"  permitrootlogin   no  # why\n", b"  PermitRootLogin yes  # why\n"),
        (b"PermitRootLogin=no\n", b"PermitRootLogin yes\n"),
        (b"PermitRootLogin = no\n", b"PermitRootLogin yes\n"),
        (b'PermitRootLogin "no"\n', b"PermitRootLogin yes\n"),
        (b"PermitRootLogin\tno\r\nUsePAM yes\r\n", b"PermitRootLogin yes\r\nUsePAM yes\r\n"),
        (b"PermitRootLogin no", b"PermitRootLogin yes"),
        (b"", b"PermitRootLogin yes\n"),
        (b"#PermitRootLogin no\n", b"PermitRootLogin yes\n#PermitRootLogin no\n"),
        (
            b"PermitRootLogin no\nPermitRootLogin forced-commands-only\n",
            b"PermitRootLogin yes\n# irekae: PermitRootLogin forced-commands-only\n",
        ),
        (
            b"UsePAM yes\nMatch User root\n  PermitRootLogin no\n",
            b"PermitRootLogin yes\nUsePAM yes\nMatch User root\n  PermitRootLogin no\n",
        ),
        (
            b"Include conf.d/*\nPermitRootLogin no\n",
            b"PermitRootLogin yes\nInclude conf.d/*\n# irekae: PermitRootLogin no\n",
        ),
        (b"PermitRootLogin no\nInclude conf.d/*\n", b"PermitRootLogin yes\nInclude conf.d/*\n"),
        (b"PermitRootLoginX no\n", b"PermitRootLogin yes\nPermitRootLoginX no\n"),
        (b"\xff\xfe\n", b"PermitRootLogin yes\n\xff\xfe\n"),
    ],
)
def test_permitting_changes_one_line_and_nothing_else(before: bytes, after: bytes) -> None:
    assert permit_root(before) == after


@pytest.mark.parametrize("included", [b"", b"PermitRootLogin no\n", b"PermitRootLogin yes\n", b"Port 22\n"])
def test_debians_own_file_whatever_it_includes(included: bytes) -> None:
    assert effective(permit_root(DEBIAN), included) == "yes"
    assert effective(forbid_root(DEBIAN), included) == "no"
    assert effective(forbid_root(permit_root(DEBIAN)), included) == "no"


def test_lines_of_match_blocks_are_left_alone_and_told() -> None:
    config = (
        b"PermitRootLogin no\nMatch Address 192.0.2.0/24\n  PermitRootLogin forced-commands-only\n"
        b'Match User x\nPermitRootLogin no\nmatch all\n\tpermitrootlogin="yes"\n# PermitRootLogin yes\n'
    )
    assert forbid_root(config) == config
    assert loopholes(config) == ["PermitRootLogin forced-commands-only", 'permitrootlogin="yes"']
    assert loopholes(permit_root(config)) == loopholes(config)
    assert loopholes(DEBIAN) == loopholes(b"") == loopholes(b"PermitRootLogin yes\n") == []


pieces = st.sampled_from(
    [
        b"PermitRootLogin yes",
        b"PermitRootLogin no",
        b"permitrootlogin prohibit-password",
        b"PermitRootLogin=forced-commands-only",
        b'  PermitRootLogin "no"  # x',
        b"#PermitRootLogin yes",
        b"Include /etc/ssh/sshd_config.d/*.conf",
        b"Match User root",
        b"UsePAM yes",
        b"",
        b"\xff",
    ]
)
configs = st.builds(
    lambda lines, end, last: end.join(lines) + (end if last else b""),
    st.lists(pieces, max_size=8),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
)


@given(configs, configs)
def test_forbidding_forbids_and_permitting_permits_whatever_was_there(config: bytes, included: bytes) -> None:
    included = included.replace(b"Include", b"#").replace(b"Match", b"#")
    assert effective(forbid_root(config), included) == "no"
    assert effective(permit_root(config), included) == "yes"
    assert effective(forbid_root(permit_root(config)), included) == "no"
    assert effective(permit_root(forbid_root(config)), included) == "yes"


@given(configs)
def test_doing_it_twice_changes_nothing_more(config: bytes) -> None:
    for change in (permit_root, forbid_root):
        assert change(change(config)) == change(config)


@given(configs)
def test_every_line_survives_as_it_was_or_as_a_comment(config: bytes) -> None:
    after = forbid_root(config).split(b"\n")
    for line in config.split(b"\n"):
        root = b"rootlogin" in line.lower()
        assert root or line in after


@pytest.mark.parametrize(
    ("said", "forbidden"),
    [
        ("port 22\npermitrootlogin no\nusepam yes\n", True),
        ("PermitRootLogin no\n", True),
        ("permitrootlogin without-password\n", False),
        ("permitrootlogin yes\n", False),
        ("permitrootlogin no-such-word\n", False),
        ("", False),
    ],
)
def test_sshds_own_word_counts(said: str, forbidden: bool) -> None:
    assert is_forbidden(said) is forbidden


# --- the lease ---


class Door:
    """The script on a host that is a folder."""

    def __init__(self, root: Path, deadline: int, restart: str = "touch {root}/restarted") -> None:
        self.root = root
        self.folder = root / "state" / "door"
        self.config = root / "sshd_config"
        self.keys = root / "ssh" / "authorized_keys"
        self.journal = root / "state" / "journal.jsonl"
        self.cron = root / "irekae-door"
        self.folder.mkdir(parents=True)
        self.keys.parent.mkdir()
        self.config.write_text("PermitRootLogin yes\n")
        (self.folder / "sshd_config.closed").write_text("PermitRootLogin no\n")
        (self.folder / "deadline").write_text(f"{deadline}\n")
        self.cron.touch()
        text = close_script(str(self.folder), str(self.config), restart.format(root=root)).decode()
        text = text.replace("/root/.ssh", str(self.keys.parent)).replace("/etc/cron.d", str(root))
        (self.folder / "close").write_text(text)

    def close(self, *words: str) -> int:
        return subprocess.run(["sh", str(self.folder / "close"), *words], check=False, capture_output=True).returncode

    @property
    def entries(self) -> list[dict[str, object]]:
        lines = self.journal.read_bytes().split(b"\n") if self.journal.exists() else []
        return [entry for line in lines if (entry := decoded(line)) is not None]


LONG_AGO, FAR_OFF = 1, 4_000_000_000


def test_before_the_deadline_nothing_happens(tmp_path: Path) -> None:
    door = Door(tmp_path, FAR_OFF)
    assert door.close() == 0
    assert door.config.read_text() == "PermitRootLogin yes\n"
    assert not (tmp_path / "restarted").exists()
    assert door.entries == []


def test_past_the_deadline_the_door_closes_and_says_so(tmp_path: Path) -> None:
    door = Door(tmp_path, LONG_AGO)
    door.journal.write_text('{"event": "torn')
    door.keys.write_text("ssh-ed25519 OURS irekae-copy\nssh-ed25519 OTHER admin\n")
    (door.folder / "key.pub").write_text("OURS\n")
    assert door.close() == 0
    assert door.config.read_text() == "PermitRootLogin no\n"
    assert door.keys.read_text() == "ssh-ed25519 OTHER admin\n"
    assert (tmp_path / "restarted").exists()
    assert [(entry["item"], entry["event"], entry["who"]) for entry in door.entries] == [
        ("2.1", "undone", "lease"),
        ("2.2", "undone", "lease"),
    ]
    assert not door.cron.exists()


def test_it_can_be_closed_at_once(tmp_path: Path) -> None:
    door = Door(tmp_path, FAR_OFF)
    assert door.close("now") == 0
    assert door.config.read_text() == "PermitRootLogin no\n"


def test_the_last_key_leaves_an_empty_file(tmp_path: Path) -> None:
    door = Door(tmp_path, LONG_AGO)
    door.keys.write_text("ssh-ed25519 OURS irekae-copy\n")
    (door.folder / "key.pub").write_text("OURS\n")
    assert door.close() == 0
    assert door.keys.read_text() == ""
    assert door.keys.stat().st_mode & 0o777 == 0o600


def test_a_restart_whose_stop_fails_still_starts(tmp_path: Path) -> None:
    door = Door(tmp_path, LONG_AGO, restart="false\ntouch {root}/restarted")
    assert door.close() == 0
    assert (tmp_path / "restarted").exists()
    assert len(door.entries) == 2


def test_a_restart_that_fails_is_tried_again_by_the_next_minute(tmp_path: Path) -> None:
    door = Door(tmp_path, LONG_AGO, restart="false")
    assert door.close() == 1
    assert door.config.read_text() == "PermitRootLogin no\n"
    assert door.cron.exists()
    assert door.entries == []


def test_keys_that_cannot_be_rewritten_stay_whole(tmp_path: Path) -> None:
    door = Door(tmp_path, LONG_AGO)
    door.keys.write_text("ssh-ed25519 OTHER admin\n")
    (door.folder / "key.pub").mkdir()  # grep cannot read its patterns: status 2
    assert door.close() != 0
    assert door.keys.read_text() == "ssh-ed25519 OTHER admin\n"


def test_cron_runs_it_each_minute_and_at_boot() -> None:
    lines = [
        line for line in crontab("/var/lib/irekae/door").decode().splitlines() if not line.startswith(("#", "PATH"))
    ]
    assert lines == ["* * * * * root /var/lib/irekae/door/close", "@reboot root /var/lib/irekae/door/close"]
    assert crontab("/x").endswith(b"\n"), "cron passes over a last line without an end"


def test_what_it_writes_is_json() -> None:
    text = close_script("/x", "/y", "true").decode()
    line = re.search(r"printf '\\n(\{.*\})\\n'", text)
    assert line is not None
    assert json.loads(line[1].replace("%s", "x"))["event"] == "undone"
