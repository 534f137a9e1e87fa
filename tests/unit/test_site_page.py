"""docs/site.md tells every table and key of site.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import inspect

from irekae.site.site import Site

PAGE = (Path(__file__).parents[2] / "docs/site.md").read_text(encoding="utf-8")


def keys(found: inspect.Type, table: str = "") -> Iterator[tuple[str, str]]:
    """Each table with each of its keys."""
    if isinstance(found, inspect.Metadata):
        yield from keys(found.type, table)
    elif isinstance(found, inspect.UnionType):
        for one in found.types:
            yield from keys(one, table)
    elif isinstance(found, inspect.ListType):
        yield from keys(found.item_type, table)
    elif isinstance(found, inspect.DictType):
        yield from keys(found.value_type, table)
    elif isinstance(found, inspect.StructType):
        for field in found.fields:
            yield table, field.encode_name
            yield from keys(field.type, f"{table}.{field.encode_name}".lstrip("."))


def is_told(table: str, key: str, page: str) -> bool:
    """Is the table named, and the key of it."""
    return f"[{table}" in page and re.search(rf"\b{key}\b", page) is not None


@pytest.mark.parametrize(
    ("table", "key"), sorted({(table, key) for table, key in keys(inspect.type_info(Site)) if table})
)
def test_every_key_is_told(table: str, key: str) -> None:
    assert is_told(table, key, PAGE)


def test_a_key_that_is_missing_is_found() -> None:
    assert not is_told("network", "stays", "## [network]")
    assert not is_told("network", "stays", "stays")
