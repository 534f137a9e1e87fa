"""Who holds the pair's addresses: ARP and neighbour discovery from both sides, and who answers (0.2, 6.1, 6.3)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated, TypedDict

from msgspec import Meta

from irekae.host.claims import told
from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.subjects.network.live_file import bears_its_addresses, interface_of
from irekae.subjects.network.watchdog import program
from irekae.swap.obstacle import Obstacle
from irekae.swap.swap import Swap

OTHER_CARD = (
    "`sysctl -w net.ipv4.conf.all.arp_ignore=1`, and the same below /etc/sysctl.d: each card answers for its own"
)
THIRD = "find the machine with that hardware address and take it off the network"
_CARDS = "grep -H . /sys/class/net/*/address"


class View(TypedDict):
    """What a host sees on its network: its own hardware address, and those that answer for each address."""

    me: Annotated[str, Meta(max_length=64)]
    holders: dict[str, list[str]]


@dataclass(frozen=True)
class Wrong:
    """An address that others answer for than should, seen from a host. found, right: hardware addresses."""

    viewer: Host
    owner: Host
    address: str
    found: list[str]
    right: list[str]


def want_one_holder_each(swap: Swap) -> None:
    """Each address is held by exactly one machine, and by the right one (6.3).

    Raises:
        SwapError: an address has another holder, or two, or none.
    """
    if swap.planned:
        return
    wrong = _wrong(swap)
    if wrong:
        raise SwapError(
            "an address is not held by exactly one machine",
            "\n".join(
                f"seen from {one.viewer.link.entry.address}: {one.address} is held by {one.found}, expected {one.right}"
                for one in wrong
            ),
            THIRD,
        )
    for host in (swap.production, swap.standby):
        entry = host.link.entry
        held = " and ".join(entry.addresses)
        host.say(f"{held} ({entry.name}) is held by one machine, {host.link.facts['machine_id']}")


def obstacles(swap: Swap) -> list[Obstacle]:
    """What 6.1 would find wrong, when nothing can be mended any more without the addresses being away."""
    hosts = (swap.production, swap.standby)
    if not all(bears_its_addresses(host, swap) for host in hosts):
        return []  # told as what it is
    wrong = _wrong(swap)
    cards = {host.name: _cards(host) for host in hosts} if wrong else {}
    return list(dict.fromkeys(found for one in wrong for found in _told(one, cards)))


def _told(wrong: Wrong, cards: dict[str, dict[str, str]]) -> list[Obstacle]:
    viewer, owner, address = wrong.viewer.name, wrong.owner, wrong.address
    found = []
    for mac in sorted(set(wrong.found) - set(wrong.right)):
        if card := cards[owner.name].get(mac):
            what = f"{address} is answered for by its other card {card} ({mac}) too: 6.1 would take that for a machine"
            found.append(Obstacle(what, OTHER_CARD, owner.name))
        else:
            found.append(Obstacle(f"{address} is answered for by {mac} too: a third machine has it", THIRD, owner.name))
    if set(wrong.right) - set(wrong.found):
        what = f"{viewer} asks on its Ethernet who has {address}, and {owner.name} does not answer: 6.1 would not begin"
        remedy = "both interfaces must be in one Ethernet (switch, VLAN), and nothing between them may filter ARP"
        found.append(Obstacle(what, remedy))
    return found


def _cards(host: Host) -> dict[str, str]:
    """The host's interfaces by their hardware addresses."""
    lines = host.look("sh", "-c", _CARDS).text.splitlines()
    parts = [line.partition("/address:") for line in lines]
    return {mac.strip(): path.rpartition("/")[2] for path, _, mac in parts}


def _wrong(swap: Swap) -> list[Wrong]:
    hosts = (swap.production, swap.standby)
    wanted = [address for host in hosts for address in host.link.entry.addresses]
    source = program()

    def look(host: Host) -> View:
        said = host.query("python3", "-", "who", interface_of(host, swap), *wanted, stdin=source).text
        view: View = told(host.name, "the look at the addresses", said, View)
        return view

    with ThreadPoolExecutor(2) as pool:
        views = list(pool.map(look, hosts))
    wrong = []
    for view, viewer in zip(views, hosts, strict=True):
        for other, owner in zip(views, hosts, strict=True):
            for address in owner.link.entry.addresses:
                # Nobody asks itself: of its own address a host hears only others.
                right = [] if owner is viewer else [other["me"]]
                found = view["holders"].get(address, [])
                if found != right:
                    wrong.append(Wrong(viewer, owner, address, found, right))
    return wrong
