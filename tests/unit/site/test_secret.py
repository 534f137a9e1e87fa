"""secrets.toml: read by its owner alone, and never quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from irekae.model.errors import Status, SwapError
from irekae.site.inventory import Inventory
from irekae.site.machines import Machine
from irekae.site.secret import sudo_password

IKA, OUTSIDE = Machine("ika", []), Machine("outside", [])


@pytest.mark.parametrize(
    ("text", "mode", "found"),
    [
        ('[sudo]\npassword = "x"\n', 0o600, "x"),
        ("[sudo]\npassword = 5\n", 0o600, "5"),
        ('[pop]\npassword = "x"\n', 0o600, None),
    ],
)
def test_sudo_password_is_read(inventory: Inventory, tmp_path: Path, text: str, mode: int, found: str | None) -> None:
    assert sudo_password(inventory, inventory.production, IKA) is None
    (tmp_path / "secrets.toml").write_text(text)
    (tmp_path / "secrets.toml").chmod(mode)
    assert sudo_password(inventory, inventory.production, IKA) == found


@pytest.mark.parametrize(("text", "mode", "said"), [
    ("[sudo]\npassword = 'p4ss'", 0o640, "can be read by others"),
    ("[sudo]\npassword = 'p4ss", 0o600, "is not TOML"),
    ("sudo = 'p4ss'", 0o600, "is not a table"),
    ("[sudo]\nhosts = 'p4ss'", 0o600, "is not a table"),
    ("[sudo]\npassword = 'p4ss\\nmore'".replace("'", '"'), 0o600, "more than one line"),
    ("[sudo]\npassword = 'p4ss\xff'", 0o600, "is not TOML"),
    ("[sodo]\npassword = 'p4ss'", 0o600, r"secrets.toml: \[sodo\]: unknown section"),
    ("[pop]\npasword = 'p4ss'", 0o600, r"secrets.toml: \[pop\] pasword: unknown key"),
])  # fmt: skip
def test_bad_secrets_are_refused_and_never_quoted(
    inventory: Inventory, tmp_path: Path, text: str, mode: int, said: str
) -> None:
    (tmp_path / "secrets.toml").write_bytes(text.encode("latin-1"))
    (tmp_path / "secrets.toml").chmod(mode)
    with pytest.raises(SwapError, match=said) as raised:
        sudo_password(inventory, inventory.production, IKA)
    assert raised.value.status is Status.WRONG_USE
    assert "p4ss" not in str(raised.value)
    assert raised.value.__cause__ is None


def _write(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.toml").write_text(text)
    (tmp_path / "secrets.toml").chmod(0o600)


def test_the_pairs_password_is_nobody_elses(inventory: Inventory, tmp_path: Path) -> None:
    _write(tmp_path, '[sudo]\npassword = "pair"\n')
    outside = inventory.hosts["outside"]
    assert sudo_password(inventory, outside, OUTSIDE) is None
    _write(tmp_path, '[sudo]\npassword = "pair"\n[sudo.hosts]\noutside = "own"\n')
    assert sudo_password(inventory, outside, OUTSIDE) == "own"
    assert sudo_password(inventory, inventory.production, IKA) == "pair"


def test_a_machine_keeps_its_password_when_the_names_change_places(inventory: Inventory, tmp_path: Path) -> None:
    _write(tmp_path, '[sudo]\npassword = "pair"\n[sudo.hosts]\nika = "of the machine"\n')
    assert sudo_password(inventory, inventory.standby, IKA) == "of the machine"
    assert sudo_password(inventory, inventory.production, Machine("tako", [])) == "pair"
