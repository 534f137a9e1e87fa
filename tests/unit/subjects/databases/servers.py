"""Real MariaDB and PostgreSQL servers on sockets in a folder of the test's own, two of a kind: production, standby."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from irekae.subjects.databases.far import program
from tests.unit.subjects.databases import samples

KINDS = ("mariadb", "postgresql")
PORT = 5499  # of a socket's name alone: nobody listens on the net
POSTGRESQL = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


def missing(kind: str) -> str:
    """Why no server of a kind can be started here; "" where one can."""
    if os.geteuid():
        return "only root starts servers that let root in by a socket"
    there = shutil.which("mariadbd", path="/usr/sbin:/usr/bin") if kind == "mariadb" else POSTGRESQL
    return "" if there else f"no {kind} server is installed here"


def call(*argv: str, text: str = "", **environment: str) -> bytes:
    """A command's output."""
    done = subprocess.run(
        argv, input=text.encode(), capture_output=True, cwd="/", env={**os.environ, "LC_ALL": "C.UTF-8", **environment}
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@dataclass
class Server:
    """A server of a host.

    Attributes:
        folder: of the host: its state lies there too.
    """

    kind: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    up: bool = False

    @property
    def socket(self) -> Path:
        return self.folder / ("run/socket" if self.kind == "mariadb" else "run")

    @property
    def entry(self) -> dict[str, Any]:
        """What the seat would send of site.toml."""
        return {
            "kind": self.kind,
            "socket": str(self.socket),
            "port": 0 if self.kind == "mariadb" else PORT,
            "cluster": "",
        }

    def start(self, like: Path | None) -> None:
        """Make it, as a copy of another one's fresh data where there is one."""
        data, run = self.folder / "data", self.folder / "run"
        user = "mysql" if self.kind == "mariadb" else "postgres"
        for made in (data, run):
            made.mkdir()
            shutil.chown(made, user, user)
        if self.kind == "mariadb":
            self._make_mariadb(data, like)
            self.begin()
            return
        data.chmod(0o700)
        bin_ = str(POSTGRESQL[-1].parent)
        as_user = ("runuser", "-u", user, "--")
        call(*as_user, f"{bin_}/initdb", "-D", str(data), "-A", "peer", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        self.begin()

    def begin(self) -> None:
        """Start it on its data."""
        self.up = True
        run = self.folder / "run"
        if self.kind == "mariadb":
            self._begin_mariadb()
            return
        options = f"-k {run} -c listen_addresses= -p {PORT} -c fsync=off -c log_statement=all"
        self._pg_ctl("-o", options, "-l", f"{run}/log", "-w", "start")

    def _pg_ctl(self, *words: str) -> None:
        tool = f"{POSTGRESQL[-1].parent}/pg_ctl"
        call("runuser", "-u", "postgres", "--", tool, "-D", str(self.folder / "data"), *words)

    def rest(self) -> None:
        """Have it end well."""
        self.up = False
        if self.process:
            call("mariadb-admin", "--no-defaults", f"--socket={self.socket}", "shutdown")
            self.process.wait()
            self.process = None
        else:
            self._pg_ctl("-m", "fast", "-w", "stop")

    def _make_mariadb(self, data: Path, like: Path | None) -> None:
        usual = ("--no-defaults", "--user=mysql", f"--datadir={data}")
        if like:
            call("cp", "-a", f"{like}/.", str(data))
        else:
            call("mariadb-install-db", *usual, "--auth-root-authentication-method=socket", "--skip-test-db")
            call("cp", "-a", str(data), f"{data}.fresh")

    def _begin_mariadb(self) -> None:
        data = self.folder / "data"
        usual = ("--no-defaults", "--user=mysql", f"--datadir={data}")
        log = (data.parent / "run/log").open("wb")
        general = data.parent / "run/general"
        argv = ["mariadbd", *usual, f"--socket={self.socket}", "--skip-networking", "--general-log=ON"]
        with log:
            self.process = subprocess.Popen(
                [*argv, f"--general-log-file={general}", "--innodb-flush-log-at-trx-commit=0"], stdout=log, stderr=log
            )
        call("mariadb-admin", "--no-defaults", f"--socket={self.socket}", "--wait=60", "ping")

    def crash(self) -> None:
        """End it at once, as a power failure would."""
        self.up = False
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
        else:
            self._pg_ctl("-m", "immediate", "stop")

    def sql(self, text: str) -> str:
        """Carry out what a person would type."""
        if self.kind == "mariadb":
            said = call(
                "mariadb",
                "--no-defaults",
                "-N",
                "--comments",
                "--default-character-set=utf8mb4",
                f"-S{self.socket}",
                text=text,
            )
        else:
            argv = ("runuser", "-u", "postgres", "--", "psql", "-XqAt", "-v", "ON_ERROR_STOP=1")
            said = call(*argv, text=text, PGHOST=str(self.socket), PGPORT=str(PORT))
        return said.decode()

    def dump(self, *names: str) -> str:
        """Databases and all accounts as the server's own tools tell them."""
        if self.kind == "mariadb":
            argv = ("mariadb-dump", "--no-defaults", f"-S{self.socket}", "--routines", "--events")
            return call(*argv, "--hex-blob", "--skip-dump-date", "--databases", *names).decode() + "".join(
                self.sql(f"SHOW GRANTS FOR {account}") for account in sorted(self.look()["accounts"])
            )
        env = {"PGHOST": str(self.socket), "PGPORT": str(PORT)}
        as_user = ("runuser", "-u", "postgres", "--")
        said = call(*as_user, "pg_dumpall", "--globals-only", **env).decode()
        said += "".join(call(*as_user, "pg_dump", "-C", **env, PGDATABASE=name).decode() for name in names)
        # Another word each time, against commands within what is dumped.
        return "".join(line for line in said.splitlines(True) if not line.startswith(("\\restrict", "\\unrestrict")))

    def far(self, word: str, **spec: Any) -> dict[str, Any]:
        """What the far end answers on this host."""
        spec = {"server": self.entry, "folder": str(self.folder / "state"), **spec}
        said = call(sys.executable, "-I", str(self.program()), word, text=json.dumps(spec))
        found: dict[str, Any] = json.loads(said)
        return found

    def look(self) -> dict[str, Any]:
        """As the seat looks."""
        return self.far("look", by="dump", dumped=True)

    def digest(self, *names: str) -> dict[str, Any]:
        """As the seat compares."""
        return self.far("digest", names=list(names), key="0f", known=list(names))

    def program(self) -> Path:
        """The far end as it lies on the host."""
        path = self.folder / "program"
        if not path.exists():
            path.write_bytes(program())
        return path

    def fill(self, text: str) -> None:
        """Nothing but what this text makes."""
        held = self.look()
        quote = "`" if self.kind == "mariadb" else '"'
        names = [name.replace(quote, quote * 2) for name in held["databases"]]
        accounts = held["accounts"] if self.kind == "mariadb" else [f'"{_doubled(name)}"' for name in held["accounts"]]
        noun = {True: "USER", False: "ROLE"}
        drops = [f"DROP DATABASE {quote}{name}{quote};\n" for name in names]
        drops += [f"DROP {noun['@' in name]} {name};\n" for name in accounts]
        self.sql("".join(drops))
        self.sql(text)


def _doubled(name: str) -> str:
    return name.replace('"', '""')


@dataclass
class Pair:
    """Production's server and the standby's.

    Attributes:
        fresh: they are as before a swap.
    """

    production: Server
    standby: Server
    fresh: bool = False

    def fill(self) -> None:
        """As before a swap: something of everything here, other things there."""
        if self.fresh:
            return
        mariadb = self.production.kind == "mariadb"
        self.production.fill(samples.MARIADB if mariadb else samples.POSTGRESQL)
        self.standby.fill(samples.MARIADB_BEFORE if mariadb else samples.POSTGRESQL_BEFORE)
        self.fresh = True

    def job(self, *names: str, ssh: list[str] | None = None) -> str:
        """Write the job at both ends, as the seat does; the path of production's."""
        there = self.standby.folder / "state/job.json"
        there.parent.mkdir(exist_ok=True)
        job = {"server": self.standby.entry, "names": list(names), "accounts": True}
        there.write_text(json.dumps(job))
        here = self.production.folder / "send.json"
        receive = [sys.executable, "-I", str(self.standby.program()), "receive", str(there)]
        files = {word: str(self.production.folder / word) for word in ("progress", "status")}
        here.write_text(json.dumps({**job, "server": self.production.entry, "ssh": ssh or receive, **files}))
        return str(here)

    def send(self, *names: str, ssh: list[str] | None = None) -> dict[str, Any]:
        """Copy; how it ended."""
        call(sys.executable, "-I", str(self.production.program()), "send", self.job(*names, ssh=ssh))
        found: dict[str, Any] = json.loads((self.production.folder / "status").read_text())
        return found


def pair_of(kind: str, folder: Path) -> Iterator[Pair]:
    """Two servers, for the time of a module's tests."""
    folder.chmod(0o755)
    servers = []
    for name in ("production", "standby"):
        (folder / name).mkdir(mode=0o755)
        servers.append(Server(kind, folder / name))
    fresh = folder / "production/data.fresh"
    for server in servers:
        server.start(fresh if fresh.exists() else None)
    yield Pair(servers[0], servers[1])
    for server in servers:
        server.crash()
