from __future__ import annotations

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace

from irekae.model import codec
from irekae.model.errors import SwapError
from irekae.model.results import Evidence
from tests.unit.report.sample import clock, sample

SCHEMA = Path(__file__).parents[3] / "docs" / "report.schema.json"


def test_results_survive_json() -> None:
    assert codec.from_json(codec.to_json(sample())) == sample()


def test_json_of_results_fits_the_published_schema() -> None:
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(codec.to_json(sample())), schema)


def test_schema_refuses_an_outcome_that_does_not_exist() -> None:
    broken = json.loads(codec.to_json(sample()))
    broken["checks"][0]["outcome"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, json.loads(SCHEMA.read_text()))


def test_published_schema_is_current() -> None:
    assert SCHEMA.read_text() == codec.schema(), "write it again: irekae.report.codec.schema()"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'"site"', b'"sight"', "sight"),
        (b'"version": 1', b'"version": 2', "version"),
        (b'"outcome": "passed"', b'"outcome": "fine"', "fine"),
        (b'"took": ', b'"took": -', "took"),
        (b"T13:07:00.000+09:00", b"T13:07:00", "generated_at"),
        (b"{", b"[", "array"),
        (b'"run": ', b'"run" ', "malformed"),
    ],
)
def test_json_that_is_not_ours_is_refused_with_its_place(old: bytes, new: bytes, told: str) -> None:
    with pytest.raises(SwapError) as refused:
        codec.from_json(codec.to_json(sample()).replace(old, new, 1))
    assert told in str(refused.value)


def test_digest_can_be_computed_from_the_file_with_the_standard_library_alone() -> None:
    results = sample()
    plain = json.loads(codec.to_json(results))
    claimed = plain.pop("signature")["digest"]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert claimed == hashlib.sha256(text.encode()).hexdigest()


def test_digest_is_the_same_before_and_after_the_file() -> None:
    whole_seconds = replace(sample(), figures={"verify": 24})
    assert codec.digest(codec.from_json(codec.to_json(whole_seconds))) == codec.digest(whole_seconds)


def test_text_that_is_not_unicode_is_refused_by_name() -> None:
    results = sample()
    check = replace(results.checks[0], evidence=(Evidence("cat", "\udcff", "ika", clock(1), 0.1),))
    with pytest.raises(SwapError, match="not Unicode"):
        codec.to_json(replace(results, checks=(check,)))
