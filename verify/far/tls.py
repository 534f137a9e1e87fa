"""Certificates as a client meets them: is the chain trusted here, is the name in it, how long does it last."""

from __future__ import annotations

import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from verify.far.trusting import trusting
from verify.far.why import why

PORTS = {"https": 443, "imaps": 993, "pop3s": 995, "submissions": 465, "submission": 587, "imap": 143, "pop3": 110}
PORTS["smtp"] = 25
BEGIN = {
    "smtp": [("", b"220"), ("EHLO irekae.invalid", b"250"), ("STARTTLS", b"220")],
    "imap": [("", b"* "), ("a STARTTLS", b"a OK")],
    "pop3": [("", b"+OK"), ("STLS", b"+OK")],
}
BEGIN["submission"] = BEGIN["smtp"]
CALLED, HEARD = 10, 30
"""Seconds until a call is taken, and until each answer has come."""
AT_ONCE = 6
OWN = (18, 19)
"""OpenSSL's X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT and X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN."""
PARTIAL_CHAIN = 0x80000
"""ssl.VERIFY_X509_PARTIAL_CHAIN, which Python knows by name since 3.10."""


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Look at each of `looks` {id, address, protocol, name}.

    Answers `seen`: id → connected, version ("" without TLS), problem ("" where chain and name are right), days, until;
    own: it vouches for itself, or its own authority does, and own_problem: what is wrong with it even so.
    """
    looks = request["looks"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {"seen": dict(zip([one["id"] for one in looks], pool.map(look, looks)))}


def look(asked: dict[str, Any]) -> dict[str, Any]:
    """One handshake."""
    state: dict[str, Any] = {"connected": False, "version": "", "problem": "", "days": None, "until": ""}
    state.update({"own": False, "own_problem": ""})
    port = asked.get("port") or PORTS[asked["protocol"]]
    try:
        with socket.create_connection((asked["address"], port), CALLED) as line:
            state["connected"] = True
            line.settimeout(HEARD)
            begin(line, asked["protocol"])
            with trusting().wrap_socket(line, server_hostname=asked["name"]) as covered:
                certificate: Any = covered.getpeercert()
                state["version"] = covered.version() or ""
                state["until"] = certificate["notAfter"]
                state["days"] = (ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / 86400
    except ssl.SSLCertVerificationError as error:
        state["problem"] = error.verify_message or str(error)
        if error.verify_code in OWN:
            state.update({"own": True, "own_problem": vouched(asked, port)})
    except (OSError, EOFError, KeyError) as error:
        state["problem"] = why(error)
    return state


def vouched(asked: dict[str, Any], port: int) -> str:
    """Why whoever trusts the certificate that is shown would not take it for the name; "" where he would."""
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE
    try:
        shown = shake(asked, port, blind)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_flags |= PARTIAL_CHAIN
        context.load_verify_locations(cadata=shown)
        shake(asked, port, context)
    except ssl.SSLCertVerificationError as error:
        return error.verify_message or str(error)
    except (OSError, EOFError, ValueError) as error:
        return why(error)
    return ""


def shake(asked: dict[str, Any], port: int, context: ssl.SSLContext) -> bytes:
    """The certificate that is shown, in DER."""
    with socket.create_connection((asked["address"], port), CALLED) as line:
        line.settimeout(HEARD)
        begin(line, asked["protocol"])
        with context.wrap_socket(line, server_hostname=asked["name"]) as covered:
            return covered.getpeercert(binary_form=True) or b""


def begin(line: socket.socket, protocol: str) -> None:
    """What comes before the handshake.

    Raises:
        EOFError: the server offers no TLS.
    """
    wanted = BEGIN.get(protocol, [])
    if not wanted:
        return
    file = line.makefile("rb")
    for words, reply in wanted:
        if words:
            line.sendall(words.encode() + b"\r\n")
        said = file.readline(4096)
        while said[3:4] == b"-" and said[:3].isdigit():
            said = file.readline(4096)
        if not said.startswith(reply):
            raise EOFError(f"it offers no TLS: {said.decode('utf-8', 'replace').strip() or 'it hung up'}")
