"""Users' jobs behind a swap: each on production, none on both machines, and what at has run is missed by nobody."""

from __future__ import annotations

from verify.swapped import role_before
from verify.test_jobs import has_run, lacking, twice

FOLDER = "/var/spool/cron/crontabs"


def test_a_job_that_production_lacks_is_told_and_one_that_is_there_is_not() -> None:
    [found] = lacking(FOLDER, ["judy", "dave"], ["dave", "root"])
    assert (found.title, found.found) == (f"job in {FOLDER} judy", "gone")


def test_a_job_that_runs_on_both_machines_is_told() -> None:
    [found] = twice(FOLDER, ["judy", "dave"], ["judy", "dave"], ["dave", "somebody"])
    assert (found.role, found.key) == ("standby", "dave")
    assert list(twice(FOLDER, ["judy"], ["judy"], ["of-the-standby"])) == []


def test_a_job_of_ats_whose_time_has_come_is_no_difference() -> None:
    assert has_run("a0000101c8a3f0", 0x01C8A3F0 * 60)
    assert not has_run("a0000101c8a3f0", 0x01C8A3F0 * 60 - 1)
    assert not has_run("judy", 1e12)


def test_a_machine_that_no_swap_retired_has_put_nothing_away() -> None:
    assert role_before('{"role_before": "production"}') == "production"
    assert (role_before(None), role_before("{"), role_before("[]"), role_before("{}")) == ("", "", "", "")
