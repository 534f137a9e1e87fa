"""Access control lists, capabilities and extended attributes belong to what a file is."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path

import pytest

from irekae.host.agent import attributes, digests, homes, survey
from tests.unit.host.agent.taking_back import take_back

ACL = "system.posix_acl_access"
NOBODY, USER_OBJ, USER, GROUP_OBJ, GROUP, MASK, OTHER = 0xFFFFFFFF, 1, 2, 4, 8, 16, 32


def acl(*named: tuple[int, int, int]) -> bytes:
    """rw- for the owner and for those named (tag, permissions, number), nothing for anybody else (acl(5))."""
    entries = [(USER_OBJ, 6, NOBODY), *named, (GROUP_OBJ, 0, NOBODY), (MASK, 6, NOBODY), (OTHER, 0, NOBODY)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder in which one file has a list, one an attribute, one neither."""
    folder = tmp_path / "home"
    (folder / "asada").mkdir(parents=True)
    for name in ("listed", "tagged", "plain"):
        (folder / "asada" / name).write_text("x")
        (folder / "asada" / name).chmod(0o600)
        os.utime(folder / "asada" / name, (1, 1))
    try:
        os.setxattr(folder / "asada/listed", ACL, acl((USER, 6, 65534)))
        os.setxattr(folder / "asada/tagged", "user.origin", b"https://example.org/")
    except OSError as error:
        if error.errno in attributes.UNSUPPORTED:
            pytest.skip("this file system holds no attributes")
        raise
    return folder


def digest(home: Path) -> str:
    return str(digests.op_digests(str(home))["asada"]["digest"])


def test_a_copy_without_the_list_or_the_attribute_is_not_the_same(home: Path) -> None:
    whole = digest(home)
    os.removexattr(home / "asada/listed", ACL)
    without_list = digest(home)
    os.setxattr(home / "asada/tagged", "user.origin", b"elsewhere")
    assert len({whole, without_list, digest(home)}) == 3


def told(user: int, group: int, names: dict[int, str]) -> bytes:
    """The digest of one list on a machine with these names."""

    def name(number: int) -> str:
        return names.get(number, str(number))

    return attributes.digest_of_attributes({ACL: acl((USER, 6, user), (GROUP, 4, group))}, name, name)


def test_numbers_of_users_may_differ_where_their_names_are_the_same() -> None:
    here = told(1000, 2000, {1000: "asada", 2000: "epalab"})
    assert told(1700, 2100, {1700: "asada", 2100: "epalab"}) == here
    assert told(1700, 2100, {1700: "ueno", 2100: "epalab"}) != here


def test_what_the_copy_altered_gets_its_list_and_attributes_back(home: Path) -> None:
    names = ["asada/listed", "asada/tagged", "asada/plain"]
    before, states = digest(home), homes.op_states(str(home), names)
    os.removexattr(home / "asada/listed", ACL)
    (home / "asada/listed").chmod(0o660)
    os.setxattr(home / "asada/tagged", "user.more", b"1")
    os.removexattr(home / "asada/tagged", "user.origin")
    os.setxattr(home / "asada/plain", ACL, acl((USER, 6, 65534)))
    take_back(home, ".none", [], states)
    assert digest(home) == before
    assert os.listxattr(home / "asada/plain") == []


def test_the_survey_names_some_that_have_such(home: Path) -> None:
    found = survey.op_survey(str(home), [], 4000)
    assert (found["acl"], found["xattr"]) == (["asada/listed"], ["asada/tagged"])


def test_a_link_a_pipe_and_what_is_gone_hold_nobody(home: Path) -> None:
    (home / "link").symlink_to(home / "asada/tagged")
    os.mkfifo(home / "pipe")
    folder = os.open(home, os.O_PATH | os.O_DIRECTORY)
    try:
        for name in (b"link", b"pipe", b"gone"):
            assert attributes.attributes_of(folder, name) == {}
    finally:
        os.close(folder)


def test_what_a_file_system_can_hold_is_known_without_writing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert attributes.op_attribute_support(str(home)) == {"acl": True, "xattr": True}

    def refused(*_: object, **__: object) -> bytes:
        raise OSError(errno.EOPNOTSUPP, "not supported")

    monkeypatch.setattr(os, "getxattr", refused)
    assert attributes.op_attribute_support(str(home)) == {"acl": False, "xattr": False}


def test_a_list_that_is_cut_short_is_no_end_of_the_world() -> None:
    for length in range(len(acl())):
        assert isinstance(attributes.acl_by_name(acl()[:length], str, str), bytes)
