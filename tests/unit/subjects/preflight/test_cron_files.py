"""What cron runs on copied data, on both machines, is told in phase 0, and is no obstacle."""

from __future__ import annotations

from msgspec.structs import replace

from irekae.site.site import Tree
from irekae.subjects.preflight import cron_files
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy

MAINTD = "# digests\n0 */2 * * * root mlmmj-maintd -F -d /var/spool/mlmmj\n"


def notes(swap: Swap) -> list[str]:
    pair = for_copy(swap)
    assert [*cron_files.on_copied_data(pair)] == []
    return [*pair.production.record.notes, *pair.standby.record.notes]


def test_a_job_on_a_copied_folder_is_told_of_the_host_that_has_it(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    swap.site = replace(swap.site, trees=[Tree("/var/spool/mlmmj")])
    tako.put("/etc/cron.d/mlmmj", MAINTD)
    ika.put("/etc/cron.daily/lists", "find /var/spool/mlmmj/team -mtime +9\n", 0o755)
    told = notes(swap)
    assert [line.partition(",")[0] for line in told] == [
        "/etc/cron.daily/lists works on /var/spool/mlmmj",
        "/etc/cron.d/mlmmj works on /var/spool/mlmmj",
    ]
    assert told[0].endswith("let it do nothing where that is not")


def test_comments_other_folders_and_what_1_5_holds_are_not(swap: Swap, ika: FarEnd) -> None:
    swap.site = replace(swap.site, trees=[Tree("/srv")])
    ika.put("/etc/cron.d/other", "# /srv\n0 1 * * * root du /srv.old /mnt/srv /srvx\n")
    ika.put("/etc/cron.d/held", "0 1 * * * root du /srv\n")
    swap.site = replace(swap.site, phase1=replace(swap.site.phase1, scheduled=["/etc/cron.d/held"]))
    assert notes(swap) == []


def test_without_copied_folders_nobody_is_asked(swap: Swap, ika: FarEnd) -> None:
    swap.site = replace(swap.site, trees=[], mail=None)
    ika.put("/etc/cron.d/mlmmj", MAINTD)
    assert notes(swap) == []


def test_a_table_that_1_5_shall_hold_is_an_obstacle_and_a_script_is_none(swap: Swap, ika: FarEnd) -> None:
    held = ["/etc/cron.d/backup", "/etc/cron.daily/backup"]
    swap.site = replace(swap.site, phase1=replace(swap.site.phase1, scheduled=held))
    pair = for_copy(swap)
    assert [*cron_files.not_held(pair)] == []
    for path in held:
        ika.put(path, "x\n", 0o755)
    (told,) = map(str, cron_files.not_held(pair))
    assert told.startswith("ika: /etc/cron.d/backup is a table of cron's, which runs it at mode 0 too")
