"""Where a command begins and ends: its hosts, its plan flag, its errors, its exit status."""

import contextlib
import functools
import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, NoReturn

from irekae.model import printing
from irekae.model.errors import Bug, Status, SwapError, again, carrying_out, typed, wrong_use
from irekae.model.items import keep_parts
from irekae.model.journal import operator
from irekae.model.language import LANGS, VARIABLE, learn_site
from irekae.model.printing.log import Log
from irekae.site.inventory import STATE, inventory_path, load_inventory
from irekae.site.site import load_site
from irekae.site.spoken import site_lang

HostsOnCommandLine = Callable[[], Sequence[str]]
_hosts: list[HostsOnCommandLine] = []


def learn_hosts(asked: HostsOnCommandLine) -> None:
    """Where the names of -H can be asked for: Fabric itself tells each call only its own."""
    _hosts[:] = [asked]


def learn_language(words: Sequence[str]) -> list[str]:
    """Keep what --lang says, for this process and those that it starts; it may stand anywhere on the command line.

    Returns:
        The command line without it. Ends with status 2 where there is no such language.
    """
    learn_site(functools.cache(site_lang))
    left, others = [], iter(words)
    for word in others:
        if word != "--lang" and not word.startswith("--lang="):
            left.append(word)
            continue
        asked = word.partition("=")[2] or next(others, "")
        if asked not in LANGS:
            raise _ended(wrong_use(f"no language {asked!r}", f"known: {', '.join(LANGS)}", "--lang en or --lang ja"))
        os.environ[VARIABLE] = asked
    return left


def learn_parts() -> None:
    """Leave only the items that are part of the site; all of them where hosts.ini or site.toml cannot be read."""
    with contextlib.suppress(SwapError):  # the command itself says what is wrong there
        keep_parts(load_site(load_inventory()).has)


def edge(command: Callable[..., None], looks: bool = False) -> Callable[..., None]:
    """Make a command print an operator's errors once, without a traceback, and end with the right status.

    Args:
        command: to be guarded.
        looks: it only looks at the hosts, and never changes anything there.
    """

    calls = itertools.count()

    @functools.wraps(command)
    def guarded(c: Any, *args: Any, **kwargs: Any) -> None:
        carrying_out(sys.argv[1:])
        try:
            if c.config.run.dry:
                # invoke's dry run fakes what commands return, reads included: a plan from it would be wrong.
                raise wrong_use("-R / --dry tells nothing here", "it fakes reads as well", "use --plan")
            # Fabric calls once for each host of -H; the first call acts for all of them, as the manual allows.
            if next(calls) % max(len(logins(c)), 1) == 0:
                command(c, *args, **kwargs)
        except KeyboardInterrupt:
            _interrupted(looks or plan_asked(command.__name__ == "plan"))
        except Exception as error:
            raise _ended(error) from None
        finally:
            printing.close()

    return guarded


def logged(command: Callable[..., None]) -> Callable[..., None]:
    """Keep what a command prints in a log at this seat: where hosts.ini lies, else nowhere."""

    @functools.wraps(command)
    def kept(c: Any, *args: Any, **kwargs: Any) -> None:
        with contextlib.suppress(OSError):  # whoever reads hosts.ini says better what is wrong there
            if (path := inventory_path().absolute()).is_file():
                printing.keep_log(Log(path.parent / STATE, typed(), operator()))
        command(c, *args, **kwargs)

    return kept


def _ended(error: Exception) -> SystemExit:
    """Print what went wrong, once; the end of the process, with its status."""
    told = error if isinstance(error, SwapError) else Bug(error)
    printing.close()  # what was folded comes first: what went wrong stands last
    printing.fail(told)
    return SystemExit(int(told.status))


@contextlib.contextmanager
def ending() -> Iterator[None]:
    """End the process with an operator's error that is raised inside: what is not yet within a command."""
    try:
        yield
    except SwapError as error:
        raise _ended(error) from None


def _interrupted(looks: bool) -> NoReturn:
    """Explain, and end now: threads may still wait for an answer of a host, and nobody shall wait for them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    printing.close()
    if looks:
        printing.complain(f"irekae: interrupted\n  this command changes nothing on the hosts\n  next: {again()}")
    else:
        printing.complain(
            "irekae: interrupted\n  the hosts finish what they were just doing, and remember it\n"
            f"  next: `fab status`, then {again()}"
        )
    _leave(Status.INCOMPLETE)


def _leave(status: Status) -> NoReturn:
    os._exit(int(status))


class Login(NamedTuple):
    """A host as Fabric's users name it: [user@]host[:port]; None for what is not said."""

    host: str
    user: str | None
    port: int | None


def login_of(text: str) -> Login:
    """Read one of the names of -H.

    Raises:
        SwapError: there is no host in it, or its port is none (exit status 2).
    """
    user, _, where = text.strip().rpartition("@")
    host, colon, port = where.rpartition(":") if where.count(":") == 1 else (where, "", "")
    if not host or (colon and not (port.isdecimal() and 0 < int(port) < 65536)):
        raise wrong_use(f"-H: {text!r} names no host", "as in: NAME, NAME,NAME, USER@NAME, NAME:22", "see hosts.ini")
    return Login(host, user or None, int(port) if port else None)


def check_hosts() -> None:
    """End with status 2 where -H cannot be read: Fabric would end with a traceback before any command begins."""
    with ending():
        for asked in _hosts:
            _all_of(asked)


def _all_of(asked: HostsOnCommandLine) -> list[Login]:
    named = list(asked())
    return [login_of(text) for text in named] if any(text.strip() for text in named) else []


def named_hosts(c: Any) -> list[str]:
    """What -H named, each once; Fabric's own lazy connections to them are never opened."""
    return list(dict.fromkeys(login.host for login in logins(c)))


def logins(c: Any) -> list[Login]:
    """What -H named, as it was written; nothing for a task that Fabric does not run for a host."""
    own = getattr(c, "original_host", None)
    if not own:
        return []
    return [login for asked in _hosts for login in _all_of(asked)] or [login_of(own)]


def plan_asked(flag: bool) -> bool:
    """Is this call a plan: wherever --plan stands, nothing of the whole call may change anything.

    invoke would give the flag of `fab phase4 phase5 --plan` to phase5 only, and really carry out phase4.
    """
    return flag or "--plan" in sys.argv


def show_all(flag: bool) -> None:
    """Fold nothing where -v stands anywhere in the call, for whichever of its tasks, or where IREKAE_VERBOSE is set."""
    printing.unfold(flag or not {"-v", "--verbose"}.isdisjoint(sys.argv) or bool(os.environ.get("IREKAE_VERBOSE")))
