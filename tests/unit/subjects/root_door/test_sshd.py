"""What sshd makes of its files for root: who would keep the copy's key out, and which lines let root in somewhere."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from irekae.host.host import Host
from irekae.model.items import EXACT, Item, On
from irekae.subjects.each_minute.cron import Cron
from irekae.subjects.preflight.door import cannot_close, key_refused, no_programs_run
from irekae.subjects.root_door import key, sshd
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

ITEM = Item("2.1", "open", "", "", On.STANDBY, lambda *_: None, "M", EXACT, False, False, False)
CONFIG = "/etc/ssh/sshd_config"
PLAIN = {
    "permitrootlogin": ["no"], "pubkeyauthentication": ["yes"], "authenticationmethods": ["any"],
    "authorizedkeysfile": [".ssh/authorized_keys .ssh/authorized_keys2"], "forcecommand": ["none"],
    "pubkeyacceptedalgorithms": ["ssh-ed25519,rsa-sha2-512"], "chrootdirectory": ["none"],
}  # fmt: skip


@pytest.fixture
def host(swap: Swap) -> Host:
    return swap.host(ITEM, On.STANDBY)


def test_debians_own_settings_let_the_key_in() -> None:
    assert key.refusals(PLAIN) == []


@pytest.mark.parametrize(
    ("keyword", "values", "said"),
    [
        ("allowusers", ["hayashi", "mori"], "AllowUsers hayashi mori"),
        ("allowgroups", ["staff"], "AllowGroups staff"),
        ("denyusers", ["kato", "root"], "DenyUsers names root"),
        ("denygroups", ["root"], "DenyGroups names root"),
        ("pubkeyauthentication", ["no"], "PubkeyAuthentication no"),
        ("authenticationmethods", ["publickey,password"], "a key alone is not enough"),
        ("authorizedkeysfile", ["/etc/ssh/keys/%u"], "AuthorizedKeysFile /etc/ssh/keys/%u"),
        ("authorizedkeysfile", ["none"], "AuthorizedKeysFile none"),
        ("pubkeyacceptedalgorithms", ["rsa-sha2-512"], "lacks ssh-ed25519"),
        ("forcecommand", ["/usr/bin/false"], "ForceCommand /usr/bin/false"),
        ("chrootdirectory", ["/srv"], "ChrootDirectory /srv"),
    ],
)
def test_each_setting_that_keeps_the_key_out_is_named(keyword: str, values: list[str], said: str) -> None:
    assert [why for why in key.refusals({**PLAIN, keyword: values}) if said in why]


@pytest.mark.parametrize(
    ("keyword", "values"),
    [
        ("allowusers", ["root"]), ("allowusers", ["root@198.51.100.21"]), ("allowusers", ["*"]),
        ("denyusers", ["kato"]), ("authorizedkeysfile", ["/root/.ssh/authorized_keys"]),
        ("authorizedkeysfile", ["%h/.ssh/authorized_keys"]), ("authenticationmethods", ["publickey password"]),
    ],
)  # fmt: skip
def test_what_does_not_keep_it_out_is_not_named(keyword: str, values: list[str]) -> None:
    assert key.refusals({**PLAIN, keyword: values}) == []


def test_lines_of_match_blocks_are_found_in_every_included_file(host: Host, tako: FarEnd) -> None:
    tako.put("/etc/ssh/b.conf", "Match Address 192.0.2.0/24\n  permitrootlogin = yes\n")
    tako.put("/etc/ssh/d/20-b.conf", "Match User x\nPermitRootLogin no\n# PermitRootLogin yes\n")
    tako.put("/etc/ssh/d/10-a.conf", "PermitRootLogin yes\nMatch all\n  Include /etc/ssh/c.conf\n")
    tako.put("/etc/ssh/c.conf", "PermitRootLogin prohibit-password\n")
    tako.put("/etc/ssh/d/.hidden.conf", "Match all\nPermitRootLogin yes\n")
    tako.put(CONFIG, "Include b.conf /etc/ssh/d/*.conf\n")
    assert sshd.loopholes(host, CONFIG) == [
        "/etc/ssh/b.conf:2: Match Address 192.0.2.0/24: PermitRootLogin yes",
        "/etc/ssh/c.conf:1: Match all: PermitRootLogin prohibit-password",
    ]


def test_files_that_include_one_another_come_to_an_end(host: Host, tako: FarEnd) -> None:
    tako.put(CONFIG, f"Include {CONFIG}\nMatch all\nPermitRootLogin yes\n")
    assert sshd.loopholes(host, CONFIG)


def _answers(tako: FarEnd, **said: str) -> None:
    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        word = argv[0].rpartition("/")[2]
        return 0, said.get(word, "")

    tako.commands = answer


@pytest.mark.parametrize(
    ("ps", "said"),
    [
        ("7 40 0 Ss   cron\n", ""), ("7 40 0 Ss crond\n 8 40 1000 S cron\n", ""), ("", "does not run"),
        ("7 40 1000 S    cron\n", "does not run"), ("7 40 0 T    cron\n", "is stopped"),
        ("7 40 0 Zs   cron\n", "is stopped"), ("7 - 0 Ss cron\n", ""),
        ("1 40 0 Ss systemd\n7 40 0 Ss cron\n8 41 0 Ss cron\n", ""), ("1 - 0 Ss init\n7 40 0 Ss cron\n", ""),
        ("1 40 0 Ss systemd\n8 41 0 Ss cron\n", "does not run"),
    ],
)  # fmt: skip
def test_cron_is_roots_own_and_alive(host: Host, swap: Swap, tako: FarEnd, ps: str, said: str) -> None:
    _answers(tako, ps=ps)
    tako.path("/etc/cron.d").mkdir(parents=True)
    found = Cron().problem(host, swap.site)
    assert said in found
    assert bool(found) is bool(said)


def test_the_preflight_tells_what_would_keep_the_door_open_and_the_key_out(swap: Swap, tako: FarEnd) -> None:
    _answers(
        tako, sshd="allowusers hayashi\n", cat=f"/dev/sda / ext4 rw 0 0\n/dev/sdb {'/var/lib'} ext4 rw,noexec 0 0\n"
    )
    tako.path("/etc/cron.d").mkdir(parents=True)
    pair = swap.for_pair(ITEM)
    told = [str(found) for check in (cannot_close, no_programs_run, key_refused) for found in check(pair)]
    assert [line for line in told if "cron does not run" in line]
    assert [line for line in told if "/var/lib, which is mounted noexec" in line]
    assert [line for line in told if "AllowUsers hayashi" in line]
