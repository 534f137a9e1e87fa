"""Phase 6 from the seat: the exchange of addresses as one transaction over both hosts (idea 8, docs/phase6.md).

The hosts' watchdogs (watchdog/) do the work and go back by themselves. What the seat has to do next follows
from what both say, and from nothing that it remembers: so a seat that died can be replaced by another at any moment.
"""

from irekae.model.items import find_item
from irekae.subjects.last_look import want_nothing_written
from irekae.subjects.mail.queue import carry_late, want_at_rest
from irekae.subjects.network import address_guard
from irekae.subjects.network.address_guard import install_guard
from irekae.subjects.network.coordinator import ITEM, Coordinator
from irekae.subjects.network.live_file import wanted_on
from irekae.subjects.network.managers import choose
from irekae.subjects.network.one_holder import want_one_holder_each
from irekae.swap.swap import Swap

__all__ = ["exchange_network", "install_guard", "revert_network"]


def exchange_network(swap: Swap) -> None:
    """Let both hosts take the other's address and name, or neither (6.1).

    Calling it again after a crash, of the seat or of a host, at whatever moment, finishes it or begins anew.

    Raises:
        SwapError: both hosts went back (exit status 1), or what became of them is not known (4).
    """
    if swap.planned:
        if swap.site.mail:
            want_at_rest(swap)
        _plan(swap)
        return
    coordinator = Coordinator(swap, "new")
    coordinator.join()
    # What a seat before this one has begun is brought to its end first.
    words = coordinator.words() or coordinator.wait_settled()
    if set(words) <= {"", "reverted"}:
        coordinator.mark_undone()
        if swap.site.mail:
            want_at_rest(swap)
            carry_late(swap)
        want_nothing_written(swap)
        want_one_holder_each(swap)
        coordinator.announce()
        coordinator.arm()
    coordinator.settle()
    for host in coordinator.hosts:
        address_guard.remove_guard(host, swap)
        host.result(f"the machine that was {host.entry.name}; {coordinator.away(host)}")


def revert_network(swap: Swap) -> None:
    """Let both hosts go back to their old addresses and names, or neither: the undo of 6.1, for a rollback.

    Raises:
        SwapError: they stay exchanged (exit status 1), or what became of them is not known (4).
    """
    swap = swap.for_pair(find_item(ITEM))
    coordinator = Coordinator(swap, "old")
    coordinator.join()
    words = coordinator.words()
    if words is None:
        coordinator.abort()
        words = coordinator.wait_settled()
    if set(words) == {"confirmed"}:
        for host in coordinator.hosts:
            address_guard.rearm_guard(host, swap)
        coordinator.arm()
        coordinator.settle()
    coordinator.mark_undone()


def _plan(swap: Swap) -> None:
    for host in (swap.production, swap.standby):
        network, other = swap.site.network, swap.inventory.other(host.entry.name)
        theirs, both = " or ".join(other.addresses), " and ".join(other.addresses)
        asked = wanted_on(host, swap)
        commands = choose(host, asked.interface).commands(host, asked)
        staged = f"{address_guard.folder(swap)}/interfaces"
        down = [[f"{staged}.old" if word == "{file}" else word for word in argv] for argv in commands.down[0]]
        host.record.change(
            f"become {other.name} ({', '.join(other.addresses)})",
            {"kind": "exchange"},
            lines=(
                *(f"$ {' '.join(argv)}" for argv in down),
                f"(wait until nobody holds {theirs} on {asked.interface}, put {staged}.new in place)",
                *(f"$ {' '.join(argv)}" for way in commands.restart[:1] for argv in way),
                f"(announce {both}; back to {host.entry.address} unless confirmed there within "
                f"{network.confirm_within} s)",
            ),
        )
