"""What holds for a server of either kind: asked of real ones, where they are installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.unit.subjects.databases.servers import Pair

ODD = {"mariadb": "odd `name", "postgresql": "odd =name"}


def names(pair: Pair) -> tuple[str, str]:
    return "wiki", ODD[pair.production.kind]


def test_what_was_copied_is_the_same_to_the_last_value_and_account(pair: Pair) -> None:
    before = pair.production.dump(*names(pair))
    assert pair.send(*names(pair)) == {"ok": True, "said": ""}
    ours, theirs = (server.digest(*names(pair)) for server in (pair.production, pair.standby))
    assert ours["databases"] == theirs["databases"]
    assert ours["accounts"].items() <= theirs["accounts"].items()
    assert set(ours["databases"]) == set(names(pair))
    assert pair.production.dump(*names(pair)) == before


def test_a_copy_a_second_time_comes_to_the_same(pair: Pair) -> None:
    pair.send(*names(pair))
    once = pair.standby.dump(*names(pair))
    assert pair.send(*names(pair))["ok"]
    assert pair.standby.dump(*names(pair)) == once


def test_what_the_standby_alone_has_stays(pair: Pair) -> None:
    assert pair.send(*names(pair))["ok"]
    held = pair.standby.look()
    assert "own" in held["databases"]
    assert any("local" in account for account in held["accounts"])


def kept(pair: Pair) -> dict[str, Any]:
    accounts = pair.production.look()["accounts"]
    return {"names": list(names(pair)), "kept": str(pair.standby.folder / "kept/1"), "accounts": accounts}


def test_what_was_there_before_comes_back_exactly(pair: Pair) -> None:
    before = pair.standby.dump("wiki", "own")
    assert pair.standby.far("keep", **kept(pair)) == {}
    assert pair.send(*names(pair))["ok"]
    assert pair.standby.dump("wiki", "own") != before
    for _ in range(2):
        assert pair.standby.far("back", **kept(pair)) == {}
        assert pair.standby.dump("wiki", "own") == before
        assert ODD[pair.production.kind] not in pair.standby.look()["databases"]


def test_a_stream_that_ends_in_the_middle_is_no_copy(pair: Pair) -> None:
    before = pair.standby.dump("wiki", "own")
    assert pair.standby.far("keep", **kept(pair)) == {}
    stream = pair.production.folder / "stream"
    pair.send(*names(pair), ssh=["sh", "-c", f"cat > {stream}; echo done"])
    whole = stream.read_bytes()
    for part in (0, 3, len(whole) // 3, len(whole) - 5):
        receive = [
            sys.executable,
            "-I",
            str(pair.standby.program()),
            "receive",
            str(pair.standby.folder / "state/job.json"),
        ]
        done = subprocess.run(receive, input=whole[:part], capture_output=True, cwd="/")
        assert done.returncode == 1
        assert b"went away" in done.stdout
    assert pair.standby.far("back", **kept(pair)) == {}
    assert pair.standby.dump("wiki", "own") == before
    assert pair.send(*names(pair))["ok"]
    assert pair.standby.digest("wiki")["databases"] == pair.production.digest("wiki")["databases"]


def test_what_fails_at_the_other_end_is_told(untouched: Pair) -> None:
    failed = untouched.send("wiki", ssh=["sh", "-c", "head -c 10 >/dev/null; echo no room; exit 1"])
    assert failed == {"ok": False, "said": "on the standby: no room"}
    untouched.job("wiki")
    (untouched.standby.folder / "state/job.json").unlink()
    receive = [
        sys.executable,
        "-I",
        str(untouched.standby.program()),
        "receive",
        str(untouched.standby.folder / "state/job.json"),
    ]
    assert b"nobody expects" in subprocess.run(receive, input=b"", capture_output=True).stdout


def test_no_password_is_in_a_log_or_on_a_command_line(pair: Pair) -> None:
    before = {log: log.read_bytes() for server in (pair.production, pair.standby) for log in logs(server.folder)}
    assert before
    secrets = secrets_of(pair)
    assert pair.standby.far("keep", **kept(pair)) == {}
    assert pair.send(*names(pair))["ok"]
    assert pair.standby.far("back", **kept(pair)) == {}
    for log, text in before.items():
        assert log.read_bytes().startswith(text)
        added = log.read_bytes()[len(text) :].decode("utf-8", "replace")
        assert [secret for secret in secrets if secret in added] == [], log
    modes = {path.stat().st_mode & 0o077 for path in (pair.standby.folder / "kept").rglob("*")}
    assert modes == {0} or (pair.standby.folder / "kept/1").stat().st_mode & 0o077 == 0


def logs(folder: Path) -> list[Path]:
    return [path for path in (folder / "run").iterdir() if path.is_file() and path.name in ("log", "general")]


def secrets_of(pair: Pair) -> list[str]:
    """The hashes of all passwords."""
    asked = {
        "mariadb": "SELECT authentication_string FROM mysql.user WHERE authentication_string LIKE '*%'",
        "postgresql": "SELECT rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL",
    }[pair.production.kind]
    found = [line for server in (pair.production, pair.standby) for line in server.sql(asked).splitlines()]
    assert len(found) >= 2
    return found


def test_whoever_has_a_database_open_is_named(untouched: Pair) -> None:
    server = untouched.production
    assert server.far("sessions", names=["wiki"]) == {"sessions": []}
    argv = {
        "mariadb": ["mariadb", "--no-defaults", f"-S{server.socket}", "wiki", "-N", "--unbuffered"],
        "postgresql": ["runuser", "-u", "postgres", "--", "psql", "-XqAt", "wiki"],
    }[server.kind]
    env = {**os.environ, "PGHOST": str(server.socket), "PGPORT": "5499"}
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd="/") as open_:
        assert open_.stdin
        assert open_.stdout
        open_.stdin.write(b"SELECT 1;\n")
        open_.stdin.flush()
        open_.stdout.readline()
        found = server.far("sessions", names=["wiki"])["sessions"]
        assert server.far("sessions", names=["other"]) == {"sessions": []}
        open_.stdin.close()
        open_.wait()
    assert len(found) == 1
    assert " in wiki: " in found[0]


def test_a_changed_value_a_lost_row_and_another_right_are_seen(pair: Pair) -> None:
    pair.send(*names(pair))
    table, other = ("wiki.old", "wiki.link") if pair.standby.kind == "mariadb" else ("app.page", "app.link")
    connect = "" if pair.standby.kind == "mariadb" else "\\connect wiki\n"
    change = "id = id + 10" if pair.standby.kind == "mariadb" else "title = 'b' WHERE id = 2"
    ours = pair.production.digest("wiki")
    pair.standby.sql(f"{connect}UPDATE {table} SET {change}; DELETE FROM {other};")
    theirs = pair.standby.digest("wiki")
    differ = {name for name, value in ours["databases"]["wiki"]["tables"].items()
              if theirs["databases"]["wiki"]["tables"][name] != value}  # fmt: skip
    assert differ == ({"old", "link"} if pair.standby.kind == "mariadb" else {"app.page", "app.link_1"})
    assert ours["accounts"].items() <= theirs["accounts"].items()
    pair.standby.sql("REVOKE readers FROM " + ("`o'dd`@`10.%`" if pair.standby.kind == "mariadb" else "wiki"))
    assert not ours["accounts"].items() <= pair.standby.digest("wiki")["accounts"].items()


def test_a_look_tells_what_is_there_and_what_it_needs(untouched: Pair) -> None:
    held = untouched.production.look()
    assert set(held["databases"]) == set(names(untouched))
    assert set(held["databases"]["wiki"]["needs"]) <= set(held["offers"])
    assert held["room"]["free"] > 0
    assert held["against"] == []
    assert json.dumps(held["accounts"]).count("wiki") == 1
    assert True in held["databases"]["wiki"]["tables"].values()


def test_what_can_be_dumped_is_rehearsed_without_a_word(untouched: Pair) -> None:
    for server in (untouched.production, untouched.standby):
        assert server.far("rehearse", names=list(names(untouched))) == {"against": []}


def test_a_server_that_is_not_there_says_so(untouched: Pair) -> None:
    gone = {**untouched.production.entry, "socket": str(untouched.production.folder)}
    assert "socket" in untouched.production.far("look", by="dump", dumped=True, server=gone)["failed"]
