"""Mailboxes of those without an account: whose they are, and whether dovecot knows them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verify.far import system, virtual_mail

ME = os.getuid() or 990


@pytest.fixture
def base(tmp_path: Path) -> Path:
    for user in ("alice", "gone"):
        (tmp_path / "example.com" / user).mkdir(parents=True)
    for path in (tmp_path / "example.com", *(tmp_path / "example.com").iterdir()):
        if os.getuid() == 0:
            os.chown(path, ME, ME)
    return tmp_path


def looked(
    monkeypatch: pytest.MonkeyPatch, base: Path, number: int, known: tuple[str, ...], transport: str = "virtual"
) -> set[str]:
    settings = {
        "virtual_mailbox_base": str(base),
        "virtual_mailbox_domains": "example.com, hash:/etc/postfix/domains",
        "virtual_transport": transport,
        "virtual_uid_maps": f"static:{number}",
        "virtual_gid_maps": "hash:/etc/postfix/gids",
    }

    def run(*argv: str) -> tuple[int, str]:
        if argv[0] == "postconf":
            return 0, "".join(f"{name} = {settings[name]}\n" for name in argv[4:])
        return (0 if argv[2] in known else virtual_mail.NO_USER), ""

    monkeypatch.setattr(virtual_mail, "ran", run)
    return set(virtual_mail.virtual_mail("/etc/postfix")["wrong"])


@pytest.mark.parametrize("known", ["alice@example.com", "alice"])
def test_one_mailbox_that_is_known_will_do(monkeypatch: pytest.MonkeyPatch, base: Path, known: str) -> None:
    assert looked(monkeypatch, base, ME, (known,)) == set()


def test_another_machine_s_number_is_told(monkeypatch: pytest.MonkeyPatch, base: Path) -> None:
    assert looked(monkeypatch, base, ME + 1, ("alice",)) == {"virtual_uid_maps"}
    assert looked(monkeypatch, base, ME + 1, ("alice",), "lmtp:unix:private/dovecot-lmtp") == set()


def test_mailboxes_of_which_dovecot_knows_none_are_told(monkeypatch: pytest.MonkeyPatch, base: Path) -> None:
    assert looked(monkeypatch, base, ME, ()) == {"doveadm user"}


def test_a_host_without_such_mailboxes_has_nothing_to_tell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert looked(monkeypatch, tmp_path, ME, ()) == set()
    monkeypatch.undo()
    monkeypatch.setattr(system, "PATH", str(tmp_path))
    assert virtual_mail.virtual_mail("/etc/postfix") == {"addresses": 0, "wrong": {}}
