"""`fab init`: the pair that the command line names, and whose passwords it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from irekae.cli.beginning import _given
from irekae.model.errors import SwapError
from irekae.subjects.first_site import loading, writing
from tests.unit.subjects.first_site.test_first_site import Host


def test_a_host_may_have_its_sshd_at_another_port(tmp_path: Path) -> None:
    found = _given(tmp_path, "mars=192.0.2.1:2222", "venus=192.0.2.2", "mori")
    assert [(one.address, one.port, one.user) for one in found.pair] == [
        ("192.0.2.1", 2222, "mori"),
        ("192.0.2.2", 22, "mori"),
    ]
    eyes = []
    for entry in found.pair:
        one = Host({"hostname -f": f"{entry.name}.example.net"})
        one.link = type("Link", (), {"entry": entry})()
        eyes.append(one)
    text = writing.hosts_ini(found, eyes[0], eyes[1])
    written = loading.known_of(tmp_path / "hosts.ini", text, found)
    assert written is not found
    assert [one.port for one in written.pair] == [2222, 22]


@pytest.mark.parametrize("where", ["mars", "mars=192.0.2.1:x", "mars=192.0.2.1:"])
def test_what_is_no_address_is_wrong_use(tmp_path: Path, where: str) -> None:
    with pytest.raises(SwapError):
        _given(tmp_path, where, "venus=192.0.2.2", "")


def test_the_passwords_of_the_current_folder_are_taken_where_the_pair_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, seat = tmp_path / "pair", tmp_path / "seat"
    pair.mkdir()
    seat.mkdir()
    monkeypatch.chdir(seat)
    names = "mars=192.0.2.1", "venus=192.0.2.2", ""
    assert _given(pair, *names).secrets == pair / "secrets.toml"
    (seat / "secrets.toml").touch()
    assert _given(pair, *names).secrets == seat / "secrets.toml"
    (pair / "secrets.toml").touch()
    assert _given(pair, *names).secrets == pair / "secrets.toml"
