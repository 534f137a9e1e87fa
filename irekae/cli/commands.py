"""The commands of `fab`, as plain functions; fabfile.py makes tasks of them."""

import inspect
import shutil
from pathlib import Path
from typing import Any

from irekae import subjects
from irekae.cli import session
from irekae.cli.beginning import init
from irekae.cli.by_hand import done, rollback, unlock, waive
from irekae.cli.completing import completion
from irekae.cli.explaining import explain
from irekae.cli.history import log
from irekae.cli.reporting import report, spoken
from irekae.cli.watching import board
from irekae.cli.work import Command, resume
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

# What `fab --help COMMAND` says of an option; each means the same wherever it stands.
OPTIONS = {
    "plan": "show what would change, as diffs; nothing is touched",
    "as_planned": "a plan of `fab plan --out FILE`: refused where a host has changed since",
    "all_files": "of a plan: irekae's own files and long lists too, which are folded without it",
    "send": "phase 11: send the announcement, instead of only writing it",
    "through": "the last phase to carry out; without it the phase that was begun",
    "item": "an item of the manual, by number: 5.1",
    "host": "a host of hosts.ini; both without it",
    "finding": "the id of a finding, as `fab report` shows it; more with commas between",
    "why": "the reason, for the journal and the report",
    "keep": "files and services, with commas between: what others did to them since stays as it is",
    "to": "phaseN: it and all after it are taken back",
    "out": "where to write to",
    "html": "a page to write: the plan, to be read together in a browser or on paper",
    "production": "NAME=ADDRESS of the host that is production today",
    "standby": "NAME=ADDRESS of the other one",
    "user": "your account on both hosts",
    "known_hosts": "a known_hosts file that you vouch for",
    "yes": "what would be asked is confirmed: the outage, the exchange, the reboot; fingerprints are compared",
    "verbose": "show all: on a terminal what each item does is folded otherwise; as IREKAE_VERBOSE=1",
    "follow": "go on showing what the hosts remember, until Ctrl-C",
    "unwatched": "phase 1: the outage may begin while no prober measures it",
    "act": "start, stop, status, collect or predict",
    "hours": "the prober ends by itself after so many hours",
    "file": "the rehearsal's report that predict keeps",
    "lang": "en or ja: the language of what is shown",
    "publish": "everybody at this seat may read what is written; without it, you alone",
    "sign": "name of the one who accepts, or acknowledges, the report that was read: --digest says which",
    "digest": "of the report that was read: the first 12 digits or more",
    "despite": "open points that are acknowledged, by item or finding, with commas between: all, or none is signed",
    "shell": "bash, zsh or fish; without it, those of them that are here",
    "remove": "take back what was written",
    "check": "a report's JSON: is it as it was written, and who signed it",
    "port": "the board's port; 0 for a free one",
    "listen": "the address of this computer that the board is seen at, for the room; without it, here alone",
}


def options_of(command: Command) -> dict[str, str]:
    """Option → its line of help, for every option of a command."""
    names = list(inspect.signature(command).parameters)[1:]
    return {name: OPTIONS[name] for name in names}


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
    begin_again(swap, why)
    for name in subjects.forget_replaced(swap):
        show(f"{name}: what the copy of that swap had replaced is removed")
    session.forget()


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
    show(keep_baseline(session.connected()))


def prober(c: Any, act: str, hours: float = outside.HOURS, file: str = "report/acceptance.json") -> None:
    """Watch production from outside: start, stop, status, collect; predict keeps a rehearsal's report to compare."""
    session.for_both(c, "prober")
    for line in outside.command(session.connected, act, hours, Path(file)):
        show(line)


# They are called again and again, and the hosts can be asked once more: no log is kept of them.
LOOKING: list[Command] = [init, status, progress, log, board]
# What the commands around the phases are for; `fab --list` shows them so.
GROUPS: dict[str, list[Command]] = {
    "before the day": [init, trust, plan, baseline],
    "while it goes on": [status, board, log, progress, prober, resume],
    "when something is otherwise": [done, waive, explain, rollback, unlock],
    "at the end": [report, begin],
    "at your seat": [completion],
}
COMMANDS: list[Command] = [command for group in GROUPS.values() for command in group]


def lines_of_help() -> dict[str, dict[str, str]]:
    """What commands are for → command → the first line of what it says of itself."""
    return {
        heading: {command.__name__: (inspect.getdoc(command) or "").split("\n")[0] for command in group}
        for heading, group in GROUPS.items()
    }
