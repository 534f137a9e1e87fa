"""secrets.toml: read by its owner alone, and never quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from irekae.model.errors import Status, SwapError
from irekae.site.inventory import Inventory
from irekae.site.secret import sudo_password


@pytest.mark.parametrize(
    ("text", "mode", "found"),
    [
        ('[sudo]\npassword = "x"\n', 0o600, "x"),
        ("[sudo]\npassword = 5\n", 0o600, "5"),
        ('[pop]\npassword = "x"\n', 0o600, None),
    ],
)
def test_sudo_password_is_read(inventory: Inventory, tmp_path: Path, text: str, mode: int, found: str | None) -> None:
    assert sudo_password(inventory) is None
    (tmp_path / "secrets.toml").write_text(text)
    (tmp_path / "secrets.toml").chmod(mode)
    assert sudo_password(inventory) == found


@pytest.mark.parametrize(("text", "mode", "said"), [
    ("[sudo]\npassword = 'p4ss'", 0o640, "can be read by others"),
    ("[sudo]\npassword = 'p4ss", 0o600, "is not TOML"),
    ("sudo = 'p4ss'", 0o600, "is not a table"),
    ("[sudo]\npassword = 'p4ss\xff'", 0o600, "is not TOML"),
])  # fmt: skip
def test_bad_secrets_are_refused_and_never_quoted(
    inventory: Inventory, tmp_path: Path, text: str, mode: int, said: str
) -> None:
    (tmp_path / "secrets.toml").write_bytes(text.encode("latin-1"))
    (tmp_path / "secrets.toml").chmod(mode)
    with pytest.raises(SwapError, match=said) as raised:
        sudo_password(inventory)
    assert raised.value.status is Status.WRONG_USE
    assert "p4ss" not in str(raised.value)
    assert raised.value.__cause__ is None
