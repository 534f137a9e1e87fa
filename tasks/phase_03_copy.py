"""Phase 3: copy data from production to the standby (本サーバから予備サーバへ各種データをコピー).

Everything goes through the one door that is open, the standby's (D2). The accounts come first: owners and groups of
what is copied go by name, so the names must be known on the receiver.
"""

from irekae import subjects
from irekae.model.errors import SwapError
from irekae.model.items import On, item
from irekae.site.site import needed
from irekae.swap.swap import Swap


@item("3.4", "/etc/shadow のユーザ部分をコピー", "Copy the users' part of shadow", on=On.PAIR, until="4.2")
def shadow(swap: Swap) -> None:
    """Users with UIDs of the range that production has and the standby lacks; builders' accounts are kept.

    Every difference is told by field; who was locked out, has expired or has no password must have been decided.
    """
    subjects.copy_accounts(swap)


@item(
    "3.1", "/home 領域を rsync", "Copy /home with rsync", on=On.PAIR, beside=True, after=("3.4",), until="4.2",
    undo="what it replaced is put back", needs=("home|mail",),
)  # fmt: skip
def home(swap: Swap) -> None:
    """Host to host, dry run first; goes on if the operator's connection drops. Mailboxes elsewhere come too."""
    if swap.site.home:
        subjects.copy_tree(swap, swap.site.home, "3.1")
    for path in swap.production.link.ask("mail_spools", boxes=swap.site.spools):
        subjects.copy_file(swap, path, path)


@item(
    "3.5", "/home 以外のデータを rsync", "Copy the other data trees with rsync", on=On.PAIR, mark="+", beside=True,
    after=("3.4",), until="4.2", undo="what it replaced is put back", needs=("trees",),
)  # fmt: skip
def trees(swap: Swap) -> None:
    """[[trees]] of site.toml, one after the other, each as /home: by its own key, counted, to be gone on with."""
    for tree in swap.site.trees:
        subjects.copy_tree(swap, tree, "3.5")


@item(
    "3.2",
    "cron の設定ファイルをコピー",
    "Copy the cron tables",
    on=On.PAIR,
    after=("3.4",),
    until="4.2",
    needs=("copy.crontabs|phase1.jobs",),
)
def crontabs(swap: Swap) -> None:
    """Each user's table, with its owner and group by name, mode and time; held on the standby until 8.1, as by 1.7."""
    subjects.carry_jobs(swap)


@item(
    "3.3",
    "popauth の設定ファイルをコピー",
    "Copy popauth's file",
    on=On.PAIR,
    after=("3.4",),
    until="4.2",
    needs=("copy.pop_secrets",),
)
def pop_secrets(swap: Swap) -> None:
    """The standby's own file is kept as pop.auth.YYYYMMDD."""
    path = needed(swap.site.copy.pop_secrets)
    if not swap.production.read(path):
        raise SwapError(f"{path} is empty on {swap.production.name}", hint="find out why before anything is copied")
    swap.standby.keep_dated(path)
    subjects.copy_file(swap, path, path)


@item(
    "3.6", "データベースをコピー", "Copy the databases", on=On.PAIR, mark="+", until="4.2",
    undo="what the standby had of its own is put back", needs=("databases",),
)  # fmt: skip
def databases(swap: Swap) -> None:
    """Host to host by the servers' own tools, accounts too; what the standby had is kept, and every table is compared.

    Nobody may have the databases open from here on; 6.1 looks again.
    """
    subjects.copy_databases(swap)


@item(
    "3.7", "メールシステムの表をコピー", "Copy the mail system's tables", on=On.PAIR, mark="+", after=("3.4",),
    until="4.2", needs=("mail.tables",),
)  # fmt: skip
def mail_tables(swap: Swap) -> None:
    """Aliases, maps, lists of addresses: each file that production's mail system says it looks things up in.

    The standby's own is kept as NAME.YYYYMMDD; what is compiled of them is made there anew. Dovecot's files of users
    too, with the standby's own numbers. 6.1 looks again.
    """
    subjects.copy_tables(swap)
    subjects.copy_users(swap)
