"""Configuration files, read as their own readers read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.site.inventory import Inventory
from verify.httpd import values
from verify.mounts import fstab_options, mounts_of
from verify.naming import foreign_lines, names_of, said
from verify.resolver import resolver_config
from verify.sshd_files import arguments, included, root_rules
from verify.zones import at_least, moving_zones, zone_files


def no_files(pattern: str) -> list[tuple[str, str]]:
    return []


# --- sshd_config ---


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("no  # text", ("no",)),
        ('"no"', ("no",)),
        ("'no' #", ("no",)),
        ("no#text", ("no#text",)),
        ('kato "a b"  c', ("kato", "a b", "c")),
        ("no\r", ("no",)),
        ("", ()),
        ('""', ("",)),
    ],
)
def test_a_line_of_sshd_config_is_split_as_sshd_splits_it(line: str, words: tuple[str, ...]) -> None:
    assert arguments(line) == words


def test_root_rules_say_where_they_count() -> None:
    text = (
        "#PermitRootLogin yes\npermitrootlogin=no\nMatch Address 203.0.113.0/24 User root # x\n  PermitRootLogin yes\n"
    )
    assert [(rule.line, rule.value, rule.where) for rule in root_rules("/etc/ssh/sshd_config", text, no_files)] == [
        (2, "no", "everywhere"),
        (4, "yes", "Match Address 203.0.113.0/24 User root"),
    ]


def test_a_rule_of_an_included_file_counts_where_it_is_included() -> None:
    files = {
        "/etc/ssh/more/*": [("/etc/ssh/more/a", "Match user x\nPermitRootLogin yes\n")],
        "/b": [("/b", "Include /b\n")],
    }
    text = "Include more/*\nPermitRootLogin no\nMatch Group g\nInclude /b more/*\n"
    found = root_rules("/c", text, lambda pattern: files[pattern])
    assert [(rule.path, rule.value, rule.where) for rule in found] == [
        ("/etc/ssh/more/a", "yes", "Match user x"),
        ("/c", "no", "everywhere"),
        ("/etc/ssh/more/a", "yes", "Match user x"),
    ]
    assert included(text) == ["/etc/ssh/more/*", "/b", "/etc/ssh/more/*"]


# --- resolv.conf ---


def test_resolv_conf_is_read_as_the_library_reads_it() -> None:
    text = "# 7.6\n; old\noptions timeout:1\n\nnameserver \t127.0.0.1 \ndomain Scitec.kobe-u.ac.jp.\n nameserver 1\n"
    found = resolver_config(text)
    assert (found.servers, found.search, found.options) == (("127.0.0.1",), ("scitec.kobe-u.ac.jp",), ("timeout:1",))
    assert resolver_config("search a b\ndomain c\n").search == ("c",), "the last one counts"
    assert resolver_config("nameserver 1\n" * 5).servers == ("1",) * 3
    assert resolver_config("").told() == "nothing"


# --- named.conf ---


def test_zone_files_are_the_server_s_own_zones_whatever_stands_within() -> None:
    shown = """options {\n\tdirectory "/var/named";\n\tallow-transfer {\n\t\t"none";\n\t};\n};
    zone "Epa.example." {\n\ttype master;\n\tallow-transfer {\n\t\t192.0.2.1/32;\n\t};\n\tfile "epa.zone";\n};
    view "inside" {\n\tzone "cps.example" IN {\n\t\tfile "/etc/cps; zone";\n\t\ttype primary;\n\t};\n};
    zone "." {\n\ttype hint;\n\tfile "root";\n};\nzone "old.example" {\n\ttype slave;\n\tfile "x";\n};\n"""
    assert zone_files(shown) == {"epa.example": "/var/named/epa.zone", "cps.example": "/etc/cps; zone"}


@pytest.mark.parametrize(
    ("setting", "moves"),
    [
        ("dnssec-policy default;", True), ("inline-signing yes;", True), ("allow-update { key ddns; };", True),
        ("update-policy local;", True), ("dnssec-policy none;", False), ("allow-update { none; };", False),
        ('allow-update {\n "none";\n};', False), ("notify yes;", False),
    ],
)  # fmt: skip
def test_a_zone_that_named_signs_or_lets_update_moves_by_itself(setting: str, moves: bool) -> None:
    zone = 'zone "Epa.example." { type master; file "x"; %s };'
    assert ("epa.example" in moving_zones(zone % setting)) is moves
    assert ("epa.example" in moving_zones(f"options {{ {setting} }}; {zone % ''}")) is moves
    assert ("epa.example" in moving_zones(f'view "v" {{ {setting} {zone % ""} }};')) is moves


def test_serials_come_round() -> None:
    assert at_least(5, 5)
    assert at_least(2, 2**32 - 3)
    assert not at_least(2026010101, 2026010102)
    assert not at_least(0, 2026010101)


# --- httpd.conf ---


def test_a_directive_of_httpd_is_found_in_any_case_and_quotes() -> None:
    text = (
        'sslcertificatefile "/a b.crt"\n\tSSLCertificateFile\t/c.crt\n# SSLCertificateFile /d\nSSLCertificateFileX /e\n'
    )
    assert values(text, "sslcertificatefile") == ["/a b.crt", "/c.crt"]


# --- fstab, mounts ---


def test_what_fstab_does_not_call_read_only_is_to_be_written_to() -> None:
    text = "/dev/sda1 / ext4 errors=remount-ro 0 1\n/dev/sr0 /cd iso9660 user 0 0\n"
    text += "/dev/sdb /a\\040b ext4 ro\n# /dev/x /x ext4 rw\n"
    found = fstab_options(text)
    assert {path for path, options in found.items() if "rw" in options} == {"/"}
    assert set(found) == {"/", "/cd", "/a b"}
    assert mounts_of(["/", "/home", "/var/spool"], ["/home/x", "/homes", "/var/spool/q"]) == {
        "/",
        "/home",
        "/var/spool",
    }


# --- names of hosts ---


@pytest.mark.parametrize(
    ("editor", "line", "left"),
    [
        ("zone", "  NS ika. ; tako", "  NS ika."),
        ("zone", 'TXT "a;tako" ; x', 'TXT "a;tako"'),
        ("perl", "$a = 'tako'; # tako", "$a = 'tako';"),
        ("perl", "$a = '# tako';", "$a = '# tako';"),
        ("perl", "$#list = 3; s#tako#ika#;", "$#list = 3; s#tako#ika#;"),
        ("shell", "a='x#tako' # tako", "a='x#tako'"),
        ("shell", "a=x#tako", "a=x#tako"),
        ("hostname", "# tako", ""),
        ("text", "# tako", "# tako"),
    ],
)
def test_a_comment_says_nothing(editor: str, line: str, left: str) -> None:
    assert said(editor, f"{line}\n") == ([left] if left else [])


def test_a_line_about_both_hosts_is_about_neither(inventory: Inventory) -> None:
    own, other = inventory.pair
    lines = [f"{own.name} and {other.name}", other.name, own.fqdn]
    assert foreign_lines(own, other, lines) == [other.name]
    assert names_of(own, lines) == [lines[0], own.fqdn]


@pytest.mark.parametrize("key", ["dc_other_hostnames", "mydestination", "  myhostname "])
def test_what_a_host_is_called_names_no_other_host_beside_it(inventory: Inventory, key: str) -> None:
    own, other = inventory.pair
    line = f"{key}='{own.fqdn}:{other.name}:localhost'"
    assert foreign_lines(own, other, [line, f"{key}={own.name}"]) == [line]


@given(st.text())
def test_no_file_of_a_host_breaks_its_reader(text: str) -> None:
    root_rules("/x", text, no_files)
    resolver_config(text)
    zone_files(text)
    fstab_options(text)
    values(text, "include")
    for editor in ("zone", "perl", "shell", "text", "hostname"):
        said(editor, text)
