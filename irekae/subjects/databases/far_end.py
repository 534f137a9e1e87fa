"""The far end as the seat asks it: its text goes along with each question, which nobody sees on a command line."""

import json
from typing import Any, TypeVar

from irekae.host import claims
from irekae.host.host import Host
from irekae.host.overlay import run
from irekae.model.errors import SwapError, again
from irekae.model.items import On
from irekae.site.databases import Database
from irekae.subjects.databases import said
from irekae.subjects.databases.far import program
from irekae.swap.swap import Swap

PYTHON = "/usr/bin/python3"
_BOOT = 'import sys;b=sys.stdin.buffer;exec(compile(b.read(int(b.readline())),"irekae","exec"))'
LEAST = 600  # seconds that any question may take
PACE = 1 << 20  # bytes a second that a slow server reads or writes, for those about its data

Form = TypeVar("Form")


def folder(swap: Swap) -> str:
    """Where program, key, jobs, and what is kept lie on a host."""
    return f"{swap.site.site.state}/databases"


def kept_in(swap: Swap) -> str:
    """Where what the standby had of its own is kept, a folder for each copy."""
    return f"{folder(swap)}/kept"


def server_of(entry: Database) -> dict[str, Any]:
    """What the far end must know of an entry of site.toml."""
    return {"kind": entry.kind, "socket": entry.socket, "port": entry.port, "cluster": entry.cluster}


def inquire(
    host: Host, swap: Swap, word: str, server: dict[str, Any], form: type[Form], size: int = 0, **spec: Any
) -> Form:
    """The far end's answer.

    Args:
        host: where it is asked.
        swap: the swap.
        word: what it shall do.
        server: of `server_of`.
        form: the type of the answer.
        size: bytes that it reads or writes for it.
        spec: what else it must know.

    Raises:
        SwapError: it could not do it, with its reason.
    """
    text = program()
    about = json.dumps({"server": server, "folder": folder(swap), **spec}).encode()
    stdin = b"%d\n%s%s" % (len(text), text, about)
    done = run(host.link, (PYTHON, "-I", "-c", _BOOT, word), stdin, LEAST + size / PACE)
    if done.status:
        last = done.err.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise SwapError(f"the look at {server['kind']} failed on {host.name}", "\n".join(last), f"then {again()}")
    what = f"the far end of the databases ({word})"
    failure: said.Failure = claims.told(host.name, what, done.out, said.Failure)
    if failure.failed:
        hint = f"mend what it says on {host.name}, then {again()}"
        raise SwapError(f"{server['kind']} on {host.name} could not be asked ({word})", failure.failed, hint)
    answer: Form = claims.told(host.name, what, done.out, form)
    return answer


def look(host: Host, swap: Swap, entry: Database, last: bool = False) -> said.Look:
    """What a host's server is and holds.

    Args:
        host: where it is asked.
        swap: the swap.
        entry: of site.toml.
        last: is it only compared once more: the comparison goes by the last digit of each row.
    """
    dumped = entry.by == "dump" and host.role is On.PRODUCTION and not last
    return inquire(host, swap, "look", server_of(entry), said.Look, by=entry.by, dumped=dumped)


def names_of(entry: Database, ours: said.Look) -> list[str]:
    """The databases of production that are copied."""
    return [name for name in (entry.names or ours.databases) if name not in entry.excludes]


def size_of(look_: said.Look, names: list[str]) -> int:
    """Bytes of databases, as far as they are there."""
    return sum(look_.databases[name].size for name in names if name in look_.databases)
