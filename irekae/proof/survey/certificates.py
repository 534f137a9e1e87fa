"""Certificates as rows: names, issuer, last day."""

import base64

from cryptography import x509
from cryptography.x509.oid import NameOID

UNREADABLE = "none that can be read"


def told(certificates: dict[str, str]) -> dict[str, str]:
    """Rows of certificates (DER in base64, by where they are shown): one row each for names, issuer and last day."""
    rows: dict[str, str] = {}
    for where, text in certificates.items():
        try:
            found = x509.load_der_x509_certificate(base64.b64decode(text))
        except ValueError:
            rows[f"{where}: names"] = UNREADABLE
            continue
        rows[f"{where}: names"] = ", ".join(sorted(_names(found)))
        itself = found.issuer == found.subject
        rows[f"{where}: issuer"] = "itself" if itself else found.issuer.rfc4514_string()
        rows[f"{where}: last day"] = found.not_valid_after_utc.isoformat(timespec="minutes")
    return rows


def _names(certificate: x509.Certificate) -> set[str]:
    try:
        more = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        more = None
    names = set(more.get_values_for_type(x509.DNSName)) if more else set()
    return names | {str(part.value) for part in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)}
