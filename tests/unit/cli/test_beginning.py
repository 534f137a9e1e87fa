"""`fab init`: the pair that the command line names, and whose passwords it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from irekae.cli.beginning import _given, _pair, _want_fitting
from irekae.cli.named_pair import Named
from irekae.model.errors import SwapError
from irekae.subjects.first_site import loading, writing
from tests.unit.subjects.first_site.test_first_site import Host


def test_a_host_may_have_its_sshd_at_another_port(tmp_path: Path) -> None:
    found = _given(Named(str(tmp_path), "mars=192.0.2.1:2222", "venus=192.0.2.2", "mori"))
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


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("mars", "NAME=ADDRESS"),
        ("mars=", "NAME=ADDRESS"),
        ("mars=mars", "an IPv4 address was expected, found 'mars'"),
        ("mars=192.0.2.300", "found '192.0.2.300'"),
        ("mars=2001:db8::1", "found '2001:db8::1'"),
        ("mars=192.0.2.1:x", "a port was expected, found 'x'"),
        ("mars=192.0.2.1:", "a port"),
        ("ma rs=192.0.2.1", "is no host name"),
        ("mars-=192.0.2.1", "is no host name"),
        ("venus=192.0.2.1", "have the same name, venus"),
        ("mars=192.0.2.2", "have the same address, 192.0.2.2"),
    ],
)
def test_what_is_wrong_on_the_command_line_is_told_with_its_option(tmp_path: Path, where: str, why: str) -> None:
    with pytest.raises(SwapError) as raised:
        _given(Named(str(tmp_path), where, "venus=192.0.2.2"))
    error = raised.value
    assert f"--production {where}" in error.what
    assert why in error.what
    assert "hosts.ini" not in f"{error}"
    assert f"`fab init --out {tmp_path} --production " in error.hint


@pytest.mark.parametrize("user", ["a b", "o'neill", "x\n[outside]"])
def test_an_account_that_is_none_is_told(user: str) -> None:
    with pytest.raises(SwapError, match="--user"):
        _given(Named(".", "mars=192.0.2.1", "venus=192.0.2.2", user))


HOSTS = """\
[production]
mars ansible_host=192.0.2.1 fqdn=mars.example
[standby]
venus ansible_host=192.0.2.2 fqdn=venus.example
"""


def test_the_pair_of_a_clone_whose_machines_nobody_has_pinned_is_not_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IREKAE_INVENTORY", raising=False)
    clone, new = tmp_path / "clone", tmp_path / "new"
    clone.mkdir()
    monkeypatch.chdir(clone)
    for text in ("", HOSTS):
        if text:
            Path("hosts.ini").write_text(text)
        with pytest.raises(SwapError, match="no pair is named") as raised:
            _pair(Named(str(new)))
        assert "fab trust" not in f"{raised.value}"
        assert raised.value.hint == f"`fab init --out {new} --production NAME=ADDRESS --standby NAME=ADDRESS`"
    Path(".irekae").mkdir()
    Path(".irekae/machines.json").touch()
    assert _pair(Named(str(new))).path == clone / "hosts.ini"


@pytest.mark.parametrize(
    ("production", "user", "fits"),
    [
        ("", "", True),
        ("mars=192.0.2.1", "", True),
        ("mars=192.0.2.1:22", "", True),
        ("mars=192.0.2.1", "mori", False),
        ("mars=192.0.2.1", "here", True),
        ("mars=192.0.2.1:2222", "", False),
        ("mars=192.0.2.3", "", False),
        ("merkur=192.0.2.1", "", False),
    ],
)
def test_a_hosts_ini_that_is_there_is_that_of_the_pair_or_refused(
    tmp_path: Path, production: str, user: str, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "here")
    (tmp_path / "hosts.ini").write_text(HOSTS)
    named = Named(str(tmp_path), production, "venus=192.0.2.2" if production else "", user)
    if fits:
        assert _pair(named).path == tmp_path / "hosts.ini"
    else:
        with pytest.raises(SwapError, match="does not fit") as raised:
            _pair(named)
        assert "`fab init --out FOLDER --production" in raised.value.hint


@pytest.mark.parametrize(("host", "fits"), [("mars", True), ("merkur", False)])
def test_a_site_toml_that_is_there_speaks_of_the_pair_or_is_refused(tmp_path: Path, host: str, fits: bool) -> None:
    named = Named(str(tmp_path), "mars=192.0.2.1", "venus=192.0.2.2")
    _want_fitting(tmp_path / "site.toml", named.inventory(), named)
    (tmp_path / "site.toml").write_text(f'[site]\nservice_name = "{{{host}.fqdn}}"\n')
    if fits:
        _want_fitting(tmp_path / "site.toml", named.inventory(), named)
    else:
        with pytest.raises(SwapError, match="speaks of other hosts"):
            _want_fitting(tmp_path / "site.toml", named.inventory(), named)


def test_the_passwords_of_the_current_folder_are_taken_where_the_pair_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, seat = tmp_path / "pair", tmp_path / "seat"
    pair.mkdir()
    seat.mkdir()
    monkeypatch.chdir(seat)
    names = "mars=192.0.2.1", "venus=192.0.2.2", ""
    assert _given(Named(str(pair), *names)).secrets == pair / "secrets.toml"
    assert _given(Named(str(tmp_path / "new"), *names)).secrets == seat / "secrets.toml", "where it can be made now"
    (seat / "secrets.toml").touch()
    assert _given(Named(str(pair), *names)).secrets == seat / "secrets.toml"
    (pair / "secrets.toml").touch()
    assert _given(Named(str(pair), *names)).secrets == pair / "secrets.toml"
