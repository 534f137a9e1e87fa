"""Where a command begins and ends: its hosts, its plan flag, its errors, its exit status."""

import functools
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from irekae.model.errors import Bug, Status, SwapError, wrong_use
from irekae.model.printing import complain

HostsOnCommandLine = Callable[[], Sequence[str]]
_hosts: list[HostsOnCommandLine] = []


def learn_hosts(asked: HostsOnCommandLine) -> None:
    """Where the names of -H can be asked for: Fabric itself tells each call only its own."""
    _hosts[:] = [asked]


def edge(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command print an operator's errors once, without a traceback, and end with the right status."""

    @functools.wraps(command)
    def guarded(c: Any, *args: Any, **kwargs: Any) -> None:
        try:
            if c.config.run.dry:
                # invoke's dry run fakes what commands return, reads included: a plan from it would be wrong.
                raise wrong_use("-R / --dry tells nothing here", "it fakes reads as well", "use --plan")
            if not _done_with_the_first(c):
                command(c, *args, **kwargs)
        except KeyboardInterrupt:
            _interrupted()
        except SwapError as error:
            complain(f"irekae: {error}")
            raise SystemExit(int(error.status)) from None
        except Exception as error:
            complain(f"irekae: {Bug(error)}")
            raise SystemExit(int(Status.FAILED)) from None

    return guarded


def _interrupted() -> NoReturn:
    """Explain, and end now: threads may still wait for an answer of a host, and nobody shall wait for them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    complain(
        "irekae: interrupted\n  the hosts finish what they were just doing, and remember it\n"
        "  next: `fab status`, then `fab resume`"
    )
    _leave(Status.INCOMPLETE)


def _leave(status: Status) -> NoReturn:
    os._exit(int(status))


def named_hosts(c: Any) -> list[str]:
    """What -H named, each once; Fabric's own lazy connections to them are never opened."""
    own = getattr(c, "original_host", None)
    named = [name.strip() for asked in _hosts for name in asked()] if own else []
    return list(dict.fromkeys(named or ([own] if own else [])))


def _done_with_the_first(c: Any) -> bool:
    """Fabric calls once for each host of -H; the first call acted for all of them, together as the manual allows."""
    named = named_hosts(c)
    return bool(named) and c.original_host.strip() != named[0]


def plan_asked(flag: bool) -> bool:
    """Is this call a plan: wherever --plan stands, nothing of the whole call may change anything.

    invoke would give the flag of `fab phase4 phase5 --plan` to phase5 only, and really carry out phase4.
    """
    return flag or "--plan" in sys.argv
