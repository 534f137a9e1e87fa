from __future__ import annotations

from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.editors import EDITORS, Exchange
from irekae.site.site import NamedFile
from tests.unit.host.editors.pair import TO_IKA, TO_TAKO

every_editor = pytest.mark.parametrize("editor", sorted(EDITORS))


def test_site_data_names_only_editors_that_exist() -> None:
    (editor,) = [field for field in msgspec.structs.fields(NamedFile) if field.name == "editor"]
    assert set(EDITORS) == set(get_args(editor.type))


@every_editor
@given(text=st.binary())
def test_any_bytes_without_a_name_come_back_as_they_were(editor: str, text: bytes) -> None:
    edited = EDITORS[editor](text, TO_IKA)
    assert (edited.text, edited.changes) == (text, ())


@every_editor
@pytest.mark.parametrize("exchange", [TO_IKA, TO_TAKO], ids=["to ika", "to tako"])
def test_an_empty_file_stays_empty(editor: str, exchange: Exchange) -> None:
    assert EDITORS[editor](b"", exchange).text == b""
