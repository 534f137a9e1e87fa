"""Dovecot's files of users go over with the standby's own numbers, and nothing of them is told."""

from __future__ import annotations

import os

import pytest
from msgspec.structs import replace

import tasks  # noqa: F401 (declares the items)
from irekae.model.errors import SwapError
from irekae.model.items import find_item
from irekae.model.journal import undoable
from irekae.model.secrecy import blanked
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.site.site import Service, needed
from irekae.subjects import mail_users
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.mail.sites import with_postfix

USERS = "/etc/dovecot/users"
SHOWN_23 = """\
passdb {
  args = scheme=CRYPT username_format=%u /etc/dovecot/users
  driver = passwd-file
}
passdb {
  driver = pam
}
service auth {
  unix_listener auth-userdb {
    mode = 0600
  }
}
userdb {
  args = uid=vmail gid=vmail home=/var/vmail/%d/%n
  driver = static
}
userdb {
  args = /etc/dovecot/%d/users
  driver = passwd-file
}
"""
SHOWN_24 = """\
passdb passwd-file {
  passwd_file_path = /etc/dovecot/users
}
passdb pam {
}
userdb passwd-file {
  fields {
    home = /var/vmail/%{user}
  }
  passwd_file_path = /etc/dovecot/users
}
"""
OURS = (
    "anna@example.com:{PLAIN}word:990:991::/var/vmail/anna::userdb_uid=990 userdb_gid=991 quota=990\n# old:x:990:991\n"
)
THEIRS = (
    OURS.replace("990", "989").replace("991", "988").replace("quota=989", "quota=990").replace("x:989:988", "x:990:991")
)


@pytest.fixture
def pair(swap: Swap, ika: FarEnd, tako: FarEnd) -> Swap:
    if os.geteuid() != 0:
        pytest.skip("files are given to their owners")
    for far, uid, gid in ((ika, 990, 991), (tako, 989, 988)):
        far.commands = lambda argv, stdin: (0, SHOWN_24 if argv[0] == "doveconf" else "")
        far.put("/etc/passwd", f"root:x:0:0::/root:/bin/sh\nvmail:x:{uid}:{gid}::/var/vmail:/bin/false\n")
        far.put("/etc/group", f"root:x:0:\nvmail:x:{gid}:\n")
        far.path("/etc/dovecot").mkdir()
    ika.put(USERS, OURS, 0o640)
    swap = with_postfix(swap)
    services = {**swap.site.services, "dovecot": Service("dovecot", "dovecot", "on", "off")}
    swap.site = replace(swap.site, services=services)
    return swap.for_pair(find_item("3.7"))


def test_what_dovecot_names_is_found_as_either_release_says_it() -> None:
    assert mail_users.of_dovecot(SHOWN_24) == [USERS]
    assert mail_users.of_dovecot(SHOWN_23) == ["/etc/dovecot/%d/users", USERS]
    assert mail_users.of_dovecot("passdb {\n  args = /etc/x\n  driver = sql\n}\n") == []


def test_numbers_are_put_down_by_name_and_all_else_stays(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.put(USERS, "old:x:989:988\n", 0o640)
    mail_users.copy_users(pair)
    assert tako.path(USERS).read_text() == THEIRS
    assert tako.path(USERS).stat().st_mode & 0o777 == 0o640
    assert tako.path(f"{USERS}.{pair.today}").read_text() == "old:x:989:988\n"
    assert [*mail_users.users_not_as_copied(pair)] == []
    ika.put(USERS, OURS.replace("word", "other"), 0o640)
    assert [*mail_users.users_not_as_copied(pair)] == [f"{USERS}: changed since 3.7"]


def test_what_is_the_same_but_for_its_numbers_is_left_as_it_is(pair: Swap, tako: FarEnd) -> None:
    tako.put(USERS, THEIRS, 0o640)
    mail_users.copy_users(pair)
    assert pair.standby.record.changes == 0


def test_an_undo_brings_back_what_was_there(pair: Swap, tako: FarEnd) -> None:
    tako.put(USERS, "old:x:989:988\n", 0o640)
    mail_users.copy_users(pair)
    for change in undoable(pair.standby.record.entries):
        undo_change(pair, pair.standby, pair.standby.record.ground, change, Found())
    assert tako.path(USERS).read_text() == "old:x:989:988\n"
    assert not tako.path(f"{USERS}.{pair.today}").exists()


def test_no_password_is_told(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    for mode in (0o640, 0o644):
        ika.put(USERS, OURS, mode)
        tako.put(USERS, OURS.replace("word", "past"), mode)
        view = replace_plan(pair)
        mail_users.copy_users(view)
        told = "\n".join(blanked(line) for change in view.plan for line in change.lines)
        assert view.plan
        assert "word" not in told
        assert "past" not in told


def replace_plan(pair: Swap) -> Swap:
    return pair.as_plan().for_pair(find_item("3.7"))


def test_a_name_that_the_standby_lacks_is_an_obstacle_and_nothing_is_written(pair: Swap, tako: FarEnd) -> None:
    assert [*mail_users.users_not_carried(pair)] == []
    tako.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    (told,) = map(str, mail_users.users_not_carried(pair))
    assert told.startswith(f"tako: {USERS} is of vmail, which tako does not know (3.7)")
    with pytest.raises(SwapError, match="is of vmail"):
        mail_users.copy_users(pair)
    assert not tako.path(USERS).exists()


def test_an_account_that_comes_with_the_others_is_none(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\nvmail:x:5000:991::/var/vmail:/bin/false\n")
    ika.put(USERS, "anna:x:5000:991::/var/vmail/anna::\n", 0o640)
    tako.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    assert [*mail_users.users_not_carried(pair)] == []


def test_files_that_cannot_be_carried_are_obstacles_and_each_machine_s_own_are_none(pair: Swap, ika: FarEnd) -> None:
    ika.commands = lambda argv, stdin: (0, SHOWN_23)
    (told,) = map(str, mail_users.users_not_carried(pair))
    assert "dovecot has users in /etc/dovecot/%d/users, which is no plain file" in told
    own = replace(needed(pair.site.mail), own_tables=["/etc/dovecot/%d/users", USERS])
    pair.site = replace(pair.site, mail=own)
    assert [*mail_users.users_not_carried(pair)] == []
    assert mail_users.files_of_users(pair.production, pair.site) == []


def test_dovecot_is_asked_once_by_an_item_and_anew_behind_a_change(pair: Swap, ika: FarEnd) -> None:
    production = pair.production
    assert [*mail_users.users_not_carried(pair)] == []
    mail_users.copy_users(pair)
    assert mail_users.files_of_users(production, pair.site) == [USERS]
    assert ika.ran.count(["doveconf", "-n"]) == 1
    ika.commands = lambda argv, stdin: (0, "")
    production.record.change("edit dovecot.conf", {"kind": "none"})
    assert mail_users.files_of_users(production, pair.site) == []


def test_where_dovecot_is_no_service_of_the_site_nobody_asks_it(pair: Swap, ika: FarEnd) -> None:
    services = {name: service for name, service in pair.site.services.items() if name != "dovecot"}
    pair.site = replace(pair.site, services=services)
    mail_users.copy_users(pair)
    assert ["doveconf", "-n"] not in ika.ran


def test_a_configuration_that_dovecot_refuses_is_told(pair: Swap, ika: FarEnd) -> None:
    ika.commands = lambda argv, stdin: (89, "")
    with pytest.raises(SwapError, match="`doveconf -n` fails on ika"):
        mail_users.copy_users(pair)
