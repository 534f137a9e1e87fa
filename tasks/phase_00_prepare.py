"""Phase 0: preparation (準備)."""

from irekae import proof, report, subjects
from irekae.model.errors import Status, SwapError
from irekae.model.items import ANY_TIME, On, item
from irekae.proof.boot_record import look_ahead
from irekae.proof.check_items import keep_baseline
from irekae.site.site import needed
from irekae.swap.begin import begin
from irekae.swap.swap import Swap
from tasks import phase_02_open_root as door
from tasks import phase_04_close_root as closing


@item("0.2", "事前確認", "Preflight", on=On.PAIR, mark="+", undo="nothing is changed")
def preflight(swap: Swap) -> None:
    """Read-only, all obstacles at once; the swap begins when there are none."""
    found = subjects.preflight.obstacles(swap)
    if found:
        raise SwapError(
            f"{len(found)} obstacles before the swap can begin",
            "\n".join(found),
            "mend them, then `fab phase0`",
            Status.REFUSED,
        )
    swap.production.result("no obstacles")
    begin(swap)


@item(
    "0.1", "マニュアルの保存", "Save the manual for reading offline", on=On.SEAT, until=ANY_TIME,
    undo="nothing is changed on the hosts",
)  # fmt: skip
def manual(swap: Swap) -> None:
    """HTML of every item: command, by hand, check and remedy, with this site's facts; the wiki's pages."""
    for line in report.offline_manual.save_manual(swap):
        swap.production.result(line)


@item("0.3", "交換前の状態の記録", "Baseline", on=On.SEAT, mark="+", undo="nothing is changed")
def baseline(swap: Swap) -> None:
    """What the acceptance suite finds today, so that old faults are not blamed on the swap; the prober starts."""
    swap.production.result(proof.start_if_any(swap))
    for line in keep_baseline(swap):
        swap.production.result(line)
    swap.production.result(look_ahead(swap))


@item(
    "0.4", "事前の rsync", "Pre-work: a first copy of /home", on=On.PAIR, mark="W", optional=True,
    undo="an early copy of /home on the standby harms nothing", needs=("home",),
)  # fmt: skip
def prework(swap: Swap) -> None:
    """Up to two days before: opens the standby's door under a lease, copies, closes it again."""
    door.lease(swap.standby, swap)
    door.open_root(swap.standby, swap)
    try:
        subjects.copy_tree(swap, needed(swap.site.home), "0.4")
    finally:
        closing.close_root(swap.standby, swap)


@item(
    "0.5", "切り替わるレコードの TTL", "A short TTL for records that change in the swap", on=On.PAIR, mark="+",
    undo="the TTL is as before, the serial a newer one", needs=("dns.ttl_during",),
)  # fmt: skip
def ttl(swap: Swap) -> None:
    """Records that the other machine will answer otherwise, in zones of which both are the master; 11.3 ends it."""
    subjects.name_server.ttl.lower(swap)
