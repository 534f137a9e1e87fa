import pytest

from verify.backups import behind, in_earnest, moment, runs_in, troubles

LOG = """2011-02-20T03:10:01+0900 start itpass_rsync_epa2dennou.sh
receiving incremental file list
home/asada/
sent 1,234 bytes  received 5,678 bytes  4,608.00 bytes/sec
total size is 12,345,678  speedup is 1,786.12
2011-02-20T03:10:09+0900 end itpass_rsync_epa2dennou.sh status 0
2011-02-21T15:00:00+0900 start itpass_rsync_epa2dennou.sh -n
total size is 12,345,678  speedup is 1,786.12 (DRY RUN)
2011-02-21T15:00:01+0900 end itpass_rsync_epa2dennou.sh -n status 0
"""


def test_a_log_s_runs_are_told_apart_by_rsync_s_totals() -> None:
    real, dry = runs_in(LOG)
    assert (real.total, real.dry, real.at) == (12345678, False, moment("2011-02-20T03:10:09+0900"))
    assert (dry.dry, dry.at) == (True, moment("2011-02-21T15:00:01+0900"))


def test_a_log_without_stamps_has_runs_without_a_time() -> None:
    assert [run.at for run in runs_in("total size is 5  speedup is 1.00\n")] == [None]


def test_an_output_without_totals_has_no_run() -> None:
    assert runs_in("") == []
    assert runs_in("nothing to do\n") == []


def test_errors_belong_to_the_run_in_which_they_stand() -> None:
    text = "rsync: [sender] change_dir failed\n" + LOG.splitlines()[4] + "\n"
    assert runs_in(text)[0].troubles == ("rsync: [sender] change_dir failed",)
    assert troubles("ssh: connect to host ika port 22: refused\nfile rsync error.txt\n") == [
        "ssh: connect to host ika port 22: refused"
    ]


def test_stamps_of_other_logs_are_read_too() -> None:
    assert moment("2011/02/20 03:10") is not None
    assert moment("2011-13-45 99:99") is None


def test_a_try_that_failed_is_no_failed_backup() -> None:
    tried = LOG + "\n".join(
        [
            "2011-02-21T16:00:00+0900 start itpass_rsync_epa2dennou.sh -n",
            "Host key verification failed.",
            "2011-02-21T16:00:01+0900 end itpass_rsync_epa2dennou.sh -n status 255",
            "",
        ]
    )
    assert troubles(in_earnest(tried)) == []
    assert [run.dry for run in runs_in(in_earnest(tried))] == [False]


def test_a_backup_that_failed_after_a_try_is_seen() -> None:
    failed = LOG + "2011-02-22T03:10:00+0900 start itpass_rsync_epa2dennou.sh\nrsync error: some files\n"
    assert troubles(in_earnest(failed)) == ["rsync error: some files"]
    unended = "2011-02-21T16:00:00+0900 start x -n\n" + failed
    assert troubles(in_earnest(unended)) == ["rsync error: some files"]


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("Host key verification failed.\r\nrsync error: unexplained error (code 255)", "host key is unknown"),
        ("epabk@198.51.100.21: Permission denied (publickey,password).", "AllowUsers keeps it out"),
        ("ssh: connect to host ika port 22: Connection timed out", "cannot be reached from the backup host"),
        ("ssh: Could not resolve hostname ika: Temporary failure in name resolution", "doesn't find production's name"),
        ('rsync: [sender] opendir "/home/x" failed: Permission denied (13)', "files are there"),
        ("./x.sh: 3: rsync: command not found", "is missing"),
        ("something else", "otherwise"),
    ],
)
def test_what_is_behind_a_failed_backup_is_what_it_says_itself(said: str, cause: str) -> None:
    found, remedy = behind(said, ("otherwise", "look"))
    assert cause in found
    assert remedy
