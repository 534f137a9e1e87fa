"""Rows of 10.1 and 10.2: backups on dennou."""

from __future__ import annotations

from tests.sabotage.row import Row

_HOME = "/home/kobe"
_ITPASS = f"{_HOME}/itpass_rsync_epa2dennou.sh"
_EPALAB = f"{_HOME}/epalab_rsync_epa2dennou_yyh.sh"
_TABLE = "/var/spool/cron/crontabs/kobe"
_LOG = f"{_HOME}/itpass_rsync_epa2dennnou_log/itpass_rsync_epa2dennnou.log"
_LOG2 = f"{_HOME}/epalab_rsync_epa2dennnou_log/epalab_rsync_epa2dennnou.log"
_OLD_STAMPS = f"sed -i -E 's/^20[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}T/'$(date -d '35 days ago' +%F)T/ {_LOG}"
RUNS = "test_backup_script_runs[*]"
RUNS_ITPASS = "test_backup_script_runs[dennou-itpass*]"
RUNS_EPALAB = "test_backup_script_runs[dennou-epalab*]"
AGAIN = "test_backup_will_run_again[*]"
LOG_ITPASS = "test_backup_log_reads_normal[dennou-itpass*]"
LOG_EPALAB = "test_backup_log_reads_normal[dennou-epalab*]"


def _dennou(name: str, what: str, *must: str, do: str, keeps: tuple[str, ...] = (), undo: str = "") -> Row:
    return Row(f"backup-{name}", "dennou", what, must, do=do, keeps=keeps, undo=undo)


def _log(name: str, what: str, do: str, check: str = LOG_ITPASS, log: str = _LOG) -> Row:
    return _dennou(f"log-{name}".replace("log-log", "log"), what, check, do=do, keeps=(log,))


ROWS = (
    _dennou(
        "does-nothing",
        "the backup script exits 0 and copies nothing",
        RUNS_ITPASS,
        do=f"sed -i '2i exit 0' {_ITPASS}",
        keeps=(_ITPASS,),
    ),
    _dennou(
        "ignores-n",
        "the script does not know -n: it copies in earnest",
        RUNS_EPALAB,
        do=f"sed -i '2i set --' {_EPALAB}",
        keeps=(_EPALAB, _LOG2, f"{_HOME}/backup/epalab"),
    ),
    _dennou(
        "empty-source",
        "the script compares an empty folder",
        RUNS_ITPASS,
        do="mkdir -p /tmp/sabotage/empty; chmod -R 777 /tmp/sabotage; "
        f"sed -i 's#^from=.*#from=/tmp/sabotage/empty/#; s#^to=.*#to=/tmp/sabotage/#' {_ITPASS}",
        undo="rm -rf /tmp/sabotage",
        keeps=(_ITPASS,),
    ),
    _dennou(
        "stranger",
        "dennou does not know the host key of the machine that is ika now",
        RUNS,
        do=f"sed -i 's/ AAAA/ AAAAB/' {_HOME}/.ssh/known_hosts; : > {_HOME}/.ssh/known_hosts",
        keeps=(f"{_HOME}/.ssh/known_hosts",),
    ),
    _dennou(
        "not-executable", "the script cannot be executed", RUNS_EPALAB, do=f"chmod a-x {_EPALAB}", keeps=(_EPALAB,)
    ),
    _dennou("gone", "the script is gone", RUNS_ITPASS, do=f"rm {_ITPASS}", keeps=(_ITPASS,)),
    Row(
        "backup-key-refused",
        "ika",
        "production does not take the backup's key any more",
        (RUNS,),
        do="mv /home/epabk/.ssh/authorized_keys /home/epabk/.ssh/authorized_keys.bk",
        undo="mv /home/epabk/.ssh/authorized_keys.bk /home/epabk/.ssh/authorized_keys",
        hosts="dennou",
    ),
    Row(
        "backup-not-allowed-to-read",
        "ika",
        "the backup's account may not read everything on production: sudo was not copied",
        (RUNS,),
        do="mv /etc/sudoers.d/epabk /etc/sudoers.d/epabk.bk~; chmod 400 /etc/sudoers.d/epabk.bk~",
        undo="mv /etc/sudoers.d/epabk.bk~ /etc/sudoers.d/epabk; chmod 440 /etc/sudoers.d/epabk",
        hosts="dennou",
    ),
    _dennou(
        "no-table",
        "the backup user has no cron table any more",
        AGAIN,
        do=f"rm {_TABLE}",
        keeps=(_TABLE,),
    ),
    _dennou(
        "cron-not-at-boot",
        "cron runs, and no boot starts it",
        AGAIN,
        do="update-rc.d -f cron remove",
        undo="update-rc.d cron defaults",
    ),
    _log(
        "log-of-last-month",
        "the log is last month's",
        f"{_OLD_STAMPS}; touch -d '35 days ago' {_LOG}",
    ),
    _log(
        "log-touched",
        "the log was only touched: the runs in it are last month's",
        _OLD_STAMPS,
    ),
    _log("log-gone", "there is no log", f"rm {_LOG2}", LOG_EPALAB, _LOG2),
    _log(
        "log-dry-runs-only",
        "the log knows dry runs alone",
        f"sed -i -E 's/^(total size is .*speedup is [0-9.,]+)$/\\1 (DRY RUN)/' {_LOG2}",
        LOG_EPALAB,
        _LOG2,
    ),
    _log(
        "log-with-errors",
        "the last run in the log ended with errors",
        f"sed -i '/^total size is/i rsync: [sender] opendir \"/home/kato\" failed: Permission denied (13)' {_LOG}",
    ),
    _log(
        "log-copies-nothing",
        "the last run in the log compared no bytes",
        f"sed -i -E 's/^total size is .*/total size is 0  speedup is 0.00/' {_LOG2}",
        LOG_EPALAB,
        _LOG2,
    ),
    _log(
        "log-broken-off",
        "the last run in the log was cut off",
        f"printf '%s start itpass\\nrsync error: received SIGINT (code 20)\\n' $(date +%FT%T%z) >> {_LOG}",
    ),
)
