"""The page on reliability is what the fault suite's own results say, lost ones by name."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults import injected
from tests.faults.cast import CASTS, cast
from tests.faults.catalogue import FAULTS, selected
from tests.faults.compare import differences, lost
from tests.faults.results import LOST, PAGE, SURVIVED, Row, load, of_all_pairs, page, save, summary, survived

ROW = Row(
    "disk-full/5",
    "a full disk",
    "phase 5",
    "a clear error",
    SURVIVED,
    "x | y",
    "2026-01-02T03:04:05+09:00",
    7.2,
    "c0ffee",
)
BAD = replace(ROW, name="power/5-a", fault="no power", outcome=LOST, detail="2 differences\na: /etc/hosts")
FILE = ["-rw-r--r--", "asada:asada", "c0ffee", 1]
STATE: dict[str, Any] = {
    "files": {"/home/asada/x": FILE, "/etc/hosts": ["-rw-r--r--", "root:root", "1", 5]},
    "mail": ["'/home/asada 1.2 3'"],
    "queued": [],
    "accounts": {"asada": [1001, "h"], "hayashi": [30001, "i"]},
    "running": ["cron"],
    "hostname": "ika",
    "addresses": [],
    "databases": {},
    "data": ["/home"],
    "kept": ["/home/gate"],
}


def changed(**change: object) -> dict[str, dict[str, object]]:
    return {"a": dict(STATE), "b": {**STATE, **change}}


PAIR = changed()
WAITED = "'/home/asada Message 1 for asada@ika'"


def test_mail_that_waited_may_wait_still_or_be_in_the_same_mailbox_of_the_other_machine() -> None:
    came = changed(mail=["'/home/asada 1.2 3'", WAITED])
    waits = changed(queued=["Message 1 for asada@ika"])
    there = {"a": came["b"], "b": dict(STATE)}
    assert differences(came, waits, mtimes=False) == differences(came, there, mtimes=False) == []
    assert differences(came, PAIR, mtimes=False) == [f"b: mail is missing: {WAITED}"]
    elsewhere = changed(mail=["'/home/asada 1.2 3'", WAITED.replace("/asada ", "/mori ")])
    assert differences(came, elsewhere, mtimes=False) == [f"b: mail is missing: {WAITED}"]


def test_the_page_agrees_with_the_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(of_all_pairs())


def test_what_is_lost_is_listed_by_name_and_counted() -> None:
    text = page({"one": [ROW, BAD]})
    assert "2 faults injected, 1 survived, 1 lost" in text
    assert "- **power/5-a**: no power, phase 5. 2 differences a: /etc/hosts" in text
    assert summary([ROW]) == "1 faults injected, 1 survived, 0 lost"


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    save([ROW, BAD], tmp_path / "rows.json")
    assert list(load(tmp_path / "rows.json").values()) == [ROW, BAD]


def test_every_fault_has_its_own_name_and_promise() -> None:
    assert injected.LOADED
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(fault.promise and fault.at for fault in FAULTS)
    for path in CASTS.glob("*.toml"):
        pair = cast(path.stem)
        assert [fault.name for fault in selected(pair)] == sorted(
            pair.facts["selection"], key=[fault.name for fault in FAULTS].index
        )


def test_equal_states_have_no_differences() -> None:
    assert differences(PAIR, changed(), mtimes=True) == []
    assert lost(PAIR, changed()) == []


def test_a_file_that_is_gone_altered_or_touched_differs() -> None:
    etc = {**STATE["files"], "/etc/hosts": ["-rw-r--r--", "root:root", "1", 6]}
    assert differences(PAIR, changed(files=etc), mtimes=False) == []
    assert len(differences(PAIR, changed(files=etc), mtimes=True)) == 1
    home = {**STATE["files"], "/home/asada/x": [*FILE[:3], 2]}
    assert len(differences(PAIR, changed(files=home), mtimes=False)) == 1
    gone = {"/etc/hosts": STATE["files"]["/etc/hosts"]}
    assert len(differences(PAIR, changed(files=gone), mtimes=False)) == 1


def test_lost_mail_files_and_accounts_are_found() -> None:
    assert lost(PAIR, changed(mail=[])) == ["mail is missing: '/home/asada 1.2 3'"]
    assert any("/home/asada/x" in line for line in lost(PAIR, changed(files={})))
    assert any("account asada" in line for line in lost(PAIR, changed(accounts={"hayashi": [30001, "i"]})))
    assert lost(PAIR, changed(accounts={"asada": [1001, "h"]})) == ["account hayashi is gone"]


def test_what_was_survived_is_known_with_the_commit_at_which_it_was(tmp_path: Path) -> None:
    save([ROW, BAD, replace(ROW, name="power/4", commit="c0ffee+")], tmp_path / "rows.json")
    assert survived(tmp_path / "rows.json") == {"disk-full/5": "c0ffee", "power/4": "c0ffee+"}
