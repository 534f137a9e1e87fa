"""https asked by address: the name goes into SNI, and each certificate is seen before it is trusted."""

from __future__ import annotations

import http.server
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from verify.http_client import ask, context_trusting, fingerprint


class Page(http.server.BaseHTTPRequestHandler):
    """Answers to whom it was called by."""

    def do_GET(self) -> None:
        body = b"<p>page</p>" * 10
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass


class Quiet(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is no error of the server's."""


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    argv += ["-subj", "/CN=ika.example", "-addext", "subjectAltName=DNS:ika.example", "-days", "2"]
    subprocess.run([*argv, "-keyout", path.with_name("key"), "-out", path], check=True, capture_output=True)
    return path


@pytest.fixture
def server(pem: Path) -> Iterator[tuple[int, list[str | None]]]:
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, pem.with_name("key"))
    context.sni_callback = lambda _line, name, _context: names.append(name)
    with Quiet(("127.0.0.1", 0), Page) as made:
        made.socket = context.wrap_socket(made.socket, server_side=True)
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made.server_address[1], names
        made.shutdown()


def test_the_name_is_told_and_the_certificate_seen(server: tuple[int, list[str | None]], pem: Path) -> None:
    port, names = server
    answer = ask("127.0.0.1", f"https://ika.example:{port}/x")
    assert (answer.status, answer.text) == (200, "<p>page</p>" * 10)
    assert names == ["ika.example"]
    assert fingerprint(answer.certificate) == fingerprint(ssl.PEM_cert_to_DER_cert(pem.read_text()))


def test_a_trusted_certificate_is_for_its_name_alone(server: tuple[int, list[str | None]], pem: Path) -> None:
    port, _ = server
    context = context_trusting(pem.read_text())
    assert ask("127.0.0.1", f"https://ika.example:{port}/", context=context).status == 200
    other = ask("127.0.0.1", f"https://tako.example:{port}/", context=context)
    assert other.status == 0
    assert "tako.example" in other.problem


def test_another_s_certificate_is_not_trusted(server: tuple[int, list[str | None]]) -> None:
    port, _ = server
    strict = ssl.create_default_context()
    refused = ask("127.0.0.1", f"https://ika.example:{port}/", context=strict)
    assert (refused.status, "self-signed" in refused.problem) == (0, True)


def test_what_does_not_speak_tls_is_told(server: tuple[int, list[str | None]]) -> None:
    plain = ask("127.0.0.1", f"http://ika.example:{server[0]}/")
    assert plain.status == 0
    assert plain.problem
