"""The beginning of a swap: who bears which name is written down on both hosts."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from irekae.host import pairing
from irekae.host.host import Host
from irekae.model import seat_files
from irekae.model.errors import Status, SwapError, typed
from irekae.model.items import On
from irekae.model.journal import now, operator
from irekae.model.printing import ask, is_attended, show
from irekae.site.machines import Pins, save_pins
from irekae.swap.finished import unfinished
from irekae.swap.swap import Swap


def begin(swap: Swap) -> None:
    """Write run.json on both hosts: this swap's identity, its day, and the name that each bears before it.

    A host that knows the same swap already is left alone.

    Raises:
        SwapError: only one of the hosts, or each another one, remembers a swap.
    """
    known = [swap.links[entry.name].facts["run"] for entry in swap.inventory.pair]
    if all(known) and known[0]["id"] == known[1]["id"]:
        return
    given = next((run for run in known if run), None)
    if given and _half_closed(swap, given):
        raise SwapError(
            f"the swap {given['id']} is closed on one host only",
            hint="`fab begin` closes it on the other too, then `fab phase0`",
            status=Status.REFUSED,
        )
    if all(known):
        raise SwapError("the hosts remember different swaps", json.dumps(known), "`fab status`", Status.REFUSED)
    started = datetime.now().astimezone()
    run_id = given["id"] if given else started.isoformat(timespec="seconds")
    today = given["today"] if given else started.strftime("%Y%m%d")
    for host, role, run in zip((swap.production, swap.standby), (On.PRODUCTION, On.STANDBY), known, strict=True):
        if not run:
            _write_down(host, f"{swap.site.site.state}/run.json", {"id": run_id, "today": today}, role)


def _write_down(host: Host, path: str, run: dict[str, Any], role: On) -> None:
    """This host's own run.json."""
    link = host.link
    found = {
        **run,
        "name_before": link.entry.name,
        "role_before": role.value,
        "machine_id": link.facts["machine_id"],
        "keys": link.machine.keys,
    }
    host.record.ground.write(path, json.dumps(found, indent=1).encode() + b"\n", {"mode": 0o600}, None)
    link.facts["run"] = found


def begin_again(swap: Swap, why: str, let_go: Callable[[], None]) -> None:
    """End the swap that the hosts remember, so that phase 0 begins another with the roles as they are now.

    What was remembered moves to `archive/` on each host. A swap in the middle is not ended: it is finished, or rolled
    back first; and neither is one of which the hosts say different things. A reason ends it all the same.

    Args:
        swap: connected to the pair, whatever the hosts say.
        why: the reason to end one that is not over.
        let_go: removes what the hosts keep for the undo of that swap, before what tells of it is moved.

    Raises:
        SwapError: the last swap is neither complete nor rolled back, or the hosts do not agree (exit status 3).
    """
    run = swap.run
    if run is None:
        pairing.want_agreement(swap.inventory, swap.links)
        raise SwapError("no swap has begun", hint="`fab phase0` begins one", status=Status.WRONG_USE)
    closed = _half_closed(swap, run)
    if not closed:
        _settle_doubt(swap, why)
    open_ = [] if closed else unfinished(swap)
    if open_ and not why:
        raise SwapError(
            "the last swap is neither complete nor rolled back",
            "\n".join(open_),
            '`fab resume` or `fab rollback --to phase1`; or `fab begin --why "…"` if it shall stay as it is',
            Status.REFUSED,
        )
    let_go()
    _close(swap, run, why)


def _settle_doubt(swap: Swap, why: str) -> None:
    """Where the hosts do not agree, a person who has compared the fingerprints says which machine is which.

    Raises:
        SwapError: without a reason or a word it is refused, as every other command refuses it.
    """
    try:
        pairing.want_agreement(swap.inventory, swap.links)
    except pairing.Behind:
        raise
    except SwapError as doubt:
        if not why:
            raise
        show(f"{doubt.what}\n{doubt.detail}")
        if not (swap.yes or (is_attended() and ask(SURE) == "yes")):
            hint = f"`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on each console tells; then `{typed()} --yes`"
            raise SwapError("the swap is not ended: nobody has compared", doubt.what, hint, Status.REFUSED) from None


SURE = "Are these the fingerprints on the consoles of the hosts that bear these names now? Type yes:"


def _close(swap: Swap, run: dict[str, Any], why: str) -> None:
    archive = _archive(swap, run)
    for entry in swap.inventory.pair:
        link = swap.links[entry.name]
        if link.facts["run"]:
            link.ask("append", entry={"event": "closed", "at": now(), "who": operator(), "why": why})
            link.ask("archive", folder=archive)
    pins = [swap.links[entry.name].machine for entry in swap.inventory.pair]
    renamed = [
        msgspec.structs.replace(machine, first_name=entry.name)
        for machine, entry in zip(pins, swap.inventory.pair, strict=True)
    ]
    _archive_seat(swap.inventory.state, _name(run))
    others = [machine for machine in swap.pins.machines if machine not in pins]
    save_pins(swap.inventory, Pins([*renamed, *others]))
    show(f"the swap {run['id']} is closed (kept in {archive} on both hosts); `fab phase0` begins another")


def _name(run: dict[str, Any]) -> str:
    return str(run["id"]).replace(":", "").replace("/", "")


def _archive(swap: Swap, run: dict[str, Any]) -> str:
    return f"{swap.site.site.state}/archive/{_name(run)}"


def _half_closed(swap: Swap, run: dict[str, Any]) -> bool:
    """Has one host put the swap away already: whoever closed it died in between."""
    links = [swap.links[entry.name] for entry in swap.inventory.pair]
    return any(link.facts["run"] is None and link.ask("stat", path=_archive(swap, run)) for link in links)


def _archive_seat(state: Path, name: str) -> None:
    """Results of the closed swap must not be taken for those of the next."""
    folder = state / "archive" / name
    seat_files.make_folder(folder)
    for path in state.iterdir():
        if path.is_file() and path.name not in ("machines.json", "predicted.json", "heard.json"):
            path.rename(folder / path.name)
