"""Whom sshd's lists keep out, and which accounts take nobody."""

from __future__ import annotations

import grp
import os
import pwd
import time

import pytest

from verify.far.user_logins import DAY, closed, proofs, sample, shut_out

ME = pwd.getpwuid(os.getuid())
MY_GROUP = grp.getgrgid(ME.pw_gid).gr_name
TODAY = int(time.time() // DAY)


@pytest.mark.parametrize(("settings", "listed"), [
    ({}, ""),
    ({"allowusers": ["hayashi", "mori"]}, "allowusers"),
    ({"allowusers": [ME.pw_name]}, ""),
    ({"allowusers": [f"{ME.pw_name[:2]}*"]}, ""),
    ({"allowusers": ["*", f"!{ME.pw_name}"]}, "allowusers"),
    ({"allowusers": [f"{ME.pw_name}@203.0.113.*"]}, "allowusers"),
    ({"allowusers": [f"{ME.pw_name}@198.51.100.*"]}, ""),
    ({"denyusers": [ME.pw_name], "allowusers": ["*"]}, "denyusers"),
    ({"allowgroups": ["nobody-has-this"]}, "allowgroups"),
    ({"allowgroups": [MY_GROUP]}, ""),
    ({"denygroups": [MY_GROUP]}, "denygroups"),
])  # fmt: skip
def test_sshd_s_lists_are_read_as_sshd_reads_them(settings: dict[str, list[str]], listed: str) -> None:
    assert shut_out(ME, settings, "198.51.100.50") == listed


@pytest.mark.parametrize(("row", "why"), [
    ("x:$6$h:15000:0:99999:7:::", ""),
    ("x:$6$h:15000:0:99999:7::1:", "the account has expired"),
    (f"x:$6$h:15000:0:99999:7::{TODAY + 2}:", ""),
    ("x:$6$h:0:0:99999:7:::", "the password must be changed at the next login"),
    (f"x:$6$h:{TODAY - 100}:0:90:7:::", "the password has expired"),
    (f"x:$6$h:{TODAY - 100}:0::7:::", ""),
])  # fmt: skip
def test_an_account_that_takes_nobody_says_why(row: str, why: str) -> None:
    assert closed(ME, row.split(":")) == why


def test_a_locked_password_proves_nothing() -> None:
    for hashed, proof in (("$6$x", ["password"]), ("!$6$x", []), ("*", []), ("", [])):
        account = pwd.struct_passwd((ME.pw_name, "x", 1, 1, "", "/no/such/home", "/bin/sh"))
        assert proofs(account, {ME.pw_name: [ME.pw_name, hashed]}) == proof


def test_a_sample_reaches_from_the_first_to_the_last() -> None:
    assert sample([str(number) for number in range(100)], 10) == [str(number) for number in range(0, 100, 10)]
    assert sample(["a"], 10) == ["a"]
