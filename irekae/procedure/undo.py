"""Takes one change of any kind back; in a plan it only looks whether that can be done."""

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

from irekae import subjects
from irekae.host.ahead import Ahead
from irekae.host.host import Host
from irekae.host.many import parts
from irekae.host.merge import is_accounts
from irekae.host.overlay import Ground, Real
from irekae.host.remote import decode
from irekae.host.service import ServiceHandle
from irekae.host.services.links import undo_links
from irekae.model.errors import SwapError
from irekae.model.items import find_item
from irekae.model.journal import Entry
from irekae.procedure.undo_files import Found, questions_of, undo_file
from irekae.site.site import Service
from irekae.swap.swap import Swap


def undo_change(swap: Swap, host: Host, ground: Ground, change: Entry, found: Found) -> None:
    """Take a change back. What others did since stays; where it touches what is taken back, `found` is told.

    Args:
        swap: connected to the pair.
        host: bound to the change's item.
        ground: the host; or a plan, in which nothing is changed.
        change: the journal's line.
        found: what is in the way.
    """
    undo, kind = change["undo"], change["undo"].get("kind")
    if kind == "links":
        _links(swap, host, ground, change, found)
    elif kind == "rename":
        _rename_back(ground, undo, found)
    elif kind == "remove":
        _remove(host, ground, change, found)
    elif kind == "service":
        _service_if_it_can(swap, host, ground, undo, found)
    else:
        paths = list(undo.get("kept", {}))
        with subjects.locked(host) if not ground.planned and any(map(is_accounts, paths)) else nullcontext():
            for batch in parts(paths):
                _undo_files(host, ground, change, batch, found)
        if not ground.planned:
            _other(swap, host, change)


def _undo_files(host: Host, ground: Ground, change: Entry, paths: Sequence[str], found: Found) -> None:
    """Take files back; what is asked of each is asked of many at once."""
    if len(paths) == 1 or ground.planned:
        for path in paths:
            undo_file(ground, host.link, change, path, found)
        return
    ahead = Ahead(host.link, [question for path in paths for question in questions_of(change, path)])
    for path in paths:
        undo_file(Real(ahead), ahead, change, path, found)
    ahead.settle()


def _other(swap: Swap, host: Host, change: Entry) -> None:
    undo = change["undo"]
    if undo.get("kind") == "run" and undo["argv"]:
        _run(host, undo)
    elif undo.get("kind") == "mail":
        subjects.mail.queue.take_back(host, swap, undo)
    elif undo.get("kind") == "copy":
        subjects.undo_copy(swap.for_pair(find_item(change["item"])), undo)
    elif undo.get("kind") == "databases":
        subjects.undo_databases(swap.for_pair(find_item(change["item"])), undo)
    elif undo.get("kind") == "ttl":
        subjects.name_server.ttl.take_back(host, swap, undo)


def _rename_back(ground: Ground, undo: Entry, found: Found) -> None:
    """Rename again, with whatever was done to the file meanwhile.

    Done already, by an attempt that died before it could say so, when only the target is there.
    """
    source, target = undo["source"], undo["target"]
    there, back = ground.stat(source) is not None, ground.stat(target) is not None
    if there and back:
        found.clash(target, [f"{source} was called {target}, where somebody has put another one since"])
    elif not there and not back:
        found.clash(source, [f"it was called {target} before we renamed it, and somebody has removed it since"])
    elif there:
        ground.change("rename", source=source, target=target)


def _remove(host: Host, ground: Ground, change: Entry, found: Found) -> None:
    """Remove a folder that we made, if it is as we made it; one that was made empty stays when it is not any more."""
    path, made = change["undo"]["path"], change["undo"].get("tree")
    if made is None:
        if not ground.planned and not host.link.ask("remove_empty", path=path):
            host.warn(f"{path} stays: it holds what others have put there")
        return
    now = host.link.ask("digests", path=path, contents=True)
    if now and now != made:
        names = sorted(name for name in now.keys() | made.keys() if now.get(name) != made.get(name))
        found.clash(path, [f"it was changed since we made it: {', '.join(names)}"])
    elif not ground.planned:
        host.link.ask("remove", path=path)


def _made(host: Host, change: Entry) -> Entry:
    """What was written down after the change: which links it left."""
    written = (entry for entry in reversed(host.record.entries) if entry.get("event") == "made")
    return next((entry for entry in written if entry.get("n") == change["n"]), {})


def _links(swap: Swap, host: Host, ground: Ground, change: Entry, found: Found) -> None:
    """The boot links as they were, but for what others changed since; insserv's own notes come along."""
    undo, link = change["undo"], host.link
    now = link.ask("links")
    after = _made(host, change).get("links", now)
    merged, touched = undo_links(undo["links"], after, now)
    if touched:
        found.clash(undo["init"], [f"others changed its boot links since: {', '.join(touched)}"])
    if ground.planned:
        return
    link.ask("set_links", links=merged)
    if merged == undo["links"]:
        for path, state in undo.get("kept", {}).items():
            link.ask("restore", n=change["n"], path=path, was=state)
    elif not host.link.facts["systemd"]:
        _commands(host, [["insserv"]])
    _commands(host, undo["commands"])
    # A service that was only enabled runs when the host has booted since.
    if undo.get("running") is False and _handle(swap, host, undo).state().running:
        _service(swap, host, undo)


def _service_if_it_can(swap: Swap, host: Host, ground: Ground, undo: Entry, found: Found) -> None:
    """Start or stop it again, unless somebody has taken the service away since."""
    init = undo["init"]
    if init in found.keep:
        return
    if not ground.planned:
        _service(swap, host, {**undo, "running": False} if undo.get("again") and init in found.rests else undo)
    elif undo["running"] and any(service.init == init for service in _declared(swap)):
        state = _handle(swap, host, undo).state()
        if not state.known or "masked" in state.detail:
            found.clash(init, [f"it ran before and cannot be started any more: {state.detail}"])


def _declared(swap: Swap) -> list[Service]:
    return [*swap.site.services.values(), *swap.site.timers]


def _handle(swap: Swap, host: Host, undo: Entry) -> ServiceHandle:
    init = undo["init"]
    service = next((found for found in _declared(swap) if found.init == init), None)
    if service is None:
        raise SwapError(f"site.toml has no service {init!r} any more", hint="put it back into [services]")
    return ServiceHandle(host, service, undo.get("unit", ""))


def _service(swap: Swap, host: Host, undo: Entry) -> None:
    """Start or stop it, and look: an init script's word alone is not enough. The mail queue is decided anew."""
    handle = _handle(swap, host, undo)
    is_mail = swap.site.mail is not None and undo["init"] == subjects.mail.service_of(swap.site).init
    if not undo["running"]:
        handle.end()
        if is_mail:
            subjects.mail.queue.settle(host, swap)
    elif undo.get("again"):
        handle.restart(partial(subjects.mail.queue.settle, host, swap) if is_mail else None)
    else:
        _start_again(swap, host, handle, undo, is_mail)
    if is_mail and undo["running"]:
        subjects.mail.system_of(swap.site).want_known(host)


def _start_again(swap: Swap, host: Host, handle: ServiceHandle, undo: Entry, is_mail: bool) -> None:
    """All of it that ran: an undo that was ended in the midst has started a part (a socket, a timer's service)."""
    state, units = handle.state(), undo.get("units", ())
    if state.running is True and set(units) <= set(state.starts):
        return
    if state.running is True:
        handle.end()
    if is_mail:
        subjects.mail.queue.settle(host, swap)
    handle.begin(units)


def _run(host: Host, undo: Entry) -> None:
    """Run the command, unless an attempt that died has done so, or something else has brought about the same."""
    there = undo.get("there")
    if not there or host.look(*there).status != 0:
        _commands(host, [undo["argv"]])


def _commands(host: Host, commands: Sequence[Sequence[str]]) -> None:
    for argv in commands:
        found = host.link.ask("daemon_run", argv=list(argv))
        if found["status"] != 0:
            said = decode(found["out"]).decode("utf-8", "replace")
            raise SwapError(f"{' '.join(argv)} ended with status {found['status']}", said)
