"""The commands of `fab`, as plain functions; fabfile.py makes tasks of them."""

import inspect
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from irekae.cli.entry import named_hosts, plan_asked
from irekae.model import seat_files
from irekae.model.errors import Status, SwapError, wrong_use
from irekae.model.items import ITEMS, Item, On, find_item
from irekae.model.language import LANGS
from irekae.model.printing import show
from irekae.procedure import plans
from irekae.procedure.rollback import rollback as take_back
from irekae.procedure.rollback import rollback_item
from irekae.procedure.runner import run_item, run_phase
from irekae.proof.outage import prober as outside
from irekae.proof.suite_run import keep_baseline
from irekae.report import gather
from irekae.report import status as status_table
from irekae.report.verdict import verdict
from irekae.site import first_trust
from irekae.swap import locking
from irekae.swap.begin import begin_again
from irekae.swap.swap import Swap

Command = Callable[..., None]

# What `fab --help COMMAND` says of an option; each means the same wherever it stands.
OPTIONS = {
    "plan": "show what would change, as diffs; nothing is touched",
    "as_planned": "a plan of `fab plan --out FILE`: refused where a host has changed since",
    "send": "phase 11: send the announcement, instead of only writing it",
    "through": "the last phase to carry out",
    "item": "an item of the manual, by number: 5.1",
    "host": "ika or tako; both without it",
    "why": "the reason, for the journal and the report",
    "to": "phaseN: it and all after it are taken back",
    "out": "where to write to",
    "known_hosts": "a known_hosts file that you vouch for",
    "yes": "the fingerprints have been compared: pin them without asking",
    "act": "start, stop, status, collect or predict",
    "hours": "the prober ends by itself after so many hours",
    "file": "the rehearsal's report that predict keeps",
    "lang": "en or ja",
    "publish": "everybody at this seat may read the report; without it, you alone",
    "sign": "name of the one who accepts: the signature block is filled in",
}


def options_of(command: Command) -> dict[str, str]:
    """Option → its line of help, for every option of a command."""
    names = list(inspect.signature(command).parameters)[1:]
    return {name: OPTIONS[name] for name in names}


def phase_command(number: int, title: str) -> Command:
    """The command `fab phaseN`."""

    def phase(c: Any, plan: bool = False, as_planned: str = "", send: bool = False) -> None:
        began = time.monotonic()
        hosts = named_hosts(c)
        swap = _swap(plan_asked(plan), send, hosts)
        show(f"phase {number}: {title}")
        if as_planned:
            plans.require_unchanged(swap, Path(as_planned), number)
        run_phase(swap, number, hosts)
        _end_of(swap, f"phase {number}", began)

    phase.__name__, phase.__doc__ = "all", title
    return phase


def item_command(item: Item) -> Command:
    """The command `fab phaseN.NAME`."""

    def one(c: Any, plan: bool = False, as_planned: str = "", send: bool = False) -> None:
        began = time.monotonic()
        hosts = named_hosts(c)
        swap = _swap(plan_asked(plan), send, hosts)
        if as_planned:
            plans.require_unchanged(swap, Path(as_planned), item.phase)
        run_item(swap, item, hosts)
        _end_of(swap, item.number, began, item.number)

    one.__name__, one.__doc__ = item.name, f"{item.number} {item.en}"
    return one


EXCHANGE = "6.1"
SHOWN = 20  # reasons for the verdict that `fab report` prints
_SWAPS: dict[bool, Swap] = {}


def _swap(planned: bool = False, send: bool = False, hosts: Sequence[str] = ()) -> Swap:
    """The connected swap of this process: one connection a host, whatever number of tasks the command line names.

    hosts: names of -H, looked up before anything is connected to.
    """
    if planned not in _SWAPS:
        _SWAPS[planned] = Swap.load(planned)
    for name in hosts:
        _SWAPS[planned].inventory.named(name)
    swap = _SWAPS[planned].connect()
    swap.send = send
    return swap


def _end_of(swap: Swap, what: str, began: float, only: str = "") -> None:
    if swap.planned:
        plans.show_plan(swap, only or what)
    show(f"{what}: {time.monotonic() - began:.1f} s")


def status(c: Any, lang: str = "en") -> None:
    """Phases and hosts at a glance: done, running by whom, failed, unknown, by hand, waived."""
    spoken = _lang(lang)
    show(status_table.table(gather.rows(_swap()), spoken, shutil.get_terminal_size().columns).removesuffix("\n"))


def resume(c: Any, plan: bool = False, through: int = 11) -> None:
    """Go on at the first item that is not done."""
    swap = _swap(plan_asked(plan))
    for number in range(through + 1):
        pending = [item for item in ITEMS.values() if item.phase == number and not item.optional]
        if all(swap.state(item, role).state.settled for item in pending for role in item.roles):
            continue
        show(f"phase {number}")
        run_phase(swap, number)
    if swap.planned:
        plans.show_plan(swap)


def done(c: Any, item: str, host: str = "", why: str = "") -> None:
    """Record an item as done by hand; it is verified where its own verbs can look."""
    found, roles, swap = _by_hand(item, host, why)
    differences = plans.what_is_left(swap, found, roles)
    if differences:
        raise SwapError(
            f"{item} is not as it must be: {len(differences)} things are left to do",
            "\n".join(differences),
            f"do them, or `fab phase{found.phase}.{found.name}`; `fab waive` says that they shall stay",
        )
    _record(swap, found, roles, "by hand", why)


def waive(c: Any, item: str, host: str = "", why: str = "") -> None:
    """Record that an item shall not be done, and why."""
    if item == EXCHANGE:
        raise wrong_use(
            f"{item} is the exchange itself: there is no swap without it", hint="`fab rollback`, or phase 6"
        )
    found, roles, swap = _by_hand(item, host, why)
    _record(swap, found, roles, "waived", why)


def _record(swap: Swap, item: Item, roles: Sequence[On], event: str, why: str) -> None:
    """Write an outcome that a person decides on, unless somebody works on the item just now."""
    for role in roles:
        with locking.held(swap, role, [item]):
            swap.host(item, role).record.event(event, why=why)
        show(f"{item.number} on {swap.name_in(item.phase, role)}: {event} ({why})")


def _by_hand(number: str, host: str, why: str) -> tuple[Item, list[On], Swap]:
    if not why.strip():
        raise wrong_use("a reason is needed", hint='--why "…": it stands in the report')
    found, swap = find_item(number), _swap(hosts=[host] if host else [])
    name = swap.inventory.named(host).name if host else ""
    roles = [role for role in found.roles if not name or swap.name_in(found.phase, role) == name]
    if not roles:
        raise wrong_use(f"{number} does not concern {name}")
    return found, roles, swap


def rollback(c: Any, to: str = "", item: str = "", host: str = "") -> None:
    """Take the swap back: --to phase5 undoes phase 5 and all after it, --item 5.1 one item."""
    phases = {f"phase{number}": number for number in range(12)}
    hosts = [host] if host else named_hosts(c)
    if item:
        begun = rollback_item(_swap(hosts=hosts), find_item(item).number, hosts)
    elif to in phases or f"phase{to}" in phases:
        begun = take_back(_swap(), phases[to if to in phases else f"phase{to}"])
    else:
        raise wrong_use("what is to be taken back?", hint="--to phaseN (0 to 11), or --item N.N")
    show("rolled back" if begun else "nothing had to be rolled back: none of it has begun")


def plan(c: Any, out: str = "") -> None:
    """Show the whole plan, or store it with --out; `--as-planned FILE` then holds a phase to it."""
    swap = _swap(planned=True)
    plans.plan_all(swap, Path(out) if out else None)


def begin(c: Any, why: str = "") -> None:
    """Begin another swap, with the roles exchanged, after one that is complete (or was rolled back)."""
    begin_again(_swap(), why)


def unlock(c: Any, item: str, host: str, why: str = "") -> None:
    """End the session of another operator that holds an item on a host, when it is dead."""
    found, roles, swap = _by_hand(item, host, why)
    for role in roles:
        name = swap.entry_for(found.phase, role).name
        holder = swap.links[name].facts["holders"].get(found.number)
        if not holder:
            show(f"{item} on {name}: nobody holds it")
            continue
        who, since = holder.get("who", "somebody"), holder.get("since", "unknown")
        _end_session(swap, name, found.number, holder)
        swap.host(found, role).record.event("unknown", why=f"session of {who} ended: {why}")
        show(f"{item} on {name}: the session of {who} (since {since}) is ended")


def _end_session(swap: Swap, name: str, number: str, holder: dict[str, Any]) -> None:
    link = swap.links[name]
    left = link.ask("end_agent", pid=holder["pid"]) if "pid" in holder else []
    if left or number in link.ask("holders"):
        path = f"{swap.site.site.state}/locks/{number}"
        hint = f"on {name}: `fuser {path}` names the process; `kill -KILL` it if you know that nobody needs it"
        raise SwapError(f"{number} on {name} is still held", f"by process {holder.get('pid', '?')}", hint)


def progress(c: Any) -> None:
    """How far the copy of /home is (3.1)."""
    from irekae.subjects.home.copy_run import progress_of

    show(progress_of(_swap().for_pair(find_item("3.1"))))


def trust(c: Any, known_hosts: str = "", yes: bool = False) -> None:
    """Pin the machines: shows their fingerprints to compare, or takes them from a known_hosts that you vouch for."""
    first_trust.trust(Path(known_hosts) if known_hosts else None, yes)


def baseline(c: Any) -> None:
    """What the acceptance suite finds today, kept to be compared after the swap (0.3)."""
    show(keep_baseline(_swap()))


def prober(c: Any, act: str, hours: float = outside.HOURS, file: str = "report/acceptance.json") -> None:
    """Watch production from outside: start, stop, status, collect; predict keeps a rehearsal's report to compare."""
    for line in outside.command(_swap, act, hours, Path(file)):
        show(line)


def report(c: Any, lang: str = "en", out: str = "report", sign: str = "", publish: bool = False) -> None:
    """Write the acceptance report (HTML, Markdown, Hiki text, JSON); exit status 1 unless it is accepted."""
    # Imported here, for it takes long and most commands do without.
    from irekae.report import files

    words = _lang(lang)
    swap = _swap()
    for line in outside.collect_if_any(swap):
        show(line)
    results = gather.acceptance(swap, sign)
    folder = Path(out)
    for name, data in files.documents(results, words).items():
        seat_files.write(folder / name, data, seat_files.PUBLISHED if publish else seat_files.OWN)
    if publish:
        seat_files.publish(folder)
    found = verdict(results)
    show(f"verdict: {found.word}")
    for point in found.reasons[:SHOWN]:
        show(f"  {point.item} {point.host}: {point.title} {point.why}".rstrip())
    if len(found.reasons) > SHOWN:
        show(f"  … and {len(found.reasons) - SHOWN} more")
    show(f"report: {(folder / files.name('html', words)).absolute()}")
    if found.word != "accepted":
        raise SwapError(
            f"the swap is {found.word}", status=Status.FAILED if found.word == "not accepted" else Status.INCOMPLETE
        )


def _lang(lang: str) -> Any:
    if lang not in LANGS:
        raise wrong_use(f"no language {lang!r}", f"known: {', '.join(LANGS)}", "--lang en or --lang ja")
    return lang


COMMANDS: list[Command] = [
    status, resume, done, waive, rollback, plan, begin, unlock, progress, trust, baseline, prober, report,
]  # fmt: skip
