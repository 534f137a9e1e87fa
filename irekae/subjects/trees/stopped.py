"""Services that write into a tree: while it is copied, none of them may run on either host (3.5)."""

from irekae.host.service import ServiceHandle
from irekae.model.errors import Status, SwapError
from irekae.site.site import Tree
from irekae.swap.swap import Swap


def running(swap: Swap, tree: Tree) -> list[str]:
    """Those that run, or of which nobody can say that they do not: a line each."""
    found = []
    for service in swap.site.services_of(tree.stopped):
        for host in (swap.production, swap.standby):
            state = ServiceHandle(host, service).state()
            if state.known and state.running is not False:
                found.append(f"{service.init} on {host.name}: {state.detail or 'it runs'}")
    return found


def want_stopped(swap: Swap, tree: Tree) -> None:
    """Raise SwapError if one of them runs: what is copied would be of two moments (exit status 3)."""
    if found := running(swap, tree):
        raise SwapError(
            f"{tree.path} cannot be copied as a whole: {len(found)} services that write there may run",
            "\n".join(found),
            f"`fab phase1.pause` stops what [service_items] pause names; then `{tree.command}`",
            Status.REFUSED,
        )
