"""The outage, seen from outside: starts, stops and reads the prober on the computer outside (far_prober.py)."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from irekae.host.remote import Link, decode, encode
from irekae.model import seat_files
from irekae.model.clock import here
from irekae.model.codec import from_json
from irekae.model.errors import Status, SwapError, wrong_use
from irekae.model.journal import now
from irekae.model.near import meant, near
from irekae.model.results import Outage
from irekae.model.typed import decoded
from irekae.proof.outage import at_boot, far_boot, far_prober
from irekae.proof.outage.far_log import log_of, offset_of, run_of
from irekae.proof.outage.outages import (
    latest,
    longest_by_service,
    of_run,
    outages,
    unwatched,
    watched_spans,
)
from irekae.proof.outage.place import PROCESS, outside, own_folder, place, running
from irekae.proof.outage.targets import targets
from irekae.site.inventory import Inventory, load_inventory
from irekae.swap.swap import Swap

HOURS = 24.0
OUTAGES, WATCHED = "outages.json", "watched.json"
PREDICTED = "predicted.json"
_START = 5.0  # seconds until the prober must have begun
_POLL = 0.05  # seconds between two looks at its log


# --- verbs ------------------------------------------------------------------------------------------------------------


def start(swap: Swap, hours: float = HOURS) -> str:
    """Start the prober, for so many hours at most; one that runs is left alone. A line that says what was done.

    Raises:
        SwapError: hosts.ini has no computer outside, it cannot be reached, or the prober ended at once.
    """
    with outside(swap) as link:
        if found := running(swap, link):
            return f"the prober runs on {link.entry.name} already" + _at_boot(link, next(iter(found)))
        own = own_folder(link)
        _put(swap, link, own, hours)
        before = len(log_of(swap, link))
        argv = ["python3", "-I", f"{own}/far_prober.py", own]
        pid = link.ask("spawn", argv=argv, log=f"{own}/output", known=f"{own}/{PROCESS}")
        link.ask("mode", path=f"{own}/{PROCESS}", mode=0o644)  # other operators ask who runs as well
        deadline = time.monotonic() + _START
        while len(log_of(swap, link)) == before:
            if time.monotonic() > deadline or link.ask("wait_gone", pids=[pid], timeout=0) == []:
                said = link.ask("read", path=f"{own}/output")
                raise SwapError(
                    f"the prober did not start on {link.entry.name}",
                    decode(said["data"]).decode("utf-8", "replace")[-2000:],
                    "python3 3.7 or newer must be there",
                )
            time.sleep(_POLL)
        names = ", ".join(target["service"] for target in targets(swap.inventory, swap.site))
        told = f"the prober on {link.entry.name} asks {names}; it stops by itself after {hours:g} hours"
        return told + _at_boot(link, own)


def _at_boot(link: Link, folder: str) -> str:
    """Have the operator's own prober started again by a boot; what to tell where that cannot be."""
    if folder != own_folder(link) or at_boot.keep(link, folder):
        return ""
    return f"; a boot of {link.entry.name} would end it: there is no crontab(1) for {link.facts['user']}"


def _put(swap: Swap, link: Link, own: str, hours: float) -> None:
    run = run_of(swap)
    if any(watched.run not in ("", run) for watched in log_of(swap, link)):
        link.ask("remove", path=f"{own}/log.jsonl.old")
        link.ask("rename", source=f"{own}/log.jsonl", target=f"{own}/log.jsonl.old")
    ends = link.ask("clock")["wall"] + hours * 3600
    config = {"run": run, "seconds": hours * 3600, "ends": ends, "targets": targets(swap.inventory, swap.site)}
    mine = link.ask("stat", path=own)
    files = {
        "targets.json": json.dumps(config).encode(),
        "far_prober.py": Path(far_prober.__file__).read_bytes(),
        "far_boot.py": Path(far_boot.__file__).read_bytes(),
    }
    for name, data in files.items():
        path = f"{own}/{name}"
        link.ask("write", path=path, data=encode(data), mode=0o600, uid=mine["uid"], gid=mine["gid"])


def stop(swap: Swap) -> str:
    """Stop the prober; its log stays. A line that says what was done.

    Raises:
        SwapError: it cannot be reached, or does not end.
    """
    with outside(swap) as link:
        at_boot.forget(link, own_folder(link))
        found = list(running(swap, link).values())
        if not found:
            return f"no prober runs on {link.entry.name}"
        known = {"pids": [one["pid"] for one in found], "starts": [one["start"] for one in found]}
        link.ask("signal", number=15, **known)
        left = link.ask("wait_gone", timeout=10, **known)
        if left:
            raise SwapError(f"the prober on {link.entry.name} does not end", hint=f"there: kill -9 {left[0]}")
        return f"the prober on {link.entry.name} is stopped"


def status(swap: Swap) -> list[str]:
    """What the prober sees just now, a line for each service."""
    with outside(swap) as link:
        found, seen, offset = running(swap, link), log_of(swap, link), offset_of(link)
    if not found:
        return [
            f"no prober runs on {link.entry.name}" + (f" (the last one: {seen[-1].ended or 'died'})" if seen else "")
        ]
    states, lines = (
        latest(seen),
        [f"the prober runs on {link.entry.name}, clocks compared to {offset.error * 1000:.0f} ms"],
    )
    for target in targets(swap.inventory, swap.site):
        change = states.get(target["service"])
        where = f"{target['service']} {target['address']}"
        if change is None:
            lines.append(f"{where}: not known yet")
        else:
            word = "answers" if change.up else f"does not answer ({change.why})"
            lines.append(f"{where}: {word} since {here(offset.moment(seen[-1], change.at))}")
    return lines


def collect(swap: Swap) -> list[str]:
    """Read the prober's log and keep what it says as `.irekae/outages.json`, in this seat's time; lines for people.

    Raises:
        SwapError: the computer outside cannot be reached.
    """
    with outside(swap) as link:
        offset = offset_of(link)
        seen = of_run(log_of(swap, link), run_of(swap))
        lives = bool(running(swap, link))
    if not seen:
        return [f"no prober has run on {link.entry.name} for this swap"]
    wanted = [(target["service"], target["address"]) for target in targets(swap.inventory, swap.site)]
    predicted = longest_by_service(_read(swap.inventory.state / PREDICTED))
    found = outages(seen, wanted, offset, now(), predicted)
    _keep(swap.inventory.state / OUTAGES, found)
    seat_files.write_json(swap.inventory.state / WATCHED, watched_spans(seen, offset, now() if lives else ""))
    lines = [f"{outage.service}: times away {len(outage.gone)}, longest {outage.longest:.1f} s" for outage in found]
    gaps = [f"nobody watched from {span.start} to {span.end}" for span in unwatched(seen, offset)]
    return [*lines, *gaps]


def start_if_any(swap: Swap) -> str:
    """For 0.3: start the prober where there is a computer outside; a line that says so, or why there is no prober."""
    if place(swap.inventory) is None:
        return "hosts.ini names no computer outside: the outage is not measured"
    if swap.planned:
        return "would start the prober"
    try:
        return start(swap)
    except SwapError as error:
        return f"the outage is not measured: {error.what}"


def collect_if_any(swap: Swap) -> list[str]:
    """For the report: what the prober has seen, or why it cannot be had; what was collected before is kept then."""
    if place(swap.inventory) is None:
        return []
    try:
        return collect(swap)
    except SwapError as error:
        return [f"the outages could not be collected: {error.what}"]


def end_watch(swap: Swap) -> list[str]:
    """For 11.1: collect, and stop the prober: the swap is over. What could not be done is said, not raised."""
    if place(swap.inventory) is None:
        return []
    try:
        return [*collect(swap), stop(swap)]
    except SwapError as error:
        return [f"the outages could not be collected: {error.what}"]


def command(connected: Callable[[], Swap], act: str, hours: float, file: Path) -> list[str]:
    """`fab prober ACT`; lines for people.

    Args:
        connected: the swap with its connections; `predict` needs none.
        act: start, stop, status, collect or predict.
        hours: after so many the prober stops by itself.
        file: what `predict` reads.

    Raises:
        SwapError: no such act (exit status 2), or what the act raises.
    """
    if act == "predict":
        return [predict(load_inventory(), file)]
    acts: dict[str, Callable[[Swap], list[str]]] = {
        "start": lambda swap: [start(swap, hours)],
        "stop": lambda swap: [stop(swap)],
        "status": status,
        "collect": collect,
    }
    if act not in acts:
        known = [*acts, "predict"]
        like = [f"fab prober {name}" for name in near(act, known)]
        raise wrong_use(f"fab prober: no {act!r}", f"known: {', '.join(known)}", meant(like))
    return acts[act](connected())


def predict(inventory: Inventory, source: Path) -> str:
    """Keep a rehearsal's outages, from its outages.json or acceptance.json, as what is predicted for this site.

    Raises:
        SwapError: the file cannot be read, is something else, or measured nothing.
    """
    try:
        found = _read(source) if source.name == OUTAGES else list(from_json(source.read_bytes()).outages)
    except OSError as error:
        raise wrong_use(f"{source} cannot be read", str(error), "report/acceptance.json of a rehearsal") from None
    if not found:
        raise SwapError(f"{source} has no outages", "", "was there a prober in the rehearsal?", Status.WRONG_USE)
    _keep(inventory.state / PREDICTED, found)
    return f"predicted from {source}: {len(found)} services, kept in {inventory.state / PREDICTED}"


def _read(path: Path) -> list[Outage]:
    if not path.exists():
        return []
    try:
        return decoded(path.read_bytes(), list[Outage])
    except msgspec.DecodeError as error:
        raise SwapError(f"{path} is broken", str(error), "remove it") from None


def _keep(path: Path, found: list[Outage]) -> None:
    seat_files.write_json(path, found)
