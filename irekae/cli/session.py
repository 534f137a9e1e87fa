"""What every command of `fab` begins with: the hosts that it names, and the connected swap of this process."""

from collections.abc import Sequence
from typing import Any

from irekae.cli.entry import Login, logins, named_hosts
from irekae.model.errors import wrong_use
from irekae.model.printing import show
from irekae.procedure import plans
from irekae.site.inventory import HostEntry, load_inventory
from irekae.swap import heard
from irekae.swap.swap import Swap, login_user

_SWAPS: dict[bool, Swap] = {}


def connected(
    planned: bool = False,
    hosts: Sequence[str] = (),
    send: bool = False,
    yes: bool = False,
    unwatched: bool = False,
    believe: bool = False,
    some: bool = False,
) -> Swap:
    """The connected swap of this process: one connection a host, whatever number of tasks the command line names.

    Args:
        planned: is it a plan.
        hosts: names that were given, looked up before anything is connected to.
        send: may the announcement be sent.
        yes: is what would be asked confirmed already.
        unwatched: may the outage begin while nobody measures it.
        believe, some: as `Connections.connect` has them.
    """
    if planned not in _SWAPS:
        _SWAPS[planned] = Swap.load(planned)
    for name in hosts:
        _SWAPS[planned].inventory.named(name)
    swap = _SWAPS[planned].connect(believe=believe, some=some)
    heard.keep(swap)
    swap.send, swap.yes, swap.unwatched = send, yes, unwatched
    return swap


def forget() -> None:
    """End the connections: what this process knows of the hosts is of another swap."""
    while _SWAPS:
        _SWAPS.popitem()[1].close()


def hosts_of(c: Any) -> list[str]:
    """The names of -H, each once; a user or port that is written with one must be that of hosts.ini.

    Raises:
        SwapError: there is no such host, or another login is meant (exit status 2).
    """
    found = logins(c)
    if found:
        inventory = load_inventory()
        for login in found:
            _want_its_login(inventory.named(login.host), login)
        return list(dict.fromkeys(inventory.named(login.host).name for login in found))
    return []


def _want_its_login(entry: HostEntry, login: Login) -> None:
    """The suite and other seats log in as hosts.ini says: a login that holds for one command would part them."""
    said = f"-H means {login.user or login_user(entry)}@{login.host}:{login.port or entry.port}"
    known = f"hosts.ini: {login_user(entry)}@{entry.name}:{entry.port}"
    if login.user not in (None, login_user(entry)) or login.port not in (None, entry.port):
        hint = "put ansible_user or ansible_port into hosts.ini, and name the host alone"
        raise wrong_use(f"{entry.name} has another login in hosts.ini", f"{said}\n{known}", hint)


def for_both(c: Any, what: str) -> None:
    """Refuse -H where a command is about both hosts at once.

    Raises:
        SwapError: hosts were named (exit status 2).
    """
    if named := named_hosts(c):
        raise wrong_use(f"`fab {what}` is about both hosts at once", f"-H {','.join(named)}", "leave -H out")


def of_one(c: Any, host: str) -> list[str]:
    """The hosts that a command is about: --host, or those of -H; all that it concerns without either."""
    return [host] if host else hosts_of(c)


def end_of(swap: Swap, what: str, seconds: float, only: str = "", all_files: bool = False) -> None:
    """The last lines of a phase or an item; only: what of a plan is shown, by item; all_files: nothing is folded.

    Raises:
        SwapError: the plan holds what would be refused; exit status 3.
    """
    if swap.planned:
        plans.show_plan(swap, only or what, all_files)
    show(f"{what}: {seconds:.1f} s")
    if swap.planned:
        plans.want_no_refusal(swap)
