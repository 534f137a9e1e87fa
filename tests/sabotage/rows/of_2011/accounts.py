"""Rows of 3.1, 3.2 and 3.4: what phase 3 brought, and did not bring rightly."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import ACCOUNT_FILES

SHADOW = "test_every_user_is_in_shadow[ika]"
HOMES = "test_homes_belong_to_their_users[ika]"
BOXES = "test_mailboxes_can_be_opened[ika]"
OPEN = "test_accounts_are_as_open_as_they_were[ika]"
JOBS = "test_users_jobs_went_over_and_run_on_one_machine[ika]"
TABLES = "test_cron_tables_are_their_users[ika]"
_TABLES = "/var/spool/cron/crontabs"


def _shadow(name: str, what: str, edit: str) -> Row:
    return Row(name, "ika", what, (SHADOW,), do=f"sed -i '{edit}' /etc/shadow", keeps=("/etc/shadow",))


ROWS = (
    _shadow("shadow-lacks-user", "kudo cannot log in: shadow lacks him", "/^kudo:/d"),
    _shadow("shadow-twice", "shadow has two lines for kudo", "/^kudo:/p"),
    _shadow("shadow-empty-password", "kudo's password is empty", "s/^kudo:[^:]*:/kudo::/"),
    Row(
        "site-narrows-users",
        "seat",
        "site.toml says that users end with UID 19999",
        (SHADOW,),
        site=("uid_max = 29999", "uid_max = 19999"),
        hosts="ika",
    ),
    Row(
        "home-of-root",
        "ika",
        "a home belongs to root after rsync",
        (HOMES,),
        do="chown root:root /home/kudo",
        undo="chown kudo:kudo /home/kudo",
    ),
    Row(
        "home-numbers-without-names",
        "ika",
        "rsync copied numbers: the files of a home belong to nobody's number",
        (HOMES, BOXES),
        do="cp -a /home/nakano /home/.nakano-sabotage; chown -R 5555:5555 /home/nakano",
        undo="rm -rf /home/nakano; mv /home/.nakano-sabotage /home/nakano",
    ),
    Row(
        "home-wrong-group",
        "ika",
        "a home has the group number of the other machine",
        (HOMES,),
        do="chgrp 1002 /home/tsuda",
        undo="chgrp tsuda /home/tsuda",
    ),
    Row(
        "home-gone",
        "ika",
        "a user's home was not copied",
        (HOMES,),
        do="mv /home/wada /home/.wada-sabotage",
        undo="mv /home/.wada-sabotage /home/wada",
        may=(BOXES,),
        why="the box of a home that is gone is gone as well",
    ),
    Row(
        "maildir-incomplete",
        "ika",
        "a mailbox lacks its folder cur",
        (BOXES,),
        do="mv /home/endo/Maildir/cur /home/endo/cur-sabotage",
        undo="mv /home/endo/cur-sabotage /home/endo/Maildir/cur",
    ),
    Row(
        "crontab-of-root",
        "ika",
        "asada's cron table belongs to root: cron ignores it",
        (TABLES,),
        do=f"chown root {_TABLES}/asada",
        keeps=(f"{_TABLES}/asada",),
    ),
    Row(
        "crontabs-not-copied",
        "ika",
        "there are no cron tables",
        (TABLES, JOBS),
        do=f"rm {_TABLES}/*",
        keeps=(_TABLES,),
    ),
    Row(
        "crontab-lost",
        "ika",
        "asada's cron table did not come along",
        (JOBS,),
        do=f"rm {_TABLES}/asada",
        keeps=(f"{_TABLES}/asada",),
    ),
    Row(
        "tako-crontab-too",
        "tako",
        "tako: asada's cron table was put back here: the jobs run on both machines",
        (JOBS,),
        do="echo '40 4 1 1 * $HOME/bin/yearly' | crontab -u asada -",
        keeps=(f"{_TABLES}/asada",),
        hosts="ika",
    ),
    Row(
        "account-shell-nologin",
        "ika",
        "maeda's shell lets nobody in",
        (OPEN,),
        do="usermod -s /usr/sbin/nologin maeda",
        keeps=ACCOUNT_FILES,
    ),
    Row("account-expired", "ika", "maeda's account has expired", (OPEN,), do="chage -E 1 maeda", keeps=ACCOUNT_FILES),
)
