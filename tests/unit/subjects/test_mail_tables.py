"""The mail system's tables go over, are compiled on the standby, and come back as they were."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.model.journal import undoable
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.site.site import needed
from irekae.subjects import mail_tables
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.mail.sites import with_postfix

PARAMETERS = {
    "alias_maps": "hash:/etc/aliases",
    "virtual_alias_maps": "hash:/etc/postfix/lists",
    "header_checks": "regexp:/etc/postfix/checks",
    "data_directory": "/var/lib/postfix",
}
ACCOUNTS = {"/etc/passwd": "root:x:0:0::/root:/bin/sh\n", "/etc/group": "root:x:0:\n"}


class Postfix:
    """postfix on a far end: what it is asked is answered, and a table is compiled into a copy with a mark."""

    def __init__(self, far: FarEnd, kinds: str = "hash regexp") -> None:
        self.far, self.kinds = far, kinds
        far.commands = self
        for path, text in ACCOUNTS.items():
            far.put(path, text)
        far.path("/etc/postfix").mkdir(parents=True)

    def __call__(self, argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        match list(argv):
            case ["postconf", "-m"]:
                return 0, self.kinds
            case ["postconf", *_, "-x"]:
                return 0, "".join(f"{name} = {value}\n" for name, value in PARAMETERS.items())
            case ["postconf", *words]:
                return 0, "".join(f"{word} = {PARAMETERS.get(word, '')}\n" for word in words)
            case ["postalias" | "postmap", name]:
                path = self.far.path(name.partition(":")[2])
                path.with_name(f"{path.name}.db").write_bytes(b"made of " + path.read_bytes())
            case ["find", made, "-newermc", path]:
                words = ["find", str(self.far.path(made)), "-newermc", str(self.far.path(path))]
                done = subprocess.run(words, capture_output=True, text=True, check=False)
                return done.returncode, done.stdout
        return 0, ""


@pytest.fixture
def pair(swap: Swap, ika: FarEnd, tako: FarEnd) -> Swap:
    if os.geteuid() != 0:
        pytest.skip("files are given to their owners")
    for far in (ika, tako):
        Postfix(far)
    ika.put("/etc/aliases", "team: :include:/etc/team.list\n")
    ika.put("/etc/team.list", "alice\n")
    ika.put("/etc/postfix/lists", "a b\n", 0o640)
    ika.put("/etc/postfix/checks", "/^x/ REJECT\n")
    tako.put("/etc/aliases", "root: builder\n")
    tako.put("/etc/aliases.db", "made of the standby's")
    return with_postfix(swap).for_pair(find_item("3.7"))


def everything(far: FarEnd) -> dict[str, tuple[int, bytes]]:
    return {path: held for path, held in far.files().items() if not path.startswith("/var/lib/irekae")}


def test_each_goes_over_and_is_compiled_there(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    mail_tables.copy_tables(pair)
    for path in ("/etc/aliases", "/etc/team.list", "/etc/postfix/lists", "/etc/postfix/checks"):
        assert tako.path(path).read_bytes() == ika.path(path).read_bytes()
        assert tako.path(path).stat().st_mode == ika.path(path).stat().st_mode
    assert tako.path("/etc/aliases.db").read_text() == "made of team: :include:/etc/team.list\n"
    assert tako.path("/etc/postfix/lists.db").read_text() == "made of a b\n"
    assert not tako.path("/etc/postfix/checks.db").exists()
    assert tako.path(f"/etc/aliases.{pair.today}").read_text() == "root: builder\n"
    assert [*mail_tables.not_as_copied(pair)] == []


def test_a_second_time_nothing_is_left_to_do(pair: Swap) -> None:
    mail_tables.copy_tables(pair)
    before = pair.standby.record.changes
    mail_tables.copy_tables(pair)
    assert pair.standby.record.changes == before


def test_what_was_copied_and_not_compiled_yet_is_compiled(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    shutil.copy2(ika.path("/etc/postfix/lists"), tako.path("/etc/postfix/lists"))
    mail_tables.copy_tables(pair)
    assert tako.path("/etc/postfix/lists.db").read_text() == "made of a b\n"


def test_an_undo_brings_back_what_was_there_and_what_was_compiled_of_it(pair: Swap, tako: FarEnd) -> None:
    before = everything(tako)
    mail_tables.copy_tables(pair)
    for change in undoable(pair.standby.record.entries):
        for _ in range(2):
            undo_change(pair, pair.standby, pair.standby.record.ground, change, Found())
    assert everything(tako) == before


def test_what_is_each_machines_own_stays(pair: Swap, tako: FarEnd) -> None:
    mail = replace(needed(pair.site.mail), own_tables=["/etc/aliases"])
    pair.site = replace(pair.site, mail=mail)
    mail_tables.copy_tables(pair)
    assert tako.path("/etc/aliases").read_text() == "root: builder\n"
    assert tako.path("/etc/postfix/lists").exists()


def test_what_was_edited_since_is_told_before_the_exchange(pair: Swap, ika: FarEnd) -> None:
    mail_tables.copy_tables(pair)
    ika.put("/etc/team.list", "alice\nbob\n")
    assert [*mail_tables.not_as_copied(pair)] == ["/etc/team.list: changed since 3.7"]


def test_what_cannot_go_over_or_be_compiled_is_an_obstacle(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    assert [*mail_tables.not_made(pair)] == []
    tako.commands.kinds = "lmdb regexp"  # type: ignore[attr-defined]
    ika.path("/etc/team.list").unlink()
    ika.path("/etc/team.list").symlink_to("aliases")
    tako.path("/etc/postfix").rmdir()
    told = " | ".join(str(found) for found in mail_tables.not_made(pair))
    assert "postfix on tako knows no hash: tables" in told
    assert "there is no /etc/postfix" in told
    assert "looks things up in /etc/team.list, which is no plain file (link" in told
