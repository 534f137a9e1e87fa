"""Servers on this computer that speak IMAP, POP3 and submission over TLS, well or badly; and certificates for them."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME, USER, SECRET = "mail.example.org", "postcheck", 'right"one'
Answer = Callable[[socket.socket], None]


class Authority:
    """Signs certificates; `pem` is what a computer must trust."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Root")])
        self.pem = folder / "root.pem"
        root = self._signed(self.name, self.key.public_key(), 365, [], authority=True)
        self.pem.write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def _signed(self, name: x509.Name, key: Any, days: float, names: list[str], authority: bool) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder(self.name, name, key, x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(days=400))
        builder = builder.not_valid_after(now + datetime.timedelta(days=days))
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        if names:
            others = x509.SubjectAlternativeName([x509.DNSName(one) for one in names])
            builder = builder.add_extension(others, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def context(self, name: str = NAME, days: float = 60, by_itself: bool = False) -> ssl.SSLContext:
        """A server's side with a certificate for a name, for so many days, of the authority or self-made."""
        key = ec.generate_private_key(ec.SECP256R1())
        if by_itself:
            self.key, self.name = key, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        subject = self.name if by_itself else x509.Name([])
        signed = self._signed(subject, key.public_key(), days, [name], authority=False)
        plain = serialization.NoEncryption()
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        path = self.folder / "server.pem"
        path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


class Talk:
    """A server's side of a conversation, a line at a time; TLS from the start, or when it is asked for."""

    def __init__(self, line: socket.socket, context: ssl.SSLContext, covered: bool) -> None:
        self.line: Any = line
        self.context = context
        self.covered = covered
        if covered:
            self.line = context.wrap_socket(line, server_side=True)
        self.file = self.line.makefile("rb")

    def cover(self) -> None:
        self.file.close()
        self.line = self.context.wrap_socket(self.line, server_side=True)
        self.file = self.line.makefile("rb")
        self.covered = True

    def hear(self) -> str:
        return str(self.file.readline().decode().rstrip("\r\n"))

    def say(self, *lines: str) -> None:
        self.line.sendall("".join(f"{one}\r\n" for one in lines).encode())

    def close(self) -> None:
        self.file.close()
        self.line.close()


def serving(context: ssl.SSLContext, covered: bool, talk: Callable[[Talk], None]) -> Answer:
    """An answer for `small_servers.server`; a client that hangs up ends it."""

    def answer(line: socket.socket) -> None:
        line.settimeout(5)
        try:
            held = Talk(line, context, covered)
        except OSError:
            return
        try:
            talk(held)
        except (OSError, ValueError):
            pass
        finally:
            held.close()

    return answer


def imap(
    box: list[str], lets_in: Callable[[str], bool] = lambda words: words.endswith('"right\\"one"'), plain: bool = False
) -> Any:
    """IMAP over a mailbox of messages; lets_in: is asked of the LOGIN; plain: passwords are taken before TLS."""

    def talk(held: Talk) -> None:
        held.say("* OK ready")
        doomed: list[int] = []
        while words := held.hear():
            tag, _, command = words.partition(" ")
            if command == "CAPABILITY":
                held.say(f"* CAPABILITY IMAP4rev1 {'' if held.covered or plain else 'LOGINDISABLED'}")
            if command == "STARTTLS":
                held.say(f"{tag} OK begin")
                held.cover()
                continue
            if command.startswith("LOGIN") and not lets_in(command):
                held.say(f"{tag} NO no")
                continue
            if command.startswith("UID SEARCH"):
                mark = command.split('"')[1]
                held.say("* SEARCH " + " ".join(str(n) for n, text in enumerate(box) if mark in text))
            elif command.startswith("UID FETCH"):
                text = box[int(command.split()[2])].replace("\n", "\r\n")
                held.say(f"* 1 FETCH (UID 1 BODY[] {{{len(text.encode())}}}", f"{text})")
            elif command.startswith("UID STORE"):
                doomed.append(int(command.split()[2]))
            elif command == "EXPUNGE":
                box[:] = [text for n, text in enumerate(box) if n not in doomed]
            held.say(f"{tag} OK done")

    return talk


def pop3(
    box: list[str], lets_in: Callable[[str], bool] = lambda words: words == f"PASS {SECRET}", plain: bool = False
) -> Any:
    """POP3 over a mailbox of messages; plain: passwords are taken before TLS."""

    def talk(held: Talk) -> None:
        held.say("+OK ready")
        doomed: list[int] = []
        while words := held.hear():
            if words == "STLS":
                held.say("+OK begin")
                held.cover()
            elif words.startswith("PASS") and not lets_in(words):
                held.say("-ERR no")
            elif words == "STAT":
                held.say(f"+OK {len(box)} 100")
            elif words.startswith("RETR"):
                lines = box[int(words.split()[1]) - 1].split("\n")
                held.say("+OK", *(f".{one}" if one.startswith(".") else one for one in lines), ".")
            elif words.startswith("DELE"):
                doomed.append(int(words.split()[1]) - 1)
                held.say("+OK")
            elif words == "QUIT":
                box[:] = [text for n, text in enumerate(box) if n not in doomed]
                held.say("+OK")
            elif words == "CAPA":
                held.say("+OK", "STLS", *(["USER"] if held.covered or plain else []), ".")
            else:
                held.say("+OK")

    return talk


def submission(taken: list[str], relays: bool = False, plain: bool = False, anybody: bool = False) -> Any:
    """Submission; what it takes is kept. relays: for strangers; plain: AUTH before TLS; anybody: with any password."""

    def talk(held: Talk) -> None:
        held.say("220 ready")
        known = False
        while words := held.hear():
            if words.startswith("EHLO"):
                offers = ["STARTTLS"] if not held.covered else []
                offers += ["AUTH PLAIN"] if held.covered or plain else []
                held.say("250-here", *(f"250-{one}" for one in offers), "250 8BITMIME")
            elif words == "STARTTLS":
                held.say("220 begin")
                held.cover()
            elif words.startswith("AUTH"):
                known = anybody or words == "AUTH PLAIN AHBvc3RjaGVjawByaWdodCJvbmU="
                held.say("235 in" if known else "535 no")
            elif words.startswith("RCPT"):
                held.say("250 ok" if known or relays else "554 no")
            elif words == "DATA":
                held.say("354 go on")
                lines = list(iter(held.hear, "."))
                taken.append("\n".join(lines))
                held.say("250 queued")
            else:
                held.say("250 ok")

    return talk
