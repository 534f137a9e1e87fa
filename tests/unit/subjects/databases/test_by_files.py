"""3.6 by files from the seat's side, with real servers behind two hosts that are folders, and rsync between them."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from msgspec import structs

from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.site.databases import Database
from irekae.subjects.databases import by_files
from irekae.subjects.databases.copying import copy_databases
from irekae.subjects.databases.unchanged import not_as_copied
from irekae.subjects.databases.undo import undo_databases
from irekae.subjects.trees import stopped
from irekae.subjects.trees.rsync_command import RSYNC
from irekae.swap.swap import Swap
from tests.unit.farend import STATE, FarEnd
from tests.unit.small_procedure import for_copy
from tests.unit.subjects.databases.servers import PORT, Pair, Server
from tests.unit.subjects.databases.test_copying import SOCKET, commands_of

Answers = Callable[[Sequence[str], bytes], "tuple[int, str]"]


class Service:
    """Stands in for `ServiceHandle`: its service is one of the test's servers."""

    servers: ClassVar[dict[str, Server]] = {}

    def __init__(self, host: Host, service: Any) -> None:
        self.host, self.init, self.server = host, service.init, self.servers[host.name]

    def state(self) -> Any:
        return SimpleNamespace(running=self.server.up, known=True, detail="")

    def stop(self) -> Service:
        if self.server.up:
            self.host.record.change("stop it", {"kind": "service", "init": self.init, "running": True})
        self.end()
        return self

    def end(self) -> None:
        if self.server.up:
            self.server.rest()

    def begin(self) -> None:
        if not self.server.up:
            self.server.begin()


@pytest.fixture
def site(swap: Swap, pair: Pair, ika: FarEnd, tako: FarEnd, monkeypatch: pytest.MonkeyPatch) -> Iterator[Swap]:
    """A swap whose hosts have the servers."""
    port = 0 if pair.production.kind == "mariadb" else PORT
    kind: Any = pair.production.kind
    entry = Database(kind, "ssh", may_delete=["wiki", "own"], socket=SOCKET, port=port, by="files")
    swap.site = structs.replace(swap.site, databases=[entry])
    Service.servers = {"ika": pair.production, "tako": pair.standby}
    for module in (by_files, stopped):
        monkeypatch.setattr(module, "ServiceHandle", Service)
    rsync_here = here(pair, ika)
    for end, server in ((ika, pair.production), (tako, pair.standby)):
        end.commands = with_rsync(commands_of(end, server), rsync_here)

    def spawn(argv: Sequence[str], log: str, known: str) -> int:
        script = ika.path(argv[0]).read_text()
        subprocess.run(["sh", "-c", rsync_here(script)], check=True, capture_output=True)
        return 4_000_000

    ika._spawn = spawn  # type: ignore[attr-defined]
    yield swap
    for server in (pair.production, pair.standby):
        if not server.up:
            server.begin()


def here(pair: Pair, ika: FarEnd) -> Callable[[str], str]:
    """A command of production's as it is on this machine: the copy comes to the place beside the standby's data."""

    def mapped(text: str) -> str:
        words = [*(pair.standby.folder / ".irekae-databases").glob("*/incoming")]
        target = f"{words[0]}/" if words else "/nowhere/"
        ssh = next((word for word in shlex.split(text) if word.startswith("ssh -i")), "")
        text = text.replace(f"-e {shlex.quote(ssh)} ", "").replace(STATE, f"{ika.root}{STATE}")
        return re.sub(r"root@[0-9.]+:/", target, text)

    return mapped


def with_rsync(others: Answers, rsync_here: Callable[[str], str]) -> Answers:
    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[0] != RSYNC:
            return others(argv, stdin)
        if "--version" in argv:
            return 0, "rsync  version 3.5.0  protocol version 32\n"
        done = subprocess.run(["sh", "-c", rsync_here(shlex.join(argv))], capture_output=True, text=True)
        return done.returncode, done.stdout

    return commands


def taken_back(site: Swap) -> None:
    for undo in [line["undo"] for line in reversed(site.entries["tako"]) if line["event"] == "change"]:
        if undo["kind"] == "databases":
            undo_databases(for_copy(site), undo)


def test_one_that_fails_leaves_both_servers_running_and_goes_on(site: Swap, pair: Pair, ika: FarEnd) -> None:
    before, whole = pair.standby.dump("wiki", "own"), ika._spawn  # type: ignore[attr-defined]

    def cut(argv: Sequence[str], log: str, known: str) -> int:
        ika.put(log.replace("output", "status"), "20\n")
        return 4_000_000

    ika._spawn = cut  # type: ignore[attr-defined]
    with pytest.raises(SwapError, match="ended with status 20"):
        copy_databases(for_copy(site))
    assert pair.production.up
    assert pair.standby.dump("wiki", "own") == before
    ika._spawn = whole  # type: ignore[attr-defined]
    pair.production.rest()  # as where the operator has died
    copy_databases(for_copy(site))
    assert list(not_as_copied(for_copy(site))) == []
    taken_back(site)
    assert pair.standby.dump("wiki", "own") == before


def test_a_server_that_crashed_is_not_copied(site: Swap, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    connect, table = ("", "wiki.link") if pair.production.kind == "mariadb" else ("\\connect wiki\n", "app.link")

    def crash(service: Service) -> None:
        if service.server is pair.production and service.server.up:
            pair.production.sql(f"{connect}INSERT INTO {table} SELECT * FROM {table};")
            service.server.crash()
        elif service.server.up:
            service.server.rest()

    monkeypatch.setattr(Service, "end", crash)
    with pytest.raises(SwapError, match="has not ended well"):
        copy_databases(for_copy(site))
    assert pair.production.up
    assert pair.standby.up
    assert Path(pair.standby.folder / "data").is_dir()
