"""Each daemon's own checker accepts what lies on disk, and cron runs what its tables say (9.1, 9.2)."""

from __future__ import annotations

from typing import Any

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
    for one in (one for one in checks if not one["accepted"]):
        found = one["said"][-SHOWN:] or f"status {one['status']}"
        told_of = {"subject": "configuration on disk:", "key": " ".join(one["argv"]), "remedy": remedy}
        check.differs(Finding(role=about(role), was="accepted", found=found, **told_of))
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
    for path, why in reasons.items():
        told_of = {"subject": "left out by cron:", "key": path, "remedy": remedy}
        check.differs(Finding(role=about(role), was="run", found="; ".join(why), **told_of))
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
    told_of: dict[str, Any] = {"role": about(role), "subject": "certificate on disk:", "remedy": remedy}
    check.alike(
        "certificates lie with their keys",
        told,
        *(Finding(key=path, was="with its key, and renewed", found=why, **told_of) for path, why in wrong.items()),
    )


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
    told_of: dict[str, Any] = {"role": about(role), "subject": "mailboxes without an account:", "remedy": remedy}
    told_of["was"] = "their owner's, and known"
    wrong = [Finding(key=what, found=why, **told_of) for what, why in virtual["wrong"].items()]
    check.alike("mailboxes whose owner writes into them, and that dovecot knows", told, *wrong)
