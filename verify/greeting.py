"""Why a service that greets (SMTP, POP) has given another computer nothing, and what to do about it."""

from __future__ import annotations

from typing import Any

from verify.by_hand import act
from verify.far import public
from verify.kinds import Kind, init_of
from verify.public import shut_out
from verify.world import Server


def silence(server: Server, port: int, kind: Kind) -> tuple[str, str]:
    """Likely cause and remedy where another computer got no greeting: the seat is asked whether it gets one.

    Args:
        server: the host.
        port: where the service greets.
        kind: the service behind it.
    """
    asked = {"kind": "words", "address": server.entry.address, "port": port}
    name, service = server.name, init_of(server.world.site, kind)
    answer = public.main({"questions": {"seat": asked}})["answers"]["seat"]
    if answer.get("said"):
        return shut_out(service, f"tcp/{port}", name)
    cause = f"{service} of {name} doesn't run, or a packet rule shuts port {port}"
    return cause, f"on {name}: {act(server, 'start', kind)}; iptables -S INPUT; nft list ruleset"


def of_smtp(dialogue: dict[str, Any], server: Server, refused: tuple[str, str]) -> tuple[str, str]:
    """Likely cause and remedy of a message that was not taken, by the step at which the conversation ended.

    Args:
        dialogue: far/smtp.py's conversation.
        server: who was to take it.
        refused: cause and remedy where it answers, and says no.
    """
    codes = dialogue["codes"]
    if "banner" not in codes:
        return silence(server, 25, "smtp")
    if codes.get("data") == 354 and "sent" not in codes:
        cause = (
            "a message longer than one packet doesn't come through: a packet rule, or a narrow path that says nothing"
        )
        return cause, f"on {server.name}: iptables -S; nft list ruleset; ip link (mtu)"
    return refused


def last_reply(dialogue: dict[str, Any]) -> str:
    """What the server said last, before it said goodbye."""
    said = [line for line in dialogue["said"] if line.startswith("<") or not line.startswith(">")]
    return said[-2] if len(said) > 1 and dialogue["codes"].get("quit") else (said[-1] if said else "nothing")
