"""Rows of files for the survey: lines, secrets, lists, POP's users, accounts, listeners."""

from __future__ import annotations

import os
import signal
import socket
import stat
from pathlib import Path

import pytest

from irekae.host.agent import seen, seen_accounts, seen_mail, seen_programs, seen_system

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root sees all of a host")
CASE = Path(__file__).parent / "cases/pop.auth.gdbm"
LISTED = os.listdir
OTHER_KEY = "A" * 42 + "E="


def add(path: Path, label: str = "f") -> seen.Rows:
    rows: seen.Rows = {}
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        seen.add_file(rows, label, folder, os.fsencode(path.name))
    finally:
        os.close(folder)
    return rows


def test_each_line_is_a_row_and_comments_and_blanks_are_none() -> None:
    rows: seen.Rows = {}
    seen.add_lines(rows, "f", b"# a comment\n\n root:   ueno\nroot: ueno\n#includedir /etc/x\n", public=True)
    assert rows == {"f: root: ueno": "2 times", "f: #includedir /etc/x": "1 time"}


def test_what_not_everybody_may_read_is_a_keyed_digest(tree: Path, memory: Path) -> None:
    (tree / "f").write_text("PASSWORD\n")
    (tree / "f").chmod(0o600)
    rows = add(tree / "f")
    assert len(rows) == 2
    assert not [key for key in rows if "PASSWORD" in key]
    assert add(tree / "f") == rows, "the same each time"
    seen.op_survey_key(OTHER_KEY)
    assert add(tree / "f") != rows, "with another key it is another"
    assert stat.S_IMODE((memory / seen.KEY_FILE).stat().st_mode) == 0o600


def test_a_key_is_kept_and_a_given_one_takes_its_place() -> None:
    assert seen.op_survey_key(make=False) == ""
    own = seen.op_survey_key()
    assert seen.op_survey_key() == own
    assert seen.op_survey_key(OTHER_KEY) == OTHER_KEY
    seen.KEYS.clear()
    assert seen.op_survey_key() == OTHER_KEY


def test_where_a_link_leads_is_told_and_nothing_behind_it(planted: Path) -> None:
    rows = add(planted / "file")
    assert len(rows) == 1
    assert rows["f"].startswith("link to ")


def test_copies_with_a_date_are_no_files_of_their_own(tree: Path) -> None:
    for name in (".qmail-root", ".qmail-root.20261126", ".qmail-root~", ".qmail-x.bak", "other"):
        (tree / name).write_text("&x\n")
    rows: seen.Rows = {}
    seen.add_folder(rows, str(tree), r"\.qmail")
    assert [key for key in rows if ": " not in key] == [f"{tree}/.qmail-root"]
    assert [name for _, name in seen.files_in(str(tree / "missing"))] == []


# --- mail ---


def test_members_of_a_list_are_told_in_either_layout(tree: Path) -> None:
    for folder in ("subscribers", "subscribers.d", "home"):
        (tree / folder).mkdir()
    (tree / "subscribers/A").write_bytes(b"Ta@x.jp\0Tb@x.jp\0")
    (tree / "subscribers.d/c").write_text("c@x.jp\nd@x.jp\n")
    (tree / "owner").write_text("&o@x.jp\n")
    (tree / "num").write_text("17\n")
    rows = seen_mail.op_seen_lists(str(tree / "control"), str(tree / "home"), [str(tree), str(tree / "none")])
    members = {key.rpartition(": ")[2] for key, value in rows.items() if value == "is a member"}
    assert members == {"a@x.jp", "b@x.jp", "c@x.jp", "d@x.jp"}
    assert f"{tree}/owner" in rows
    assert f"{tree}/num" not in rows, "it counts the posts"


def test_forwards_of_homes_are_told(tree: Path) -> None:
    for user, name in (("asada", ".qmail-ml"), ("kato", ".forward"), ("kato", ".bashrc")):
        (tree / "home" / user).mkdir(parents=True, exist_ok=True)
        (tree / "home" / user / name).write_text("kato@x.jp\n")
    found = seen_mail.op_seen_mail(str(tree / "qmail/control"), str(tree / "home"))["forward"]
    assert {key for key in found if ": " not in key} == {"asada/.qmail-ml", "kato/.forward"}


def test_pop_s_users_are_read_out_of_a_gdbm_file() -> None:
    assert dict(seen_mail.gdbm(CASE.read_bytes())) == {b"asada": b"one", b"kato": b"two", b"popcheck": b"three"}


def test_what_is_no_whole_gdbm_file_breaks_nothing(tree: Path) -> None:
    whole = CASE.read_bytes()
    for data in (b"", b"x" * 100, whole[:60], whole[:600]):
        assert len(dict(seen_mail.gdbm(data))) <= 3
    (tree / "pop").write_text("asada:hidden\n")
    rows = seen_mail.op_seen_pop(str(tree / "pop"))
    assert f"{tree}/pop: asada" in rows
    assert "hidden" not in str(rows)


# --- accounts ---


def test_what_shadow_says_of_a_login() -> None:
    said = [seen_accounts.locked(word) for word in (b"", b"!$6$x", b"*", b"$6$x")]
    assert said == ["without a password", "locked", "locked", "by password"]


@root
def test_every_account_has_its_rows_and_no_hash_is_told() -> None:
    found = seen_accounts.op_seen_accounts(1000, 29999)
    assert found["account"]["root"].startswith("UID 0, ")
    assert found["account"].keys() == found["groups"].keys()
    assert found["groups"]["root"].startswith("root, further: ")
    assert not any("$" in value for rows in found.values() for value in rows.values())


# --- programs ---


def test_addresses_are_told_as_people_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_programs, "given_v6", lambda: {"20010db8000500000000000000000010"})
    words = ("0100007F", "00000000", seen_programs.LOOPBACK_V6, "0" * 32, "B80D0120000000000000000001000000",
             "B80D0120000005000000000010000000")  # fmt: skip
    shown = [seen_programs.shown_address(word) for word in words]
    assert shown == ["127.0.0.1", "any IPv4", "::1", "any IPv6", "an IPv6 address", "2001:db8:5::10"]


@root
def test_a_listener_is_told_with_its_program_and_user() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        found = [key for key in seen_programs.op_seen_listeners() if key.startswith(f"tcp/{port} ")]
    assert len(found) == 1
    assert found[0].endswith(" as root")


@root
def test_a_listener_is_its_opener_s_whatever_its_child_s_number(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        inode = str(os.fstat(listening.fileno()).st_ino)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            Path("/proc/self/comm").write_text("newcomer")
            os.write(writer, b"x")
            signal.pause()
        try:
            os.read(reader, 1)
            # As after the numbers began again: who began last is looked at first.
            monkeypatch.setattr(os, "listdir", lambda path: (
                [str(child), str(os.getpid())] if path == "/proc" else LISTED(path)))  # fmt: skip
            monkeypatch.setattr(seen_programs, "began", lambda fields: fields[0] == b"newcomer")
            holder = seen_programs.socket_holders()[inode]
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reader)
            os.close(writer)
    assert not holder.startswith("newcomer")


def test_jobs_that_wait_for_at_are_told_by_their_time_the_held_ones_too(tree: Path) -> None:
    (tree / "held").mkdir()
    (tree / "held" / "a0000201bac001").write_text("x")
    (tree / "a0000101bac000").write_text("x")
    (tree / ".SEQ").write_text("1")
    waiting = seen_programs.op_seen_jobs([], [str(tree), str(tree / "held")], [])["at"]
    assert waiting == {"a0000101bac000": "2025-03-03T01:04:00Z", "a0000201bac001": "2025-03-03T01:05:00Z"}


NFT = """table ip filter {
\tchain INPUT {
\t\ttype filter hook input priority filter; policy %s;
\t\t%s
\t}
\tchain f2b-sshd {
\t\tip saddr 198.51.100.9 counter reject
\t}
}""".replace("\t", "  ")


@pytest.mark.parametrize(
    ("listing", "rules"),
    [
        (NFT % ("accept", ""), []),
        (NFT % ("accept", "tcp dport 110 counter drop"), ["chain INPUT {: tcp dport 110 counter drop"]),
        (NFT % ("drop", ""), ["chain INPUT {: type filter hook input priority filter; policy drop;"]),
        ("*filter\n:INPUT ACCEPT [3:9]\n:f2b-sshd - [0:0]\n-A INPUT -j f2b-sshd\nCOMMIT", []),
        ("*filter\n:INPUT DROP [3:9]\n-A INPUT -s 203.0.113.5/32 -j DROP\nCOMMIT",
         ["*filter: :INPUT DROP", "*filter: -A INPUT -s 203.0.113.5/32 -j DROP"]),
    ],
)  # fmt: skip
def test_a_packet_filter_is_told_by_what_it_stops(listing: str, rules: list[str]) -> None:
    """Tables are there once a rule was, and gone after a boot; counters and fail2ban's bans come and go."""
    assert list(seen_programs.rules_in(listing.splitlines())) == rules


def test_the_system_is_told_by_packages_mounts_routes_and_switches() -> None:
    found = seen_system.op_seen_system()
    assert found["mount"]["/"].endswith(")")
    assert not [place for place in found["mount"] if place.startswith(("/proc", "/sys/"))]
    assert found["kernel"]["fs/suid_dumpable"].isdigit()
    assert not [route for route in found["route"] if " dev " in route]


def test_a_route_of_ipv6_is_told_where_somebody_has_set_it() -> None:
    listing = """\
2001:db8:5::/64 dev eth0 proto kernel metric 256 pref medium
2001:db8:6::/64 dev eth0 proto ra metric 100 expires 2591995sec pref medium
default via 2001:db8:5::1 dev eth0 proto static metric 1024 onlink pref medium
blackhole 2001:db8:77::/48 dev lo metric 1024 error -22 pref medium
"""
    assert seen_system.routes_v6(listing.splitlines()) == ["default via 2001:db8:5::1", "blackhole 2001:db8:77::/48"]
    assert seen_system.routes_v6([]) == []
