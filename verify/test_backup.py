"""Backups: the scripts on the backup host run (10.1), their logs read normal (10.2)."""

from __future__ import annotations

import datetime

from irekae.model.findings import Finding
from irekae.site.site import BackupScript, needed
from verify.backups import BackupPlan, BackupRun, Run, behind, in_earnest, runs_in, troubles
from verify.marks import item
from verify.needs import needs
from verify.record import Record
from verify.world import Server

RECENT = datetime.timedelta(days=2)


def _remedy(server: Server) -> str:
    user = needed(server.world.site.backup).user
    return f"10.1: log in on the backup host, `sudo -u {user} -s`, run the script with -n and read what it says"


def _told(at: datetime.datetime | None) -> str:
    return at.isoformat(timespec="minutes") if at else "without a time"


@needs("backup_runs")
@item("10.1", "backup")
def test_backup_script_runs(server: Server, script: BackupScript, check: Record) -> None:
    """The script runs with -n and really compares the production host's files.

    バックアップスクリプトが動く
    """
    run: BackupRun = server.backup_runs.result()[script.script]
    check.saw(run.evidence)
    last = run.output.strip().splitlines()[-1:] or ["nothing"]
    cause, remedy = behind(run.output, ("the script fails by itself", _remedy(server)))
    said = troubles(run.output)
    told = said[0] if said else last[0]
    check.expect(run.status == 0, "exit status 0", f"{run.status}: {told}", cause=cause, remedy=remedy)
    check.expect(not said, "no word of errors", "; ".join(said[:3]) or "none", cause=cause, remedy=remedy)
    runs = runs_in(run.output)
    cause = "the script ends before it gets to rsync"
    check.expect(
        bool(runs),
        "rsync's totals in the output",
        f"{len(runs)} of them; {last[0]}",
        cause=cause,
        remedy=_remedy(server),
    )
    check.expect(
        all(one.dry for one in runs),
        "a dry run",
        "it copied" if not all(one.dry for one in runs) else "dry",
        remedy=_remedy(server),
        cause="the script doesn't know -n",
    )
    sizes = ", ".join(f"{one.total} bytes" for one in runs)
    check.expect(
        all(one.total > 0 for one in runs),
        "files were compared",
        sizes,
        cause="it looks at an empty place",
        remedy=_remedy(server),
    )


@needs("backup_runs")
@item("10.2", "backup")
def test_backup_log_reads_normal(server: Server, script: BackupScript, check: Record) -> None:
    """The log shows a real run of the last two days, without errors.

    バックアップのログが正常である
    """
    run: BackupRun = server.backup_runs.result()[script.script]
    check.saw(run.log_evidence)
    user = needed(server.world.site.backup).user
    remedy = f"10.2: less {script.log}; is the script in the crontab of {user}?"
    check.expect(
        run.log is not None,
        "the log can be read",
        run.log_evidence.answered[:80],
        remedy=remedy,
        cause="the script has not run yet, or writes to another log",
    )
    log = in_earnest(run.log or "")
    real = [one for one in runs_in(log) if not one.dry]
    check.expect(
        bool(real), "a run that was no dry run", f"{len(real)} of them", cause="cron doesn't run it", remedy=remedy
    )
    last = real[-1]
    check.expect(
        last.total > 0, "files were copied or compared", f"{last.total} bytes", cause="it copies nothing", remedy=remedy
    )
    said = [*last.troubles, *troubles(log.rpartition("total size is ")[2])]
    check.expect(
        not said,
        "no word of errors in it",
        "; ".join(said[:3]) or "none",
        remedy=remedy,
        cause="the last run broke off, or files could not be read",
    )
    _is_recent(run, last, remedy, check)


@needs("backup_plans")
@item("10.2", "backup")
def test_backup_will_run_again(server: Server, script: BackupScript, check: Record) -> None:
    """A cron table or an armed timer runs the script, now and after the next boot, and there is room for it.

    バックアップが次回も実行される
    """
    plan: BackupPlan = server.backup_plans.result()[script.script]
    check.saw(plan.evidence)
    user = needed(server.world.site.backup).user
    check.expect(
        bool(plan.by) or not plan.idle,
        "what runs the script works, and starts at boot",
        "; ".join([*plan.by, *plan.idle]) or "nothing is seen",
        cause="cron or the timer was stopped, or turned off",
        remedy="10.2: on the backup host: start cron, or the timer, and have a boot start it",
    )
    check.expect(
        not plan.full,
        "room for the next backup",
        "; ".join(plan.full) or "there is",
        cause="the backup host's disk is full, or mounted read-only",
        remedy="10.2: df and df -i on the backup host; make room",
    )
    if not plan.by:
        remedy = f"10.2: crontab -u {user} -e on the backup host; if root's table runs it: fab explain"
        check.differs(
            Finding(
                subject="backup script, run again by:",
                key=script.script,
                was="a cron table or a timer",
                found="nothing that is seen",
                remedy=remedy,
            )
        )


def _is_recent(run: BackupRun, last: Run, remedy: str, check: Record) -> None:
    """By the log's own time and by what it says of its last real run."""
    moments = [moment for moment in (last.at, run.log_changed) if moment is not None]
    check.expect(
        bool(moments),
        "a time",
        _told(last.at),
        cause="the script writes no time into its log, and the log's own cannot be read",
        remedy="10.2: let the script write `date` into its log",
    )
    oldest = min(moments)
    check.expect(
        run.clock - oldest < RECENT,
        f"a run since {_told(run.clock - RECENT)}",
        _told(oldest),
        cause="cron doesn't run it",
        remedy=remedy,
    )
