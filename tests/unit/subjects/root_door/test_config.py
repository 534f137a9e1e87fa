"""The text of sshd_config that lets root in, and the one that does not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.subjects.root_door.config import forbid_root, permit_root, without_door

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


@pytest.mark.parametrize("before", [
    b"PermitRootLogin no\n", b"PermitRootLogin yes\n", b"", b"PermitRootLogin no", b"\xff\xfe\n",
    b"UsePAM yes\r\nPermitRootLogin\tno\r\n", b"Include conf.d/*\nMatch User root\n  PermitRootLogin no\n",
    b"PermitRootLogin no\nPermitRootLogin forced-commands-only\n",
])  # fmt: skip
def test_the_way_in_is_two_lines_which_are_taken_out_again_and_nothing_else(before: bytes) -> None:
    opened = permit_root(before)
    assert opened.endswith(b'\nPermitRootLogin "forced-commands-only"\n' + before)
    assert without_door(opened) == before
    assert without_door(b"# mine\n" + opened + b"MaxSessions 20\n") == b"# mine\n" + before + b"MaxSessions 20\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"PermitRootLogin no\n", b"PermitRootLogin no\n"),
        (b"PermitRootLogin yes\n", b"PermitRootLogin no\n"),
        (b"  permitrootlogin = prohibit-password  # why\n", b"  PermitRootLogin no  # why\n"),
        (b"", b"PermitRootLogin no\n"),
        (b"#PermitRootLogin no\n", b"PermitRootLogin no\n#PermitRootLogin no\n"),
        (b"PermitRootLogin yes\nPermitRootLogin no\n", b"PermitRootLogin no\nPermitRootLogin no\n"),
        (b"UsePAM yes\nMatch User x\n PermitRootLogin no\n",
         b"PermitRootLogin no\nUsePAM yes\nMatch User x\n PermitRootLogin no\n"),
        (b"Include conf.d/*\nPermitRootLogin no\n", b"PermitRootLogin no\nInclude conf.d/*\nPermitRootLogin no\n"),
        (b"PermitRootLoginX no\n", b"PermitRootLogin no\nPermitRootLoginX no\n"),
    ],
)  # fmt: skip
def test_forbidding_moves_no_more_than_it_must(before: bytes, after: bytes) -> None:
    assert forbid_root(before) == after
    assert forbid_root(permit_root(before)) == after


@pytest.mark.parametrize("included", [b"", b"PermitRootLogin no\n", b"PermitRootLogin yes\n", b"Port 22\n"])
def test_debians_own_file_whatever_it_includes(included: bytes) -> None:
    assert effective(permit_root(DEBIAN), included) == "forced-commands-only"
    assert effective(forbid_root(DEBIAN), included) == "no"
    assert effective(forbid_root(permit_root(DEBIAN)), included) == "no"


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
    assert effective(permit_root(config), included) == "forced-commands-only"
    assert effective(forbid_root(permit_root(config)), included) == "no"
    assert effective(permit_root(forbid_root(config)), included) == "forced-commands-only"


@given(configs)
def test_doing_it_twice_changes_nothing_more(config: bytes) -> None:
    for change in (permit_root, forbid_root):
        assert change(change(config)) == change(config)


@given(configs)
def test_every_other_line_survives(config: bytes) -> None:
    after = forbid_root(config).split(b"\n")
    for line in config.split(b"\n"):
        root = b"rootlogin" in line.lower()
        assert root or line in after
