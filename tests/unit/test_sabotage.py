"""The sabotage matrix, as far as it can be looked at without a lab."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.sabotage import damage
from tests.sabotage.bench import Bench, SabotageError
from tests.sabotage.draw import Generator, drawn
from tests.sabotage.generators import surveyed
from tests.sabotage.judge import judge, last_line, misread, never_failed, remedies, rows_by_item
from tests.sabotage.matrix import TRIES, Matrix
from tests.sabotage.pairs import load
from tests.sabotage.row import SURVEY, Row, function, named
from tests.sabotage.scripts import AS_BEHIND_A_SWAP, BEFORE_A_SWAP

VERIFY = Path(__file__).resolve().parents[2] / "verify"
ROW = Row("bind-dead", "ika", "bind is dead", ("test_dns[ika-*]",), do="true", may=("test_mail[*]",), why="MX")


def result(node_id: str, outcome: str = "passed", item: str = "9.7") -> dict[str, str]:
    return {"id": f"verify/test_x.py::{node_id}", "outcome": outcome, "item": item, "found": "this"}


class Host:
    """A bench that says what a look at it finds."""

    pair = load("2011")

    def must(self, *_: str, stdin: str = "") -> str:
        found = [[f"/etc/{number}", "cron"] for number in range(50)]
        return json.dumps(
            found if "below(" in stdin else [["cron", "cron", "/usr/sbin/cron", ["/usr/sbin/cron", "-f"]]]
        )

    def surveyed(self) -> list[tuple[str, str, str]]:
        return [
            row
            for user in ("asada", "kato", "ueno", "endo")
            for row in (
                ("alias", f"/var/qmail/alias/.qmail-{user}: &{user}", "1 time"),
                ("account", user, f"UID 1001, /home/{user}, /bin/bash"),
                ("zone record", f"epa.ac.jp: {user}.epa.ac.jp. A", "3600 198.51.100.21"),
                ("page", f"http://itpass.ac.jp/~{user}/", "200"),
                ("POP", f"/usr/local/qpopper/pop.auth: {user}", "has a secret"),
                ("limit", "named: Max file size", "unlimited"),
            )
        ]


@pytest.mark.parametrize("generator", load("2011").generators, ids=lambda generator: generator.name)
def test_a_seed_draws_the_same_rows_again_and_another_others(generator: Generator) -> None:
    one, again, other = (drawn([generator], cast(Bench, Host()), seed, 8) for seed in (1, 1, 2))
    assert one == again != other
    assert len({row.name for row in one}) == 8
    known = {node.name for path in VERIFY.glob("test_*.py") for node in ast.parse(path.read_text()).body
             if isinstance(node, ast.FunctionDef)}  # fmt: skip
    for row in (*one, *other):
        assert row.looked_at == SURVEY or {function(must) for must in row.must} <= known
        assert subprocess.run(["bash", "-n"], input=row.do, text=True, check=False).returncode == 0, row.do


@pytest.mark.parametrize(
    ("thing", "named_so", "another"),
    [
        (("alias", "/x/.qmail-root: &*@x.jp", "1 time"), "alias /x/.qmail-root: &*@x.jp", "alias another"),
        (("forward", "tsuda/.qmail", "file, 0644"), "forward tsuda/.qmail: bogus", "forward kato/.qmail: bogus"),
        (("key", "ueno: .ssh/k: rsa 99e5", "lets in"), "key ueno: .ssh/k: rsa 0123", "key kato: .ssh/k: rsa 0123"),
    ],
    ids=["by its own name", "a line that its file got", "a key, whose digest is another in each lab"],
)  # fmt: skip
def test_a_row_of_the_survey_is_caught_when_the_report_names_it(
    thing: tuple[str, str, str], named_so: str, another: str
) -> None:
    row = surveyed.row(Random(1), thing)
    assert row is not None
    told = {"item": "0.3", "outcome": "failed", "found": "none"}
    assert judge(row, [{"id": f"survey::{named_so}", **told}]).is_caught
    assert not judge(row, [{"id": f"survey::{another}", **told}]).is_caught


@pytest.mark.parametrize(
    ("act", "arguments", "before", "after"),
    [
        ("cut", ["f", "root: ueno"], b"a: b\nroot:   ueno\nc: d\n", b"a: b\nc: d\n"),
        ("secret", ["f", "kato"], b"asadaone-1katokato-12345", b"asadaone-1katokato-12245"),
        ("content", ["f"], b"text", b"uext"),
        ("member", [".", "a@x.jp"], b"Ta@x.jp\0Tb@x.jp\0", b"Tb@x.jp\0"),
    ],
)
def test_one_thing_is_damaged_and_no_more(
    act: str, arguments: list[str], before: bytes, after: bytes, tmp_path: Path
) -> None:
    (tmp_path / "f").write_bytes(before)
    argv = [sys.executable, damage.__file__, act, *arguments]
    subprocess.run(argv, check=True, cwd=tmp_path)
    assert (tmp_path / "f").read_bytes() == after


def test_what_was_not_so_at_the_boot_is_no_false_alarm_of_a_row_that_breaks_something() -> None:
    results = [result("test_dns[ika-a]", "failed"), result("test_what_booted_is_what_is_there[ika]", "failed")]
    assert not judge(ROW, results).alarms
    harmless = Row("harmless-x", "ika", "x", (), do="true", harmless=True)
    assert list(judge(harmless, results[1:]).alarms) == ["test_what_booted_is_what_is_there[ika]"]


def test_what_another_check_tells_is_no_alarm() -> None:
    told = result("test_y[ika]", "not checked") | {"found": "ika cannot be reached (told by 0.2 x)"}
    caught = result("test_dns[ika-a]", "failed")
    assert not judge(ROW, [caught, told]).alarms
    assert judge(ROW, [caught, told | {"found": "no outside host"}]).alarms


def test_only_what_the_checks_of_a_row_say_is_followed() -> None:
    failed = result("test_dns[ika-a]", "failed") | {"remedy": "rndc reload"}
    other = result("test_web[ika]", "failed") | {"remedy": "apachectl restart"}
    passed = result("test_dns[ika-b]") | {"remedy": ""}
    assert remedies(ROW, [failed, other, passed]) == ["rndc reload"]


def test_a_check_that_passed_must_not_read_like_a_failure() -> None:
    told = ["98%; it is read-only", "none; it can", "not there", "it isn't", "A 192.0.2.1 (resolved, NOERROR)"]
    found = misread([result(f"test_{number}") | {"found": one} for number, one in enumerate(told)])
    assert [line.partition(" ")[0] for line in found] == ["test_0", "test_3"]


def test_a_row_is_caught_when_all_that_must_fail_failed() -> None:
    outcome = judge(
        ROW, [result("test_dns[ika-a]", "failed"), result("test_dns[ika-b]", "failed"), result("test_y[ika]")]
    )
    assert outcome.is_caught
    assert outcome.items == ["9.7"]
    assert not outcome.alarms


@pytest.mark.parametrize("how", ["passed", "error", "not checked"])
def test_what_did_not_fail_as_a_finding_is_missed(how: str) -> None:
    outcome = judge(ROW, [result("test_dns[ika-a]", "failed"), result("test_dns[ika-b]", how)])
    assert not outcome.is_caught
    assert list(outcome.missed) == ["test_dns[ika-b]"]


def test_of_several_that_meet_one_cause_one_tells_it() -> None:
    told = result("test_dns[ika-b]", "not checked") | {"found": "ika cannot be reached (told by 9.7 a)"}
    failed = result("test_dns[ika-a]", "failed") | {"title": "a"}
    assert judge(ROW, [failed, told]).is_caught
    assert not judge(ROW, [told]).is_caught
    assert not judge(ROW, [failed | {"title": "another"}, told]).is_caught
    assert not judge(ROW, [failed | {"id": "verify/test_y.py::test_y[ika]"}, told]).is_caught


def test_a_pattern_without_a_check_is_missed() -> None:
    assert judge(ROW, [result("test_y[ika]")]).missed == {"test_dns[ika-*]": "no such check was made"}


@pytest.mark.parametrize("how", ["failed", "error", "not checked"])
def test_whatever_else_does_not_pass_is_a_false_alarm_unless_it_is_excused(how: str) -> None:
    outcome = judge(
        ROW, [result("test_dns[ika-a]", "failed"), result("test_y[ika]", how), result("test_mail[ika]", how)]
    )
    assert list(outcome.alarms) == ["test_y[ika]"]
    assert list(outcome.excused) == ["test_mail[ika]"]


def test_the_last_line_counts_rows_and_alarms() -> None:
    good = judge(ROW, [result("test_dns[ika-a]", "failed")])
    bad = judge(ROW, [result("test_dns[ika-a]"), result("test_y[ika]", "failed"), result("test_z[ika]", "failed")])
    assert last_line([good, bad]) == "2 rows, 1 caught, 1 missed, 2 false alarms"


def test_what_no_row_makes_fail_is_named() -> None:
    outcome = judge(ROW, [result("test_dns[ika-a]", "failed")])
    assert never_failed([outcome], ["v::test_dns[ika-b]", "v::test_y[tako]"]) == ["test_y"]
    assert rows_by_item([outcome], ["9.7", "10.1"]) == {"9.7": 1, "10.1": 0}


def test_a_pattern_is_literal_but_for_its_stars() -> None:
    assert named(["test_x[ika-http://*]"], "verify/a.py::test_x[ika-http://epa.ac.jp/]")
    assert not named(["test_x[ika.a]"], "test_x[ika-a]")
    assert function("verify/a.py::test_x[ika-a::b]") == "test_x"


def test_a_row_that_excuses_without_a_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="go together"):
        Row("x", "ika", "x", ("test_x[*]",), do="true", may=("test_y[*]",))
    with pytest.raises(ValueError, match="expects nothing"):
        Row("x", "ika", "x", (), do="true")


def test_a_harmless_change_counts_for_its_false_alarms_alone() -> None:
    row = Row("harmless-x", "ika", "x", (), do="true", harmless=True)
    noisy = judge(row, [result("test_y[ika]", "failed")])
    assert judge(row, [result("test_y[ika]")]).is_caught
    assert last_line([noisy, judge(ROW, [result("test_dns[ika-a]", "failed")])]) == (
        "1 rows, 1 caught, 0 missed, 1 false alarms"
    )


class Lane:
    """A bench whose labs cannot be healed of some rows."""

    def __init__(self, fatal: set[str]) -> None:
        self.fatal, self.labs = fatal, 0
        self.driver = SimpleNamespace(name="lane")
        self.pair = load("2011")

    @contextmanager
    def up(self, keep: bool) -> Iterator[None]:
        self.labs += 1
        yield

    def suite(self, hosts: str, site: object = None) -> tuple[list[dict[str, Any]], str]:
        return [result("test_dns[ika-a]", "passed" if "," in hosts else "failed")], ""

    def sabotage(self, row: Row) -> None:
        """Nothing is broken."""

    def heal(self, row: Row, swept: bool, mended: bool) -> str:
        if row.name in self.fatal:
            raise SabotageError("lab reset ika: not ended after 300 s")
        return "undone"

    def keep_boot_record(self, host: str) -> None:
        """Nothing has booted."""


def tried(fatal: set[str]) -> tuple[Matrix, Lane]:
    matrix, lane = Matrix(), Lane(fatal)
    rows = [Row(name, "ika", "bind is dead", ("test_dns[ika-*]",), do="true") for name in ("a", "b", "c", "d", "e")]
    matrix.run(rows, [cast(Bench, lane)])
    return matrix, lane


def test_a_lab_that_cannot_be_healed_is_replaced_and_the_rows_go_on() -> None:
    matrix, lane = tried({"b"})
    assert ([outcome.name for outcome in matrix.outcomes], lane.labs) == (["a", "b", "c", "d", "e"], 2)
    assert matrix.plain_failures == ["lane, lab 1: lab reset ika: not ended after 300 s"]


def test_rows_for_which_no_lab_is_left_are_told() -> None:
    matrix, lane = tried({"a", "b", "c"})
    assert (len(matrix.outcomes), lane.labs) == (3, TRIES)
    assert matrix.plain_failures[-1] == "2 rows were not tried: no lab was left"


def test_only_while_the_suite_looks_the_standby_is_as_behind_a_swap(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench("none", load("today"))
    done: list[tuple[str, str]] = []

    def suite(*_: str, **__: str) -> None:
        done.append(("seat", "suite"))
        raise SabotageError("it does not end")

    monkeypatch.setattr(bench, "on", lambda host, script, *_: done.append((host, script)))
    monkeypatch.setattr(bench, "lab", suite)
    with pytest.raises(SabotageError):
        bench.suite("venus")
    assert done == [("venus", AS_BEHIND_A_SWAP), ("seat", "suite"), ("venus", BEFORE_A_SWAP)]
