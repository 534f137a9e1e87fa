"""HTTP (RFC 9112) asked by address: the name goes into Host and SNI, so that no resolver comes between."""

from __future__ import annotations

import hashlib
import http.client
import ssl
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import lxml.etree
import lxml.html
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from irekae.model.results import Evidence
from verify.evidence import start

TIMEOUT = 10.0
LONGEST_PAGE = 2_000_000


@dataclass(frozen=True)
class Answer:
    """A response, or why there is none.

    Attributes:
        status: the status code; 0: no response.
        certificate: of an https server, DER.
        problem: why there is no response.
    """

    status: int
    headers: Mapping[str, str]
    text: str
    evidence: Evidence
    certificate: bytes = b""
    problem: str = ""

    def told(self) -> str:
        """For `found`: the status, or the problem."""
        return f"status {self.status}" if self.status else f"no answer: {self.problem}"


def context_without_trust() -> ssl.SSLContext:
    """TLS with any certificate: whose it is, the check compares itself, with the file on the host."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def context_trusting(pem: str) -> ssl.SSLContext:
    """TLS that accepts no certificate but this one (and what it vouches for), in date and for the right name.

    Raises:
        ssl.SSLError: `pem` is no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=pem)
    return context


def ask(
    address: str,
    url: str,
    form: Mapping[str, str] | None = None,
    context: ssl.SSLContext | None = None,
    cookies: dict[str, str] | None = None,
) -> Answer:
    """GET `url`, or POST `form` to it, from the server at `address`.

    Args:
        address: IPv4 address of the server, whatever the name in `url` resolves to.
        url: http or https.
        form: fields of a form, sent urlencoded.
        context: for https; by default without trust.
        cookies: sent along, and those of the answer put in.
    """
    parts = urllib.parse.urlsplit(url)
    target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    method = "GET" if body is None else "POST"
    asked = f"{method} {target} HTTP/1.1\nHost: {parts.netloc}   ({parts.scheme} to {address})"
    asked += f"\n{body.decode()}" if body else ""
    began = start()
    line = _line(address, parts, context)
    try:
        line.connect()
        # Asked before the answer: with its last byte the connection is closed.
        certificate = (line.sock.getpeercert(binary_form=True) or b"") if isinstance(line.sock, ssl.SSLSocket) else b""
        status, headers, raw = _exchange(line, parts.netloc, method, target, body, cookies)
    except (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
        cause = error.__cause__ or error  # urllib3's own name the connection's object, not what happened
        problem = f"{type(cause).__name__}: {cause}"
        return Answer(0, {}, "", began.heard(asked, f"no response: {problem}"), problem=problem)
    finally:
        line.close()
    text = raw.decode("utf-8", "replace")
    shown = "\n".join([f"status {status}", *[f"{name}: {value}" for name, value in headers.items()], "", text])
    return Answer(status, headers, text, began.heard(asked, shown), certificate)


def _line(address: str, parts: urllib.parse.SplitResult, context: ssl.SSLContext | None) -> HTTPConnection:
    """A connection of urllib3, not a pool of them: a pool follows, repeats and warns; a check wants what was said."""
    if parts.scheme != "https":
        return HTTPConnection(address, parts.port or 80, timeout=TIMEOUT)
    return HTTPSConnection(
        address,
        parts.port or 443,
        timeout=TIMEOUT,
        server_hostname=parts.hostname,
        ssl_context=context or context_without_trust(),
    )


def _exchange(
    line: HTTPConnection, host: str, method: str, target: str, body: bytes | None, cookies: dict[str, str] | None
) -> tuple[int, dict[str, str], bytes]:
    headers = {"Host": host, "User-Agent": "irekae-verify", "Connection": "close"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    line.request(method, target, body, headers, preload_content=False)
    response = line.getresponse()
    if cookies is not None:
        for given in response.headers.getlist("Set-Cookie"):
            name, _, value = given.partition(";")[0].partition("=")
            cookies[name.strip()] = value.strip()
    return response.status, dict(response.headers.items()), response.read(LONGEST_PAGE)


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate, as `openssl x509 -fingerprint -sha256` shows it."""
    digits = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, and its fields with the values that they have."""

    method: str
    action: str
    fields: dict[str, str]


def forms(html: str) -> list[Form]:
    """The forms of a page, with what a browser would send of them before a button is pressed."""
    # As bytes: lxml refuses text that declares an encoding of its own, as XHTML does.
    parser = lxml.html.HTMLParser(encoding="utf-8")
    try:
        page = lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except lxml.etree.ParserError:
        return []  # nothing but blanks or comments
    return [Form(form.method.lower(), form.get("action", ""), _fields(form)) for form in page.forms]


def _fields(form: Any) -> dict[str, str]:
    for field in form.iter("input"):
        if field.type not in ("checkbox", "radio") and field.value is None:
            field.value = ""  # lxml would leave it out
    # The first newline of a text area is markup (HTML 4.10.11).
    return {name: value.removeprefix("\n") for name, value in form.form_values()}
