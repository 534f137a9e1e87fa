"""Databases: production's servers answer, take what is written, and hold what was copied (9.17)."""

from __future__ import annotations

from irekae.site.site import Database
from verify.by_hand import manage
from verify.databases import fewer, lost, others
from verify.marks import item, part_of
from verify.needs import needs
from verify.record import Record
from verify.world import Server

pytestmark = part_of("databases")

COPIED = "9.17: `fab rollback` is past; take it from the old machine's server, or from the backup"


def _answers(server: Server, database: Database) -> str:
    status = manage(server.facts.systemd, "status", server.world.site.services[database.service].init)
    return f"9.17: `{status}`, and its log"


@needs("databases")
@item("9.17", "production")
def test_database_server_answers_and_can_be_written_to(server: Server, database: Database, check: Record) -> None:
    """The server answers, and what is written into a table for the time of the check is read again.

    データベースサーバが応答し、書き込みと読み出しができる
    """
    found = server.databases.result()
    check.saw(found.evidence(database))
    answer = found.servers[database.label]
    check.expect(
        not answer.error,
        "an answer",
        answer.error or answer.version,
        cause="it does not run",
        remedy=_answers(server, database),
    )
    check.expect(
        answer.writes,
        "what was written is read again",
        "it is" if answer.writes else "it is not, or there is no database",
        cause="the server is read-only, or holds nothing",
        remedy=_answers(server, database),
    )


@needs("databases")
@item("9.17", "production")
def test_database_holds_what_was_copied(server: Server, database: Database, check: Record) -> None:
    """Every table, column, view, routine, account and right that 3.6 copied is there and as it was, with no fewer rows.

    コピーした表・列・ビュー・ルーチン・アカウント・権限がすべて元のままあり、行数が減っていない
    """
    found = server.databases.result()
    check.saw(found.evidence(database))
    copied = found.copied.get(database.label)
    if copied is None:
        check.not_made(f"3.6 has written nothing down of {database.label}: it does once phase 3 may begin")
    answer = found.servers[database.label]
    check.expect(
        not answer.error,
        "an answer",
        answer.error or answer.version,
        cause="it does not run",
        remedy=_answers(server, database),
    )
    missing = list(lost(answer, copied))
    check.expect(
        not missing,
        "all that was copied",
        "; ".join(missing[:5]) or f"{len(copied.databases)} databases",
        cause="somebody removed or changed it",
        remedy=COPIED,
    )
    check.differs(*fewer(database, answer, copied), *others(database, answer, copied))
