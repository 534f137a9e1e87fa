"""Why a service that greets (SMTP, POP) has given another computer nothing, and what to do about it."""

from __future__ import annotations

from typing import Any

from verify.far import public
from verify.public import shut_out


def silence(address: str, name: str, port: int, service: str) -> tuple[str, str]:
    """Likely cause and remedy where another computer got no greeting: the seat is asked whether it gets one.

    Args:
        address, name: of the host.
        port: where the service greets.
        service: the init script behind it.
    """
    asked = {"kind": "words", "address": address, "port": port}
    answer = public.main({"questions": {"seat": asked}})["answers"]["seat"]
    if answer.get("said"):
        return shut_out(service, f"tcp/{port}", name)
    cause = f"{service} of {name} doesn't run, or a packet rule shuts port {port}"
    return cause, f"on {name}: /etc/init.d/{service} start; iptables -S INPUT"


def of_smtp(dialogue: dict[str, Any], address: str, name: str, refused: tuple[str, str]) -> tuple[str, str]:
    """Likely cause and remedy of a message that was not taken, by the step at which the conversation ended.

    Args:
        dialogue: far/smtp.py's conversation.
        address, name: of the server.
        refused: cause and remedy where it answers, and says no.
    """
    codes = dialogue["codes"]
    if "banner" not in codes:
        return silence(address, name, 25, "tcpserver")
    if codes.get("data") == 354 and "sent" not in codes:
        cause = (
            "a message longer than one packet doesn't come through: a packet rule, or a narrow path that says nothing"
        )
        return cause, f"on {name}: iptables -S; nft list ruleset; ip link (mtu)"
    return refused
