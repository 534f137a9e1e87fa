"""The looks at the hosts, one after the other: what they remember is asked, nothing is locked, nothing is changed."""

from collections.abc import Callable

from irekae.board.page import BETWEEN
from irekae.board.state import Board, Heard, Host, board
from irekae.host.connections import greets
from irekae.host.pairing import IN_BETWEEN
from irekae.host.remote import Link, decode
from irekae.model.errors import Bug, Status, SwapError
from irekae.model.items import EXCHANGE, find_item
from irekae.model.journal import now
from irekae.proof.outage.live import Outside
from irekae.report.gather import machine_name, rows
from irekae.site.inventory import HostEntry, Inventory
from irekae.subjects.trees.copy_run import is_running, last_progress
from irekae.swap import heard
from irekae.swap.swap import Swap

EVERY = 3.0  # seconds between two looks
RETRY = 15.0  # seconds before hosts that could not be reached, or are not believed, are asked again
PATIENCE = 5.0  # seconds for one answer
GREETING = 1.0  # seconds within which a host that was silent must greet, to be connected to
COPIES = ("0.4", "3.1", "3.5")  # items that copy trees


class Looking:
    """Looks at the hosts over the connections of `fab`, and remembers the last board.

    While phase 6 is under way (6.1 is held, or a host is between its addresses) it logs out after each look, as all but
    one operator do, and looks more seldom.

    Args:
        inventory: the pair.
        connected: the swap with what can be connected to (`session.connected`, some).
        forget: ends the connections of `connected`.
    """

    def __init__(self, inventory: Inventory, connected: Callable[[], Swap], forget: Callable[[], None]) -> None:
        """Nothing is asked yet."""
        self._inventory, self._connected, self._forget = inventory, connected, forget
        self._swap: Swap | None = None
        self._outside = Outside()
        self._board: Board | None = None
        self.pause = EVERY

    def look(self) -> Board:
        """One look; nothing that goes wrong with a host is raised, it is shown.

        Raises:
            SwapError: at the first look, a file of this seat is wrong (exit status 2), or a host is refused (3).
        """
        found = self._ask()
        self.pause = BETWEEN if found.exchanging else RETRY if found.refused or found.run is None else EVERY
        if found.exchanging:
            self._log_out()
        self._board = board(found, self._board)
        return self._board

    def close(self) -> None:
        """End the connections."""
        self._log_out()
        self._outside.close()

    def _log_out(self) -> None:
        self._swap = None
        self._forget()

    # --- one look ---

    def _ask(self) -> Heard:
        try:
            swap = self._swap = self._reached()
            return self._heard(swap)
        except SwapError as error:
            if self._board is None and error.status in (Status.WRONG_USE, Status.REFUSED):
                raise
            self._log_out()
            return self._nothing(error)
        except Exception as error:  # the board goes on, and says what is wrong with it
            self._log_out()
            return self._nothing(Bug(error))

    def _reached(self) -> Swap:
        """The swap with what can be reached just now; whoever is silent is knocked at before he is connected to.

        Raises:
            SwapError: nobody can be reached, or the hosts contradict the pins or each other.
        """
        if self._swap is None:
            return self._connected()
        for name in list(self._swap.links):
            _refresh(self._swap, name)
        missing = [entry for entry in self._inventory.pair if entry.name not in self._swap.links]
        if not self._swap.links or not missing or any(greets(entry, GREETING) for entry in missing):
            return self._connected()
        return self._swap

    def _heard(self, swap: Swap) -> Heard:
        at, found = now(), tuple(rows(swap))
        return Heard(
            at=at,
            hosts=tuple(_host(swap, entry, at) for entry in self._inventory.pair),
            run=str((swap.run or {}).get("id", "")),
            rows=found,
            journals={name: tuple(entries) for name, entries in swap.entries.items()},
            copy=_copy(swap) if any(_is_copying(row.number, row.outcome) for row in found) else "",
            outside=self._outside.look(swap),
            exchanging=any(_exchanges(link) for link in swap.links.values()),
        )

    def _nothing(self, error: SwapError) -> Heard:
        """Nobody is heard, or nobody is believed."""
        pair = self._inventory.pair
        if error.status is Status.REFUSED or isinstance(error, Bug):
            hosts = tuple(Host(entry.name, entry.address, silent="what it says is not believed") for entry in pair)
            return Heard(now(), hosts, refused=_flat(f"{error.what}\n{error.detail}"), remedy=_flat(error.hint))
        silent = [Host(entry.name, entry.address, silent=_said_of(entry, error)) for entry in pair]
        return Heard(now(), tuple(silent), exchanging=bool(self._board and self._board.exchanging))


def _flat(text: str) -> str:
    return "; ".join(part.strip() for part in text.splitlines() if part.strip())


def _said_of(entry: HostEntry, error: SwapError) -> str:
    own = [part for part in error.what.splitlines() if part.startswith(f"{entry.name} ")]
    return own[0] if own else _flat(error.what)


def _refresh(swap: Swap, name: str) -> None:
    """Ask what has changed on a host; its connection is given up where it does not answer."""
    link = swap.links[name]
    try:
        with link.patience(PATIENCE):
            if (news := link.news()) is not None:
                swap.entries[name][:] = news
                link.recall()
            link.facts["holders"] = link.ask("holders")
            state = link.ask("read", path=f"{swap.site.site.state}/exchange/state")
            link.facts["exchange"] = decode(state["data"]).decode("ascii", "replace").strip() if state else ""
    except SwapError as error:
        swap.drop(name)
        swap.silent[name] = error


def _host(swap: Swap, entry: HostEntry, at: str) -> Host:
    link = swap.links.get(entry.name)
    if link is None:
        error = swap.silent.get(entry.name)
        why = error.what if error else f"{entry.name} ({entry.address}) is not connected"
        return Host(entry.name, entry.address, heard=heard.since(swap), silent=why)
    was = swap.origin(entry.name)
    return Host(entry.name, entry.address, machine_name(link.facts["machine_id"]), was if was != entry.name else "", at)


def _exchanges(link: Link) -> bool:
    return EXCHANGE in link.facts["holders"] or link.facts["exchange"] in IN_BETWEEN


def _is_copying(number: str, outcome: str) -> bool:
    """May the copy run: it goes on when whoever began it is gone."""
    return number in COPIES and outcome in ("running", "unknown", "failed")


def _copy(swap: Swap) -> str:
    """How far the copies are that run just now."""
    try:
        view = swap.for_pair(find_item(COPIES[1]))
        with view.production.link.patience(PATIENCE):
            under_way = [tree for tree in swap.site.all_trees if is_running(view, tree)]
            told = {tree.path: last_progress(view, tree) for tree in under_way}
        return told.popitem()[1] if len(told) == 1 else "; ".join(f"{path}: {said}" for path, said in told.items())
    except SwapError as error:
        return error.what
