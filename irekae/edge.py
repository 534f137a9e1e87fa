"""Where a command begins and ends: its hosts, its plan flag, its errors, its exit status."""

import functools
import sys
from collections.abc import Callable
from typing import Any

from irekae.errors import Status, SwapError, wrong_use


def edge(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command print an operator's errors once, without a traceback, and end with the right status."""

    @functools.wraps(command)
    def guarded(c: Any, *args: Any, **kwargs: Any) -> None:
        try:
            if c.config.run.dry:
                # invoke's dry run fakes what commands return, reads included: a plan from it would be wrong.
                raise wrong_use("-R / --dry tells nothing here", "it fakes reads as well", "use --plan")
            command(c, *args, **kwargs)
        except SwapError as error:
            print(f"irekae: {error}", file=sys.stderr)
            raise SystemExit(int(error.status)) from None
        except KeyboardInterrupt:
            print(
                "irekae: interrupted\n  the hosts finish what they were just doing, and remember it\n"
                "  next: `fab status`, then `fab resume`",
                file=sys.stderr,
            )
            raise SystemExit(int(Status.INCOMPLETE)) from None

    return guarded


def named_hosts(c: Any) -> list[str]:
    """What -H named for this call: Fabric makes one call a host; its own lazy connection is never opened."""
    host = getattr(c, "original_host", None)
    return [host] if host else []


def plan_asked(flag: bool) -> bool:
    """Is this call a plan: wherever --plan stands, nothing of the whole call may change anything.

    invoke would give the flag of `fab phase4 phase5 --plan` to phase5 only, and really carry out phase4.
    """
    return flag or "--plan" in sys.argv
