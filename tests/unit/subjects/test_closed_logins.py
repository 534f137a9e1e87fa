"""Logins are closed to all but the operators (1.7), never to the operator himself."""

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.subjects.closed_logins import NOLOGIN, close_logins, let_past, open_logins, without_exceptions
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

SSHD = """# PAM configuration for the Secure Shell service
@include common-auth
# Disallow non-root logins when /etc/nologin exists.
account    required     pam_nologin.so
@include common-account
"""
LOGIN = "auth       requisite  pam_nologin.so\nauth optional pam_group.so\n"
OTHER = "#account required pam_nologin.so\nsession required pam_unix.so\n"
ME = Item("1.7", "keep-out", "", "", On.BOTH, lambda *_: None, "+", EXACT, False, False, False)

# Any item of a later phase, on the same machine.
LATER = Item("4.9", "later", "", "", On.BOTH, lambda *_: None, "M", EXACT, False, False, False)


@pytest.fixture
def host(swap: Swap, ika: FarEnd, monkeypatch: pytest.MonkeyPatch) -> Host:
    for name, text in (("sshd", SSHD), ("login", LOGIN), ("cron", OTHER)):
        ika.put(f"/etc/pam.d/{name}", text)
    monkeypatch.setattr(ika, "_spawn", lambda argv, log: ika.ran.append(list(argv)), raising=False)
    return swap.host(ME, On.PRODUCTION)


@pytest.fixture
def let_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each name at which a fresh login was tried."""
    tried: list[str] = []
    monkeypatch.setattr(Swap, "want_login", lambda self, entry: tried.append(entry.name))
    return tried


def test_the_exception_stands_right_before_what_it_skips() -> None:
    lines = let_past(SSHD.encode(), ["hayashi", "mori"]).decode().splitlines()
    at = lines.index("account    required     pam_nologin.so")
    assert lines[at - 1].startswith("account [success=1 default=ignore] pam_succeed_if.so quiet user in hayashi:mori ")
    assert let_past(LOGIN.encode(), ["mori"]).startswith(b"auth [success=1 default=ignore] ")
    assert let_past(OTHER.encode(), ["mori"]) == OTHER.encode()


lines = st.sampled_from(
    [
        *SSHD.splitlines(keepends=True),
        *LOGIN.splitlines(keepends=True),
        "-account [default=bad] pam_nologin.so x\n",
        "\n",
    ]
)


@given(st.lists(lines).map(lambda parts: "".join(parts).encode()))
def test_taken_away_again_the_file_is_as_it_was(text: bytes) -> None:
    closed = let_past(text, ["hayashi"])
    assert without_exceptions(closed) == text
    assert let_past(closed, ["hayashi"]) == closed
    assert closed.count(b"pam_succeed_if") == sum(
        b"pam_nologin.so" in line and not line.startswith(b"#") for line in text.splitlines()
    )


def test_logins_are_closed_and_a_fresh_one_proves_that_the_operator_gets_in(
    swap: Swap, ika: FarEnd, host: Host, let_in: list[str]
) -> None:
    close_logins(host, swap)
    assert ika.path(NOLOGIN).exists()
    assert let_in == ["ika"]
    assert "rm -f /etc/nologin" in ika.ran[-1][-1], "the host opens them by itself if this seat dies unproved"
    assert b"user in" in ika.path("/etc/pam.d/sshd").read_bytes()
    open_logins(swap.host(LATER, On.PRODUCTION))
    assert not ika.path(NOLOGIN).exists()
    assert ika.path("/etc/pam.d/sshd").read_text() == SSHD
    assert ika.path("/etc/pam.d/login").read_text() == LOGIN


def test_an_operator_who_would_be_shut_out_finds_them_open_again(
    swap: Swap, ika: FarEnd, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Swap, entry: object) -> None:
        raise SwapError("ika refuses us")

    monkeypatch.setattr(Swap, "want_login", refused)
    with pytest.raises(SwapError, match="the operator himself cannot log in at ika"):
        close_logins(host, swap)
    assert not ika.path(NOLOGIN).exists()


def test_where_nothing_asks_for_it_logins_stay_open_and_that_is_told(
    swap: Swap, ika: FarEnd, let_in: list[str]
) -> None:
    one = swap.host(ME, On.PRODUCTION)
    close_logins(one, swap)
    assert not ika.path(NOLOGIN).exists()
    assert "logins stay open" in one.record.notes[0]
    assert let_in == []


def test_a_plan_changes_nothing_and_tries_nothing(swap: Swap, host: Host, let_in: list[str]) -> None:
    planned = swap.as_plan().host(ME, On.PRODUCTION)
    close_logins(planned, swap)
    assert planned.record.changes >= 3
    assert let_in == []


def test_a_file_that_nobody_has_proved_is_proved_by_the_next_call(
    swap: Swap, ika: FarEnd, host: Host, let_in: list[str]
) -> None:
    close_logins(host, swap)
    proof = ika.path(f"{swap.site.site.state}/logins-proved")
    assert proof.read_bytes() == b""
    proof.write_bytes(b"asked")  # as a call leaves it that is ended before the login
    close_logins(host, swap)
    assert (let_in, proof.read_bytes()) == (["ika", "ika"], b"")
    close_logins(host, swap)
    assert let_in == ["ika", "ika"]


@pytest.mark.parametrize(("proof", "open_again"), [("{asked}", True), ("", False), ("another's", False)])
def test_the_host_opens_them_unless_they_were_proved_or_somebody_asked_anew(
    swap: Swap, ika: FarEnd, host: Host, let_in: list[str], tmp_path: Path, proof: str, open_again: bool
) -> None:
    close_logins(host, swap)
    script = ika.ran[-1][-1].replace("sleep 90", "true")
    asked = re.search(r"!= (\w+) ", script)
    assert asked
    closed, proved = tmp_path / "nologin", tmp_path / "proved"
    closed.touch()
    proved.write_text(proof.format(asked=asked[1]))
    script = script.replace(f"{swap.site.site.state}/logins-proved", str(proved)).replace(NOLOGIN, str(closed))
    subprocess.run(["sh", "-c", script], check=True)
    assert closed.exists() is not open_again
