"""Old names that are left (5.2): every depth, each with file and line, nothing replaced."""

from __future__ import annotations

import pytest

from irekae.model.items import EXACT, Item, On
from irekae.model.secrecy import PRIVATE
from irekae.subjects.old_names import left_over
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

ITEM = Item("5.2", "x", "", "", On.BOTH, lambda *_: None, "M", EXACT, False, False, False)


@pytest.fixture
def found(swap: Swap, ika: FarEnd) -> tuple[list[str], int]:
    today = swap.today
    for path, text in {
        "/etc/hostname": "tako-itpass\n",
        "/etc/hosts": "127.0.0.1 localhost\n133.30.109.21 ika-itpass.scitec.kobe-u.ac.jp ika-itpass ika\n",
        f"/etc/hosts.{today}": "ika\n",
        "/etc/a/b/c/deep.conf": "first\n  report_as = ika-itpass.scitec.kobe-u.ac.jp\n",
        "/etc/words": "ikasumi shikata /home/ika2\n",
        "/etc/address": "allow 133.30.109.21\nallow 133.30.109.210\n",
        "/etc/upper": "IKA\n",
        "/etc/ssl/cert.txt": "ika\n",
        "/var/qmail/queue/mess/1": "ika\n",
        "/var/qmail/control/idhost": "ika-itpass.scitec.kobe-u.ac.jp\n",
        "/home/asada/notes": "ika\n",
    }.items():
        ika.put(path, text)
    ika.put("/etc/binary", b"ika\0")
    ika.put("/etc/upper.conf", "ika token=hunter2\n")
    ika.put("/etc/secret/rndc.key", "ika hunter2\n")
    ika.put("/etc/secret/shut", "ika hunter2\n", 0o600)
    ika.put("/etc/secret/open", "ika hunter2\n").parent.chmod(0o700)
    ika.put("/etc/latin1", b"caf\xe9 ika\n")
    ika.path("/etc/link").symlink_to("/home/asada/notes")
    return left_over(swap.host(ITEM, On.PRODUCTION), swap)


def test_each_is_named_with_file_and_line(found: tuple[list[str], int]) -> None:
    assert "/etc/a/b/c/deep.conf:2: report_as = ika-itpass.scitec.kobe-u.ac.jp" in found[0]
    assert "/var/qmail/control/idhost:1: ika-itpass.scitec.kobe-u.ac.jp" in found[0]
    assert any(line.startswith("/etc/latin1:1: caf") for line in found[0])
    assert any(line.startswith("/etc/upper:1:") for line in found[0])


def test_addresses_count_as_names(found: tuple[list[str], int]) -> None:
    lines = [line for line in found[0] if line.startswith("/etc/address")]
    assert lines == ["/etc/address:1: allow 133.30.109.21"]


def test_what_is_not_for_everybody_is_named_and_not_quoted(found: tuple[list[str], int]) -> None:
    told = [line for line in found[0] if line.startswith("/etc/secret")]
    assert told == [f"/etc/secret/{name}:1: {PRIVATE}" for name in ("open", "rndc.key", "shut")]
    assert "/etc/upper.conf:1: ika token=[blanked]" in found[0]


@pytest.mark.parametrize(
    "path",
    [
        "/etc/words",  # only contains the name
        "/etc/hosts:",  # its own editor knows that both hosts belong there
        "/etc/hosts.2",  # this swap's own dated copy
        "/etc/ssl",  # skipped by site.toml
        "/var/qmail/queue",
        "/etc/binary",
        "/etc/link",  # not followed
        "/home",  # outside the trees
    ],
)
def test_what_is_no_left_over_is_passed_over(found: tuple[list[str], int], path: str) -> None:
    assert [line for line in found[0] if line.startswith(path)] == []


def test_nothing_is_changed_by_looking(swap: Swap, ika: FarEnd, found: tuple[list[str], int]) -> None:
    assert swap.entries["ika"] == []
    assert ika.path("/etc/a/b/c/deep.conf").read_text().startswith("first")


def test_a_single_file_is_searched_as_a_folder_is(swap: Swap, ika: FarEnd) -> None:
    ika.put("/var/spool/cron/crontabs/root", "0 3 * * * rsync ika:/x /y\n")
    ika.put("/var/spool/cron/crontabs/asada", "0 3 * * * rsync ika:/x /y\n")
    lines, _ = left_over(swap.host(ITEM, On.PRODUCTION), swap)
    assert "/var/spool/cron/crontabs/root:1: 0 3 * * * rsync ika:/x /y" in lines
    assert not [line for line in lines if "asada" in line], "a user's own table is his own matter"


def test_where_only_names_are_data_the_host_s_own_address_is_listed(swap: Swap, ika: FarEnd) -> None:
    ika.put(
        "/usr/local/bind/etc/named.conf",
        'zone "ika-itpass.scitec.kobe-u.ac.jp" {\n  file "x";\n};\nlisten-on {\n  133.30.109.21;\n};\n',
    )
    lines, data = left_over(swap.host(ITEM, On.PRODUCTION), swap)
    assert [line for line in lines if "named.conf" in line] == ["/usr/local/bind/etc/named.conf:5: 133.30.109.21;"]
    assert data == 1
