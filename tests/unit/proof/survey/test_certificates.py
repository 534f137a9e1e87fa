"""Certificates as rows."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from irekae.proof.survey.certificates import UNREADABLE, told

END = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)


def certificate(subject: str, issuer: str, *names: str) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    of = {word: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, word)]) for word in (subject, issuer)}
    built = x509.CertificateBuilder().subject_name(of[subject]).issuer_name(of[issuer]).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(END - timedelta(days=90)).not_valid_after(END)
    if names:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    return base64.b64encode(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)).decode()


def test_names_issuer_and_last_day_are_rows() -> None:
    rows = told(
        {"tcp/443 a": certificate("a.ac.jp", "CA", "a.ac.jp", "www.a.ac.jp"), "tcp/25 a": certificate("b", "b")}
    )
    assert rows["tcp/443 a: names"] == "a.ac.jp, www.a.ac.jp"
    assert rows["tcp/443 a: issuer"] == "CN=CA"
    assert rows["tcp/443 a: last day"] == "2030-01-02T03:04+00:00"
    assert (rows["tcp/25 a: names"], rows["tcp/25 a: issuer"]) == ("b", "itself")


def test_what_is_no_certificate_is_told_as_that() -> None:
    assert told({"tcp/443 a": base64.b64encode(b"x").decode(), "tcp/25 a": ""}) == {
        "tcp/443 a: names": UNREADABLE,
        "tcp/25 a: names": UNREADABLE,
    }
