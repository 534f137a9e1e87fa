"""HTTP (RFC 9112) asked by address: the name goes into Host and SNI, so that no resolver comes between."""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from irekae.model.results import Evidence
from verify.evidence import start

TIMEOUT = 20.0
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
    secure = parts.scheme == "https"
    target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    method = "GET" if body is None else "POST"
    asked = f"{method} {target} HTTP/1.1\nHost: {parts.netloc}   ({parts.scheme} to {address})"
    asked += f"\n{body.decode()}" if body else ""
    began = start()
    try:
        line = _connect(address, parts.hostname or "", parts.port or (443 if secure else 80), secure, context)
    except OSError as error:
        problem = str(error)
        return Answer(0, {}, "", began.heard(asked, f"no connection: {problem}"), problem=problem)
    try:
        certificate = (line.getpeercert(binary_form=True) or b"") if isinstance(line, ssl.SSLSocket) else b""
        status, headers, raw = _exchange(line, parts.netloc, method, target, body, cookies)
    except (OSError, http.client.HTTPException) as error:
        problem = f"{type(error).__name__}: {error}"
        return Answer(0, {}, "", began.heard(asked, f"no response: {problem}"), problem=problem)
    finally:
        line.close()
    text = raw.decode("utf-8", "replace")
    shown = "\n".join([f"status {status}", *[f"{name}: {value}" for name, value in headers.items()], "", text])
    return Answer(status, headers, text, began.heard(asked, shown), certificate)


def distrust(address: str, url: str, pem: str) -> tuple[str, Evidence]:
    """Why a client that trusts this certificate alone would not take it for the name in `url`; "" where it would."""
    parts = urllib.parse.urlsplit(url)
    began = start()
    try:
        _connect(address, parts.hostname or "", parts.port or 443, True, context_trusting(pem)).close()
    except ssl.SSLCertVerificationError as error:
        problem = error.verify_message
    except (OSError, ssl.SSLError) as error:
        problem = str(error)
    else:
        problem = ""
    return problem, began.heard(
        f"TLS to {address} for {parts.hostname}, its certificate held to be trusted", problem or "taken"
    )


def _connect(
    address: str, name: str, port: int, secure: bool, context: ssl.SSLContext | None
) -> socket.socket | ssl.SSLSocket:
    line = socket.create_connection((address, port), TIMEOUT)
    if not secure:
        return line
    try:
        return (context or context_without_trust()).wrap_socket(line, server_hostname=name)
    except OSError:
        line.close()
        raise


def _exchange(
    line: socket.socket, host: str, method: str, target: str, body: bytes | None, cookies: dict[str, str] | None
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(host, timeout=TIMEOUT)
    connection.sock = line
    headers = {"Host": host, "User-Agent": "irekae-verify", "Connection": "close"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    connection.request(method, target, body, headers)
    response = connection.getresponse()
    if cookies is not None:
        for given in response.headers.get_all("Set-Cookie") or []:
            name, _, value = given.partition(";")[0].partition("=")
            cookies[name.strip()] = value.strip()
    return response.status, dict(response.getheaders()), response.read(LONGEST_PAGE)


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
    """The forms of a page."""
    reader = _FormReader()
    reader.feed(html)
    reader.close()
    return reader.found


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("method", "get").lower(), given.get("action", ""), {}))
        elif self.found and tag == "input":
            self._input(given, self.found[-1].fields)
        elif self.found and tag == "textarea":
            self._area = given.get("name", "")
            self.found[-1].fields[self._area] = ""
        elif self.found and tag == "select":
            self._select = given.get("name", "")
        elif self.found and tag == "option" and self._select is not None:
            fields = self.found[-1].fields
            if self._select not in fields or "selected" in given:
                fields[self._select] = given.get("value", "")

    @staticmethod
    def _input(given: dict[str, str], fields: dict[str, str]) -> None:
        name, kind = given.get("name"), given.get("type", "text").lower()
        if not name or kind in ("reset", "button", "image"):
            return
        if kind in ("checkbox", "radio") and "checked" not in given:
            return
        fields[name] = given.get("value", "on" if kind == "checkbox" else "")

    def handle_data(self, data: str) -> None:
        if self._area is not None and self.found:
            self.found[-1].fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None
