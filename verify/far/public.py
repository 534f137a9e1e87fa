"""Asks what the public asks: web pages, name servers, first words of a service. All questions at once, each in time."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import struct
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any

AT_ONCE = 24
CALLED = 5
"""Seconds until a call is taken: a packet that is lost is sent again after one and after three."""
HEARD = 20
"""Seconds until an answer has come."""
LONGEST = 400_000
"""Bytes of a page that are looked at."""
REDIRECTIONS = 5
SENT_ON = (301, 302, 303, 307, 308)


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Put each of `questions` {id: {kind, address, …}}: `dns` (transport, hex), `page` (url, own), `words`,
    `call` (port)."""
    kinds = {"dns": dns, "page": page, "words": words, "call": call}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {
            name: pool.submit(timed, kinds[question["kind"]], question)
            for name, question in request["questions"].items()
        }
        return {"answers": {name: answer.result() for name, answer in asked.items()}}


def timed(ask: Any, question: dict[str, Any]) -> dict[str, Any]:
    """An answer, the seconds that it took, and why there is none."""
    began = time.monotonic()
    try:
        answer = ask(question)
    except ConnectionRefusedError:
        answer = {"problem": "refused"}
    except TimeoutError:
        answer = {"problem": "timed out"}
    except (OSError, http.client.HTTPException, EOFError) as error:
        answer = {"problem": getattr(error, "strerror", None) or f"{type(error).__name__}: {error}", **errno_of(error)}
    return {**answer, "took": round(time.monotonic() - began, 3)}


def errno_of(error: BaseException) -> dict[str, Any]:
    """The number of the system's error, where it is one."""
    number = getattr(error, "errno", None)
    return {"errno": number} if isinstance(number, int) else {}


def dns(question: dict[str, Any]) -> dict[str, Any]:
    """One DNS message and its reply, in hex (RFC 1035 4.2); over UDP asked twice, since either may be lost."""
    data = bytes.fromhex(question["hex"])
    address, port = question["address"], question.get("port", 53)
    if question["transport"] == "tcp":
        with socket.create_connection((address, port), CALLED) as line:
            line.settimeout(HEARD)
            line.sendall(struct.pack("!H", len(data)) + data)
            with line.makefile("rb") as stream:
                size = stream.read(2)
                reply = stream.read(struct.unpack("!H", size)[0]) if len(size) == 2 else b""
        if not reply:
            raise EOFError("it hung up")
        return {"hex": reply.hex()}
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for last in (False, True):
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.settimeout(CALLED / 2)
            line.connect((address, port))
            try:
                line.send(data)
                return {"hex": line.recv(65535).hex()}
            except TimeoutError:
                if last:
                    raise
    return {}


def words(question: dict[str, Any]) -> dict[str, Any]:
    """The first line that a service says by itself."""
    with socket.create_connection((question["address"], question["port"]), CALLED) as line:
        line.settimeout(HEARD)
        with line.makefile("rb") as stream:
            return {"said": stream.readline(512).decode("utf-8", "backslashreplace").rstrip()}


def call(question: dict[str, Any]) -> dict[str, Any]:
    """Whether somebody takes the call, where it is the caller who has to speak first."""
    with socket.create_connection((question["address"], question["port"]), CALLED):
        return {"connected": True}


def page(question: dict[str, Any]) -> dict[str, Any]:
    """A page, asked by address: the name goes into Host and SNI. A redirection to a name in `own` is followed there.

    With `cookies`, name → value, the server is asked in a session that it has begun.
    """
    url, certificate = question["url"], ""
    for _ in range(REDIRECTIONS):
        answer = get(question["address"], url, question.get("cookies", {}))
        certificate = answer.pop("der") or certificate
        target = urllib.parse.urljoin(url, answer["headers"].get("location", ""))
        follows = answer["status"] in SENT_ON and urllib.parse.urlsplit(target).hostname in question["own"]
        if not follows or target == url:
            break
        url = target
    return {**answer, "url": url, "certificate": certificate}


def get(address: str, url: str, cookies: dict[str, str]) -> dict[str, Any]:
    """One GET; with `der` the certificate that was shown, whoever it is of, in hex."""
    parts = urllib.parse.urlsplit(url)
    secure = parts.scheme == "https"
    line = socket.create_connection((address, parts.port or (443 if secure else 80)), CALLED)
    try:
        line.settimeout(HEARD)
        der = ""
        if secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            line = context.wrap_socket(line, server_hostname=parts.hostname)
            der = (line.getpeercert(binary_form=True) or b"").hex()
        connection = http.client.HTTPConnection(parts.hostname or "", timeout=HEARD)
        connection.sock = line
        target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        headers = {"Host": parts.netloc, "User-Agent": "irekae", "Connection": "close"}
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        connection.request("GET", target, headers=headers)
        response = connection.getresponse()
        body = response.read(LONGEST)
        headers = {name.lower(): value for name, value in response.getheaders()}
        return {"status": response.status, "headers": headers, "body": base64.b64encode(body).decode(), "der": der}
    finally:
        line.close()
