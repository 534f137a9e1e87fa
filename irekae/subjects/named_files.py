"""The files that carry names and addresses (5.1, 5.3): each is changed by its editor, and proved by its reader."""

from collections.abc import Sequence

from irekae.host.editors import EDITORS, problem
from irekae.host.editors.hosts import with_name
from irekae.host.host import Host
from irekae.host.overlay import run
from irekae.host.remote import HostError
from irekae.model.errors import SwapError
from irekae.model.secrecy import PRIVATE
from irekae.site.site import NamedFile
from irekae.subjects.network.live_file import live_file
from irekae.swap.swap import Swap

READ_WITHIN = 30.0  # seconds
MOST_ZONES = 50  # origins that a zone file is tried with
READ_ZONE = ("named-checkzone", "-i", "local", "-k", "fail", "-w")


def files_now(host: Host, swap: Swap) -> list[NamedFile]:
    """The files that 5.1 and 5.3 change on the spot: all but the interface's, which is staged until 6.1."""
    live = live_file(host, swap)
    return [file for file in swap.site.files if file.path != live]


def exchange_file(host: Host, swap: Swap, file: NamedFile) -> None:
    """Exchange the old name and address in a file for the new ones; what somebody brought right by hand is right.

    Raises:
        SwapError: the file would not say of the new name what it said of the old one. It is as it was.
    """
    exchange = swap.exchange_on(host)
    before, held = host.before(file.path), host.read(file.path)
    if held != before and why_not(host, swap, file, before, held) is None:
        return

    def proved(text: bytes) -> bytes:
        wanted = EDITORS[file.editor](text, exchange).text
        wanted = with_name(wanted, exchange.old) if file.editor == "hosts" else wanted
        why = why_not(host, swap, file, text, wanted)
        if why is not None:
            raise SwapError(
                f"{file.path} on {host.name} is not understood: {why}",
                f"the editor {file.editor!r} would leave it so; the file is as it was",
                f'edit it by hand, then `fab done {host.record.item} --host {host.name} --why "edited by hand"`',
            )
        return wanted

    host.edit(file.path, proved, team=file.team)


def why_not(host: Host, swap: Swap, file: NamedFile, before: bytes, after: bytes) -> str | None:
    """Why the file, as its reader reads it, is not as it must be with the new contents; None if it is."""
    why = problem(file.editor, before, after, swap.exchange_on(host))
    if why is None and file.editor == "shell":
        why = _refused(host, ("sh", "-n"), before, after)
    elif why is None and file.editor == "zone":
        why = _refused(host, _zone_reader(host, swap, file, before), before, after)
    # What a reader refuses, it quotes.
    return PRIVATE if why and host.record.secrecy(file.path, host.mode_of(file.path)) else why


def _refused(host: Host, reader: Sequence[str], before: bytes, after: bytes) -> str | None:
    """What the reader says against the new contents, if it took the old ones."""
    if not reader or before == after or _read(host, reader, before) != "":
        return None
    said = _read(host, reader, after)
    return f"{reader[0]} refuses it: {said}" if said else None


def _read(host: Host, reader: Sequence[str], text: bytes) -> str | None:
    """What the reader says against a text: "" if it takes it; None if there is no such reader on the host."""
    try:
        found = run(host.link, reader, text, READ_WITHIN)
    except HostError as error:
        if error.kind == "ENOENT":
            return None
        raise
    said = (found.out + found.err).decode("utf-8", "replace").strip()
    return "" if found.status == 0 else (said or f"exit status {found.status}")[-500:]


def _zone_reader(host: Host, swap: Swap, file: NamedFile, text: bytes) -> tuple[str, ...]:
    """named-checkzone(8) with the origin under which the zone is right today; () if there is none."""
    folder, _, name = file.path.rpartition("/")
    stem = name.partition(".")[0]
    origins = sorted(swap.site.zones, key=lambda zone: (stem not in zone.split("."), not zone.endswith(".arpa")))
    for origin in origins[:MOST_ZONES]:
        reader = (*READ_ZONE, folder, origin, "/dev/stdin")
        said = _read(host, reader, text)
        if said == "":
            return reader
        if said is None:
            break
    return ()
