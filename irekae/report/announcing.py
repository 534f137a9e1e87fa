"""The announcement (11.1) with the hosts' new fingerprints (11.2): written, and sent only when asked to."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from irekae import subjects
from irekae.host.host import Host
from irekae.model import seat_files
from irekae.model.clock import here
from irekae.model.errors import Status, SwapError
from irekae.model.items import find_item
from irekae.model.journal import SENT, Entry
from irekae.model.results import Acceptance
from irekae.proof.outage.prober import end_watch
from irekae.report import gather
from irekae.report.acknowledged import want_answered
from irekae.report.verdict import verdict
from irekae.site.machines import fingerprint
from irekae.site.site import Announce, needed
from irekae.swap import gates
from irekae.swap.consent import SEND, Table, confirm
from irekae.swap.swap import Swap

PATH = Path("report/announcement.eml")
READABLE = PATH.with_suffix(".txt")
ANNOUNCES = "11.1"
TIMEOUT = 60  # seconds for the host's mail system to take it
# The events before it is handed in, and behind that where the host has said no.
HANDING_IN, NOT_TAKEN = "announcing", "not announced"


def new_fingerprints(swap: Swap) -> Iterator[str]:
    """A line for each name and key type, as ssh-keygen -l prints it."""
    for name in (entry.name for entry in swap.inventory.pair):
        for key in swap.links[name].machine.keys:
            yield f"{name}: {fingerprint(key)} {key.split()[0]}"


def announce(swap: Swap) -> str:
    """Write the mail; with --send hand it in on the new production host. A line that says what was done.

    Raises:
        SwapError: the host did not take the mail; it was sent already, or nobody answers for it (exit status 3).
    """
    if swap.planned:
        return "would write the announcement"
    # Imported here, for it takes long and most commands do without.
    from irekae.report.announce import Sender, announcement, readable

    settings = needed(swap.site.announce)
    if swap.send:
        _want_unsent(swap.production)
    elif any(entry.get("event") == SENT for entry in swap.production.record.entries):
        _forget_replaced(swap)  # whoever sent it may have been ended before that
        return "the announcement was sent already"
    for line in end_watch(swap):
        swap.production.result(line)
    sender = Sender.of(settings.sender, settings.name, settings.name_ja, swap.site.site.title)
    found = gather.acceptance(swap)
    if swap.send:
        want_answered(found)
    mail = announcement(found, sender, settings.to, swap.site.site.service_name)
    seat_files.write(PATH, bytes(mail))
    seat_files.write(READABLE, readable(mail).encode())
    if not swap.send:
        return f"the announcement is in {PATH}, to be read in {READABLE}; not sent: `fab phase11.mail --send` sends it"
    _hand_in(swap.production, settings, mail)
    _forget_replaced(swap)
    return f"the announcement is sent to {', '.join(settings.to)}; a copy is in {PATH}"


def _forget_replaced(swap: Swap) -> None:
    for name in subjects.forget_replaced(swap):
        swap.production.say(f"{name}: what the copy had replaced is removed: the swap is over")


def want_leave(swap: Swap) -> None:
    """Before --send does anything: it was not sent yet, somebody answers for it, and the operator types the word.

    Raises:
        SwapError: one of them is not so; exit status 3, and nothing was changed.
    """
    item = find_item(ANNOUNCES)
    gates.require(swap, item.phase, item.roles, [(item, item.roles)])
    pair = swap.for_pair(item)
    _want_unsent(pair.production)
    doubt = _doubt(pair.production)
    if doubt and swap.yes:
        raise SwapError(
            "it is not known whether the announcement is out already: a call was ended while it handed it in",
            doubt,
            f"the mail system's queue and log on {pair.production.name} tell whether it took that message; if it did "
            "not, the same command without --yes lets you send it",
            Status.REFUSED,
        )
    found = gather.acceptance(swap)
    want_answered(found)
    confirm(swap, SEND, [(item, item.roles)], lambda swap: _going_out(swap, found, doubt))


def _going_out(swap: Swap, found: Acceptance, doubt: str) -> Table:
    settings = needed(swap.site.announce)
    word = verdict(found).word
    answers = [f"acknowledged by {seal.signed_by}" for seal in found.sign_offs if word != "accepted"]
    table = [("To", list(settings.to)), ("From", [settings.sender]), ("Verdict", [word, *answers])]
    if doubt:
        table.append(
            ("Out already?", [doubt, "the mail system's queue and log there tell whether it took that message"])
        )
    return table


def _want_unsent(host: Host) -> None:
    """Everybody on the list would get it a second time."""
    for entry in host.record.entries:
        if entry.get("event") == SENT:
            raise SwapError(
                "the announcement was sent already",
                f"by {entry.get('who', '?')} at {here(str(entry.get('at', '')))}, {entry.get('id', 'without an id')}",
                f"to send another, write it yourself; what was sent is in {PATH} at that seat",
                Status.REFUSED,
            )


def _doubt(host: Host) -> str:
    """The hand-in of which nobody has seen whether the host took it, or nothing: who, when, which message."""
    begun: Entry = {}
    for entry in host.record.entries:
        if entry.get("event") in (HANDING_IN, NOT_TAKEN):
            begun = entry if entry["event"] == HANDING_IN else {}
    return f"by {begun.get('who', '?')} at {here(str(begun.get('at', '')))}, {begun.get('id')}" if begun else ""


def _hand_in(host: Host, settings: Announce, mail: EmailMessage) -> None:
    """To the host's own mail system, over the connection whose far end is known: SMTP from here proves nobody's name.

    RFC 5321 has no say before the message is in a queue; a neighbour who answers for the host's address would get the
    mail, and could put other fingerprints into it.
    """
    argv = [*settings.submit, "-f", settings.sender]
    host.record.change(f"hand in the announcement: {' '.join(argv)}", {"kind": "none"})
    host.record.event(HANDING_IN, id=str(mail["Message-ID"]))
    done = host.query(*argv, ok=range(256), stdin=bytes(mail), timeout=TIMEOUT)
    if done.status != 0:
        host.record.event(NOT_TAKEN, id=str(mail["Message-ID"]))
        raise SwapError(
            f"{host.name} did not take the announcement",
            f"$ {' '.join(argv)}\nstatus {done.status}\n{(done.err or done.out).decode('utf-8', 'surrogateescape')}",
            f"is [announce] submit in site.toml right? else send {PATH} by hand",
        )
    host.record.event(SENT, id=str(mail["Message-ID"]), to=settings.to)
