"""Who holds a service's sockets."""

from __future__ import annotations

from typing import cast

from verify.evidence import start
from verify.facts import Facts
from verify.holders import end_of, strangers
from verify.parsing import processes

MASTER = "356 1 0 Ss master /usr/lib/postfix/sbin/master -w"
SMTPD = "560 356 101 S smtpd smtpd -n submission"
STRANGER = "700 1 0 S smtpd /root/smtpd"


def facts(before: str, sockets: str, behind: str) -> Facts:
    said = {"ps": before, "ss": sockets, "ps-behind": behind}
    raw = {"commands": {name: {"out": out, "err": "", "status": 0, "took": 0.0} for name, out in said.items()}}
    return Facts("mars", raw, start(), 0.0, 0.0, 0.0, cast(dict[str, list[str]], {}))


def socket(*owners: tuple[str, int]) -> str:
    users = ",".join(f'("{name}",pid={pid},fd=6)' for name, pid in owners)
    return f"tcp LISTEN 0 100 0.0.0.0:587 0.0.0.0:* users:({users})"


def foreign(before: str, behind: str, *owners: tuple[str, int]) -> set[str]:
    asked = facts(before, socket(*owners), behind)
    return strangers(asked, asked.listeners, processes(MASTER), {"master"})


def test_a_child_of_the_services_own_holds_its_socket_for_it() -> None:
    both = f"{MASTER}\n{SMTPD}\n"
    assert foreign(both, both, ("master", 356), ("smtpd", 560)) == set()


def test_one_that_began_while_the_sockets_were_looked_at_is_a_child_too() -> None:
    assert foreign(f"{MASTER}\n", f"{MASTER}\n{SMTPD}\n", ("master", 356), ("smtpd", 560)) == set()


def test_one_that_has_ended_since_is_still_a_child() -> None:
    assert foreign(f"{MASTER}\n{SMTPD}\n", f"{MASTER}\n", ("master", 356), ("smtpd", 560)) == set()


def test_one_that_took_its_own_name_only_while_it_was_looked_at_is_a_child_too() -> None:
    born = f"{MASTER}\n560 356 0 S master /usr/lib/postfix/sbin/master -w\n"
    assert foreign(born, f"{MASTER}\n", ("master", 356), ("smtpd", 560)) == set()


def test_one_that_came_and_went_meanwhile_keeps_no_port() -> None:
    assert foreign(f"{MASTER}\n", f"{MASTER}\n", ("master", 356), ("smtpd", 560)) == set()


def test_a_stranger_of_the_same_name_is_none() -> None:
    both = f"{MASTER}\n{STRANGER}\n"
    assert foreign(both, both, ("smtpd", 700)) == {"smtpd"}


def test_who_is_to_be_killed_is_none_of_the_services_own_and_not_init() -> None:
    both = f"{MASTER}\n{SMTPD}\n700 1 0 S nc nc -l 587\n"
    asked = facts(both, socket(("systemd", 1), ("master", 356), ("smtpd", 560), ("nc", 700)), both)
    assert end_of(asked.listeners, asked, processes(MASTER)) == "kill 700; "


def test_where_only_the_service_itself_listens_nobody_is_to_be_killed() -> None:
    both = f"{MASTER}\n{SMTPD}\n"
    asked = facts(both, socket(("master", 356), ("smtpd", 560)), both)
    assert end_of(asked.listeners, asked, processes(MASTER)) == ""
