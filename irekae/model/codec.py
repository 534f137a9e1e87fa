"""Results to JSON and back, their schema and their digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
from msgspec.structs import replace

from irekae.model.errors import SwapError
from irekae.model.results import Acceptance, Signature
from irekae.model.typed import decoded


def to_json(results: Acceptance) -> bytes:
    """Return `results` as indented JSON, UTF-8, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(_settled(results)), indent=1) + b"\n"


def from_json(data: bytes | str) -> Acceptance:
    """Return the results that `data` holds.

    Raises:
        SwapError: it is not JSON, has a key that is not known, or is of another version.
    """
    try:
        return decoded(data, Acceptance)
    except msgspec.DecodeError as wrong:
        raise SwapError(
            "these are not results of irekae that can be read",
            detail=str(wrong),
            hint="use the version of irekae that wrote the file",
        ) from wrong


def digest(results: Acceptance) -> str:
    """Return the sha256 of `results` without their signature, as 64 hex digits.

    What is hashed is canonical JSON, so that anybody can compute it from acceptance.json with the standard library:
    the key ``signature`` removed, keys sorted, no white space, UTF-8 (``json.dumps(…, sort_keys=True,
    separators=(",", ":"), ensure_ascii=False)``).
    """
    plain: dict[str, Any] = json.loads(to_json(results))
    del plain["signature"]
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def sealed(results: Acceptance, commit: str) -> Acceptance:
    """Return `results` with a signature block that names `commit` and their digest; nobody has accepted them yet."""
    return replace(results, signature=Signature(commit=commit, digest=digest(results)))


def schema() -> str:
    """Return the JSON Schema of the results, as kept in docs/report.schema.json."""
    described = msgspec.json.schema(Acceptance)
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "irekae acceptance"} | described
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


def _settled(results: Acceptance) -> Acceptance:
    """Return what a reader of the JSON gets: an int given for a float field becomes the float that it stands for."""
    try:
        return decoded(msgspec.json.encode(results), Acceptance)
    except UnicodeEncodeError as wrong:
        raise SwapError(
            "a result holds text that is not Unicode",
            detail=str(wrong),
            hint="pass what comes from a host through legible.legible",
        ) from wrong
