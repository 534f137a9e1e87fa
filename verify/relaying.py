"""What became of recipients elsewhere that a server has taken all the same (9.10)."""

from __future__ import annotations

from irekae.site.site import needed
from verify.letters import Letter
from verify.record import Record
from verify.world import World

REFUSAL = "454 4.7.1"
"""postfix's word for a recipient whom it doesn't relay to, where it is told to put off and not to refuse (defer_*)."""


def is_refused(dialogue: dict[str, object]) -> bool:
    """Whether a recipient was refused for good: by a 5xx, or by postfix's `Relay access denied`."""
    codes, said = dialogue["codes"], dialogue["said"]
    assert isinstance(codes, dict)
    assert isinstance(said, list)
    code = int(codes.get("rcpt", 0))
    denied = any(line.startswith(f"< {REFUSAL} ") and "elay access denied" in line for line in said)
    return code // 100 == 5 or (code == 454 and denied)


def is_closed(dialogue: dict[str, object]) -> bool:
    """Whether the host itself said that nobody listens there."""
    said = dialogue["said"]
    assert isinstance(said, list)
    return not dialogue["connected"] and "refused" in str(said[0]).lower()


def goes_nowhere(world: World, taken: list[Letter], check: Record, control: str, queue: str) -> None:
    """A recipient that looks local may be taken; then the message must not arrive elsewhere.

    It comes back, or an alias for everybody (`.qmail-default`) discards or keeps it: then it has left the queue, and
    has arrived nowhere else.
    """
    mailing = world.mailing
    # A host that has its domains' mail no longer says nothing by what comes to localhost.
    own = needed(mailing.site.mail).domains
    delivers = any(mailing.has_come(letter)[0] for domain, letter in mailing.to_domains.items() if domain in own)
    back = {letter.key: mailing.has_come(letter) for letter in taken}
    silent = [letter for letter in taken if not back[letter.key][0]]
    left = mailing.mailboxes.wait_for_queue(mailing.inventory.production) if silent else {"queued": [], "messages": []}
    # Looked for after the bounces have come and the queue has done with the rest: what was passed on is there by now.
    arrived = mailing.mailboxes.look(mailing.outside, [], deadline=0)
    check.saw(arrived["evidence"], *([left["evidence"]] if silent else []))
    for letter in taken:
        relayed = any(letter.token in message["text"] for message in arrived["messages"])
        found = "passed on" if relayed else "not there"
        cause = f"the server takes {letter.recipient} for a recipient elsewhere ({letter.key.partition(':')[2]})"
        check.expect(not relayed, f"{letter.recipient} is not passed on", found, cause=cause, remedy=control)
        bounced, seen = back[letter.key]
        check.saw(*seen)
        kept = any(letter.token in message["text"] for message in left["messages"])
        done = "it came back" if bounced else "an alias keeps it" if kept else "an alias discards it"
        waits = not bounced and not kept and bool(left["queued"])
        check.expect(
            not waits,
            f"{letter.recipient} comes back, or ends on this host",
            f"it waits in the queue: {', '.join(left['queued'][:3])}" if waits else done,
            cause="the queue doesn't move, or tries to pass the message on and cannot",
            remedy=queue,
        )
        check.expect(
            bounced or kept or delivers,
            f"{letter.recipient} comes back, or other mail of the same moment is delivered",
            done if bounced or kept or delivers else "neither it nor any other message came anywhere",
            cause="what is taken is dropped, so that nothing is proved of this one",
            remedy=queue,
        )
