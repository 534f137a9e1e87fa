"""Phase 11: announcement (完了のアナウンス)."""

from irekae import report, subjects
from irekae.model.items import On, item
from irekae.swap.swap import Swap


@item("11.2", "fingerprint の確認", "The hosts' new fingerprints", on=On.SEAT, undo="nothing is changed")
def fingerprints(swap: Swap) -> None:
    """As ssh-keygen prints them, for each name: they stand in the announcement too."""
    for line in report.announcing.new_fingerprints(swap):
        swap.production.result(line)


@item(
    "11.1",
    "完了のアナウンスメール",
    "The completion mail",
    on=On.SEAT,
    undo="a mail that is sent does not come back",
    needs=("announce",),
)
def mail(swap: Swap) -> None:
    """Written, Japanese and English, ready to send; sent only with --send."""
    swap.production.result(report.announcing.announce(swap))


@item(
    "11.3", "レコードの TTL を元に戻す", "The records' TTL as before", on=On.PAIR, mark="+",
    undo="the TTL is as before the swap", needs=("dns.ttl_during",),
)  # fmt: skip
def ttl(swap: Swap) -> None:
    """What 0.5 made short, on both machines, with a newer serial; what somebody has set since stays."""
    subjects.name_server.ttl.raise_again(swap)
