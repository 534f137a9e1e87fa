"""Each daemon's own checker accepts what lies on disk, and cron runs what its tables say (9.1, 9.2)."""

from __future__ import annotations

from irekae.model.findings import Finding
from verify.marks import item, part_of
from verify.needs import needs
from verify.record import Record
from verify.selection import Role, about
from verify.world import Server

SHOWN = 600  # characters of what a checker says
NO_CHECKER = "no daemon of this host has a checker of its own"


@needs("disk")
@item("9.1", "production")
@item("9.2", "standby")
def test_configuration_is_accepted(server: Server, role: Role, check: Record) -> None:
    """Each daemon's own checker accepts the configuration that lies on disk.

    各デーモンの設定ファイルに誤りがない
    """
    disk, began = server.disk.result()
    checks = disk["checks"]
    for one in checks:
        asked = " ".join(one["argv"])
        check.saw(began.heard(asked, f"{one['said'][-SHOWN:]}\n[status {one['status']}]", f"on {server.name}"))
    remedy = "correct what the checker names, then restart that daemon"
    wrong = [one for one in checks if not one["accepted"]]
    refused = {" ".join(one["argv"]): one["said"][-SHOWN:] or f"status {one['status']}" for one in wrong}
    subject = "configuration on disk:"
    check.differs(*Finding.of_each(refused, role=about(role), subject=subject, was="accepted", remedy=remedy))
    names = ", ".join(dict.fromkeys(one["name"] for one in checks))
    check.expect(
        bool(checks),
        f"{names} accept what lies on disk",
        f"{len(checks)} checkers",
        cause=NO_CHECKER,
        remedy="install the daemons' own checkers: apache2ctl, named-checkconf, sshd -t",
    )


@needs("disk")
@item("9.1", "production")
@item("9.2", "standby")
def test_cron_runs_what_its_tables_say(server: Server, role: Role, check: Record) -> None:
    """No table and no job is left out by cron: owner, mode, name, last line, times, users, interpreters.

    cron は全ての表とジョブを実行できる
    """
    disk, began = server.disk.result()
    cron = disk["cron"]
    told = f"{len(cron['read'])} tables, {len(cron['jobs'])} jobs of run-parts"
    check.saw(began.heard("cron tables, as cron reads them", told, f"on {server.name}"))
    # 1.5's jobs are production's.
    wrong = [*cron["wrong"], *(cron["idle"] if role == "production" else [])]
    remedy = "give the table or script the owner, mode, name and last line that cron wants (cron(8))"
    reasons: dict[str, list[str]] = {}
    for line in wrong:
        reasons.setdefault(line.partition(": ")[0], []).append(line.partition(": ")[2])
    told_of = {path: "; ".join(why) for path, why in reasons.items()}
    check.differs(*Finding.of_each(told_of, role=about(role), subject="left out by cron:", was="run", remedy=remedy))
    check.expect(
        bool(cron["read"]),
        "cron leaves out nothing",
        told,
        cause="there is no cron table at all",
        remedy="1.5, 3.2: put them back",
    )


@needs("disk")
@item("9.1", "production")
@item("9.2", "standby")
def test_certificates_have_their_keys(server: Server, role: Role, check: Record) -> None:
    """Certificates of certbot's that configuration names lie with their own keys, and production's are renewed.

    証明書と鍵が合い, 更新できる
    """
    disk, began = server.disk.result()
    keys = disk["keys"]
    told = ", ".join(keys["names"]) or "configuration names none"
    check.saw(began.heard("certificates of /etc/letsencrypt that configuration names", told, f"on {server.name}"))
    # Folders of pages, which certbot proves itself in, may be production's alone.
    wrong = {**keys["wrong"], **(keys["stale"] if role == "production" else {})}
    remedy = "`certbot certificates`; put back what belongs to it, then `certbot renew --dry-run`; reload the service"
    was, subject = "with its key, and renewed", "certificate on disk:"
    found = Finding.of_each(wrong, role=about(role), subject=subject, was=was, remedy=remedy)
    check.alike("certificates lie with their keys", told, *found)


@part_of("mail.tables")
@needs("disk")
@item("9.10", "production")
def test_mailboxes_of_those_without_an_account_are_in_order(server: Server, role: Role, check: Record) -> None:
    """Mail for those who have no account is written by the owner of their mailboxes, and dovecot knows them.

    アカウントのない利用者のメールボックスが正しい
    """
    disk, began = server.disk.result()
    virtual = disk["virtual"]
    told = f"{virtual['addresses']} mailboxes below virtual_mailbox_base"
    check.saw(began.heard("mailboxes of those without an account", told, f"on {server.name}"))
    remedy = "7.2: this machine's numbers in main.cf, dovecot's file of users in its configuration; then reload both"
    was, subject = "their owner's, and known", "mailboxes without an account:"
    found = Finding.of_each(virtual["wrong"], role=about(role), subject=subject, was=was, remedy=remedy)
    check.alike("mailboxes whose owner writes into them, and that dovecot knows", told, *found)
