"""Who is who: the seat's pins say it, and both hosts must agree with them and with each other.

Root of a host can write into its memory whatever he likes. So nothing that one host says of itself alone decides which
machine is production: not the name that it bore before the swap, not that the exchange is confirmed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from irekae.host.remote import Link
from irekae.model.errors import Status, SwapError
from irekae.site.inventory import Inventory
from irekae.site.machines import Machine, fingerprint

# States of phase 6 (docs/phase6.md) in which a machine may answer at either address.
IN_BETWEEN = ("armed", "changing", "trial", "prepared", "returning")
CLOSE = '`fab begin --why "…"`'


class Behind(SwapError):
    """This seat's pins are of an earlier swap: both machines say of one accord that they have changed places since."""


def want_agreement(inventory: Inventory, links: Mapping[str, Link]) -> None:
    """Refuse hosts that contradict the pins or each other.

    Args:
        inventory: whose pair is asked.
        links: the open connections by the name connected to; what is not connected says nothing.

    Raises:
        SwapError: with what each says, and the way out; exit status 3.
    """
    pair = [links[entry.name] for entry in inventory.pair if entry.name in links]
    runs = [link.facts["run"] for link in pair]
    if len(pair) == 2:
        if _agree_elsewhere(inventory, pair):
            raise _behind(pair)
        if len([run for run in runs if run]) == 1 and not _just_begun(pair):
            raise _forgotten(pair)
    wrong = [line for link in pair for line in _against_its_pin(inventory, link)]
    if len(pair) == 2:
        wrong += _against_each_other(pair)
    if wrong:
        raise SwapError(
            "what the hosts say cannot all be true: " + wrong[0],
            "\n".join([*wrong[1:], *_told(pair)]),
            "find out on the console of each which is right (run.json, exchange/state below its /var/lib/irekae), and "
            f"correct the other; or end this swap as it stands: {CLOSE}",
            Status.REFUSED,
        )


def expected(inventory: Inventory, link: Link) -> str:
    """The name at which a machine must be found: its own, the other one's behind the exchange; "" for either."""
    exchange = link.facts.get("exchange")
    if exchange in IN_BETWEEN:
        return ""
    first = link.machine.first_name
    return inventory.other(first).name if exchange == "confirmed" and link.facts["run"] else first


def _against_its_pin(inventory: Inventory, link: Link) -> list[str]:
    run, wrong = link.facts["run"], []
    name, first = link.entry.name, link.machine.first_name
    if run and run["name_before"] != first:
        wrong.append(f"{name} says that it was {run['name_before']} before the swap; it is pinned here as {first}")
    role = "production" if first == inventory.production.name else "standby"
    if run and run.get("role_before", role) != role:
        wrong.append(f"{name} says that it was the {run['role_before']} before the swap; as {first} it was the {role}")
    if run and run.get("machine_id", link.facts["machine_id"]) != link.facts["machine_id"]:
        wrong.append(f"{name} has another machine-id than when the swap began")
    if expected(inventory, link) not in ("", name):
        wrong.append(f"{name} is answered by the machine that must be {expected(inventory, link)}")
    return wrong


def _against_each_other(pair: Sequence[Link]) -> list[str]:
    (one, other), wrong = pair, []
    first, second = (link.facts["run"] for link in pair)
    if first and second:
        wrong += [
            f"{one.entry.name} and {other.entry.name} remember different swaps ({key}: {first[key]} and {second[key]})"
            for key in ("id", "today")
            if first[key] != second[key]
        ]
    states = [link.facts.get("exchange") for link in pair]
    if states.count("confirmed") == 1 and not any(state in IN_BETWEEN for state in states):
        wrong.append("only one of the hosts says that the exchange is confirmed")
    return wrong


def _agree_elsewhere(inventory: Inventory, pair: Sequence[Link]) -> bool:
    """Do both pinned machines say the same, and something else than the pins: another seat has gone on without us."""
    crossed = {link.entry.name: inventory.other(link.machine.first_name).name for link in pair}
    runs = [link.facts["run"] for link in pair]
    if not any(runs):
        return all(name == other for name, other in crossed.items())
    if not all(runs) or runs[0]["id"] != runs[1]["id"]:
        return False
    return all(run["name_before"] == inventory.other(link.machine.first_name).name
               for run, link in zip(runs, pair, strict=True))  # fmt: skip


def _just_begun(pair: Sequence[Link]) -> bool:
    """Did whoever began the swap die between the two hosts: production knows it, and nothing was done yet."""
    knows, other = sorted(pair, key=lambda link: link.facts["run"] is None)
    begun = [entry for entry in knows.facts["journal"] if entry.get("phase", 0) > 0]
    role = knows.facts["run"].get("role_before", "production")
    return not begun and role == "production" and not other.facts.get("exchange") and not knows.facts.get("exchange")


def _behind(pair: Sequence[Link]) -> SwapError:
    return Behind(
        "this seat's pins are of an earlier swap: both machines are pinned, and say of one accord that they have "
        "changed places since",
        "\n".join(_told(pair)),
        "`fab trust` shows both fingerprints; once you have compared them it takes the new pairing over",
        Status.REFUSED,
    )


def _forgotten(pair: Sequence[Link]) -> SwapError:
    lost, knows = sorted(pair, key=lambda link: link.facts["run"] is not None)
    run = knows.facts["run"]
    return SwapError(
        f"{lost.entry.name} has lost what it remembered of the swap {run['id']}; it is no stranger: its host key is "
        "the pinned one",
        "\n".join([*_told(pair), "what was kept there to be taken back is lost with it"]),
        f"put its /var/lib/irekae back from a copy; without one {CLOSE} ends this swap as it stands, once you have "
        "compared both fingerprints",
        Status.REFUSED,
    )


def same_machine(one: Link, other: Link) -> SwapError:
    """The refusal of one machine that answers at both addresses."""
    return SwapError(
        "one machine answers at both addresses",
        "\n".join(f"{link.entry.name} ({link.entry.address}): {_machine(link.machine)}, machine-id "
                  f"{link.facts['machine_id']}" for link in (one, other)),
        "on its console: `ip addr` shows whether it holds both; and is the other machine switched off?",
        Status.REFUSED,
    )  # fmt: skip


def _told(pair: Sequence[Link]) -> list[str]:
    return [line for link in pair for line in told_of(link)]


def told_of(link: Link) -> list[str]:
    """Both facts of a machine, for people: what its host key proves, and what it says."""
    entry, run, exchange = link.entry, link.facts["run"], link.facts.get("exchange")
    said = _said(run) + (f", exchange: {exchange}" if exchange else "")
    return [f"{entry.name} ({entry.address}): {_machine(link.machine)}", f"    it says: {said}"]


def _said(run: Mapping[str, Any] | None) -> str:
    return f"swap {run['id']}, {run['name_before']} before it" if run else "no swap has begun"


def _machine(machine: Machine) -> str:
    prints = ", ".join(f"{fingerprint(key)} {key.split()[0]}" for key in machine.keys)
    return f"pinned as {machine.first_name}, {prints}"
