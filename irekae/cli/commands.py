"""Commands of `fab` around the phases, as plain functions; `cli.registry` names them all."""

import shutil
from pathlib import Path
from typing import Any

from irekae import subjects
from irekae.cli import session
from irekae.cli.reporting import spoken
from irekae.model.errors import Status, SwapError, again
from irekae.model.items import find_item
from irekae.model.printing import show
from irekae.procedure import plans
from irekae.proof.check_items import keep_baseline
from irekae.proof.outage import prober as outside
from irekae.report import gather
from irekae.report import status as status_table
from irekae.site import first_trust
from irekae.swap import finished, heard
from irekae.swap.begin import begin_again
from irekae.swap.swap import Swap
from irekae.swap.takeover import take_over


def _looked_at(c: Any) -> Swap:
    """The swap for what only looks: at both hosts, whichever -H names."""
    return session.connected(hosts=session.hosts_of(c))


def status(c: Any, lang: str = "") -> None:
    """Phases and hosts at a glance: done, running by whom, failed, unknown, by hand, waived."""
    words = spoken(lang)
    swap = session.connected(hosts=session.hosts_of(c), some=True)
    show(status_table.table(gather.rows(swap), words, shutil.get_terminal_size().columns).removesuffix("\n"))
    if told := finished.said(swap):
        show(f"{told}: `fab begin` closes it")
    if away := heard.silent(swap):
        raise SwapError("one host is silent: only the other is shown", "\n".join(away), again(), Status.INCOMPLETE)


def plan(
    c: Any, out: str = "", html: str = "", lang: str = "en", all_files: bool = False, publish: bool = False
) -> None:
    """Show the whole plan; --out stores it for `--as-planned FILE`, --html writes a page to read it together."""
    words = spoken(lang)
    swap = session.connected(planned=True, hosts=session.hosts_of(c))
    plans.plan_all(swap)
    if out:
        plans.store(swap, Path(out))
    if html:
        # Imported here, for it takes long and most commands do without.
        from irekae.report.plan_page import write_page

        show(f"plan: {write_page(swap, Path(html), words, publish)}")
    if not (out or html):
        plans.show_plan(swap, whole=all_files)
    plans.want_no_refusal(swap)


def begin(c: Any, why: str = "", yes: bool = False) -> None:
    """Begin another swap, with the roles exchanged, after one that is complete (or was rolled back)."""
    session.for_both(c, "begin")
    swap = session.connected(yes=yes, believe=True)
    begin_again(swap, why, lambda: _forget_replaced(swap))
    session.forget()


def _forget_replaced(swap: Swap) -> None:
    for name in subjects.forget_replaced(swap):
        show(f"{name}: what the copy of that swap had replaced is removed")


def progress(c: Any) -> None:
    """How far the copies of /home and of other trees are (3.1, 3.5)."""
    from irekae.subjects.trees.copy_run import progress_of

    pair = _looked_at(c).for_pair(find_item("3.1"))
    for tree in pair.site.all_trees:
        show(f"{tree.path}: {progress_of(pair, tree)}")


def trust(c: Any, known_hosts: str = "", yes: bool = False) -> None:
    """Pin the machines: shows their fingerprints to compare, or takes them from a known_hosts that you vouch for."""
    session.for_both(c, "trust")
    first_trust.trust(Path(known_hosts) if known_hosts else None, yes)
    session.forget()
    take_over(Swap.load(), yes)


def baseline(c: Any) -> None:
    """What the acceptance suite finds today, kept to be compared after the swap (0.3)."""
    session.for_both(c, "baseline")
    for line in keep_baseline(session.connected()):
        show(line)


def prober(c: Any, act: str, hours: float = outside.HOURS, file: str = "report/acceptance.json") -> None:
    """Watch production from outside: start, stop, status, collect; predict keeps a rehearsal's report to compare."""
    session.for_both(c, "prober")
    for line in outside.command(session.connected, act, hours, Path(file)):
        show(line)
