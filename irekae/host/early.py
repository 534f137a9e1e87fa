"""Connections that are begun while the command is still being read, so that the hosts answer meanwhile."""

from concurrent.futures import Future
from threading import Thread

from irekae.host.remote import Link
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import Pins

_BEGUN: dict[tuple[HostEntry, str], tuple[Pins, Future[Link]]] = {}


def begin(inventory: Inventory, pins: Pins, state: str) -> None:
    """Begin to connect to both hosts of the pair, as `Link` does; what goes wrong is told to whoever takes it."""
    for entry in inventory.pair:
        future: Future[Link] = Future()
        _BEGUN[entry, state] = (pins, future)
        Thread(target=_connect, args=(future, inventory, entry, pins, state), daemon=True).start()


def _connect(future: Future[Link], inventory: Inventory, entry: HostEntry, pins: Pins, state: str) -> None:
    try:
        future.set_result(Link(inventory, entry, pins, state))
    except BaseException as error:
        future.set_exception(error)


def begun(entry: HostEntry, pins: Pins, state: str) -> Future[Link] | None:
    """The connection that was begun, given once; None where none was, or other machines would be let in by now."""
    held, future = _BEGUN.pop((entry, state), (None, None))
    return future if held == pins else None
