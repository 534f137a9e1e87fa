"""hosts.ini: who the hosts are; each kind of bad input is one clear message with file, section and key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.model.errors import Status, SwapError
from irekae.site.inventory import GROUPS, Inventory, inventory_path, load_inventory

PROJECT = Path(__file__).parents[3]
PAIR = """\
[production]
ika ansible_host=198.51.100.21 fqdn=ika-itpass.example.org
[standby]
tako ansible_host=198.51.100.22 fqdn=tako-itpass.example.org
"""


def load(tmp_path: Path, text: str) -> Inventory:
    (tmp_path / "hosts.ini").write_text(text)
    return load_inventory(tmp_path / "hosts.ini")


def test_the_projects_own_file_is_right() -> None:
    inventory = load_inventory(PROJECT / "hosts.ini")
    assert [host.name for host in inventory.pair] == ["ika", "tako"]
    assert inventory.production.label == "ika-itpass"
    assert inventory.other("ika") is inventory.standby
    assert inventory.other("tako") is inventory.production


def test_hosts_are_found_by_name_address_and_full_name(tmp_path: Path) -> None:
    inventory = load(tmp_path, PAIR)
    for name in ("tako", "198.51.100.22", "tako-itpass.example.org"):
        assert inventory.named(name) is inventory.standby
    with pytest.raises(SwapError, match="no host 'squid'") as raised:
        inventory.named("squid")
    assert (raised.value.status, raised.value.detail) == (Status.WRONG_USE, "known: ika, tako")


def test_variables_of_all_hosts_count_unless_a_host_has_its_own(tmp_path: Path) -> None:
    own = PAIR.replace("fqdn=tako", "ansible_port=2222 fqdn=tako")
    common = "ansible_user = mori\nansible_port=22\nansible_ssh_private_key_file=keys/id\nknown_hosts = known\n"
    inventory = load(tmp_path, f"{own}[all:vars]\n{common}")
    assert (inventory.production.user, inventory.production.port, inventory.standby.port) == ("mori", 22, 2222)
    assert inventory.production.key_file == str(tmp_path / "keys/id")
    assert inventory.known_hosts == tmp_path / "known"
    assert (inventory.folder, inventory.state) == (tmp_path, tmp_path / ".irekae")


def test_groups_may_be_empty_or_missing(tmp_path: Path) -> None:
    inventory = load(tmp_path, PAIR + "[backup]\n")
    assert inventory.group("backup") == inventory.group("resolvers") == []


def test_comments_blank_lines_windows_ends_and_a_mark_at_the_beginning_are_fine(tmp_path: Path) -> None:
    text = "\ufeff# a comment\n\n; another\n" + PAIR.replace("itpass.example.org\n", "itpass.example.org # here\n")
    assert load(tmp_path, text.replace("\n", "\r\n")).production.name == "ika"


def test_a_resolver_may_be_a_host_that_is_something_else_too(tmp_path: Path) -> None:
    text = PAIR + "[outside]\nout ansible_host=198.51.100.50\n[resolvers]\ncampus ansible_host=198.51.100.50\n"
    assert load(tmp_path, text).group("resolvers")[0].address == "198.51.100.50"


BAD = {
    "unknown section": ("[standby]", "[stand-by]", "[stand-by]: unknown section (line 3); known: production"),
    "unknown key": ("fqdn=ika", "fqnd=ika", "[production] fqnd: unknown key (line 2); known: ansible_host"),
    "key without a value": ("fqdn=ika", "fqdn ika", "[production] ika: name=value was expected (line 2), found 'fqdn'"),
    "a variable of all in a host's line": (
        "fqdn=ika",
        "known_hosts=x fqdn=ika",
        "[production] known_hosts: unknown key",
    ),
    "missing host": (
        "tako ansible_host=198.51.100.22 fqdn=tako-itpass.example.org\n",
        "",
        "[standby]: exactly one host",
    ),
    "missing section": ("[standby]\n", "", "[production]: exactly one host belongs here, found 2"),
    "host twice": ("[standby]\n", "[standby]\nika ansible_host=198.51.100.9 fqdn=x.y\n", "[standby] ika: is also in"),
    "host twice in a section": (
        "[standby]\n",
        "ika ansible_host=198.51.100.9 fqdn=x.y\n[standby]\n",
        "[production] ika: stands here twice (line 3)",
    ),
    "two hosts with one address": (
        "198.51.100.22",
        "198.51.100.21",
        "[standby] tako ansible_host: ika has the same address 198.51.100.21",
    ),
    "two hosts with one full name": (
        "fqdn=tako",
        "fqdn=ika",
        "[standby] tako fqdn: ika has the same full name ika-itpass.example.org",
    ),
    "a third address that somebody has": (
        "[standby]\n",
        "[outside]\nout ansible_host=198.51.100.50 third=198.51.100.21\n[standby]\n",
        "[outside] out third: ika has the same address 198.51.100.21",
    ),
    "malformed address": (
        "198.51.100.22",
        "198.51.100.222.1",
        "[standby] tako ansible_host: an IPv4 address was expected, found '198.51.100.222.1'",
    ),
    "a name for an address": ("198.51.100.22", "tako", "[standby] tako ansible_host: an IPv4 address was expected"),
    "no address": (
        "ansible_host=198.51.100.22 ",
        "",
        "[standby] tako ansible_host: an IPv4 address was expected, found ''",
    ),
    "empty third": ("fqdn=tako", "third= fqdn=tako", "[standby] tako third: an IPv4 address was expected, found ''"),
    "short name for a full one": (
        "fqdn=tako-itpass.example.org",
        "fqdn=tako",
        "[standby] tako fqdn: a full host name was expected, found 'tako'",
    ),
    "a port that is none": (
        "fqdn=tako",
        "ansible_port=http fqdn=tako",
        "[standby] tako ansible_port: a port was expected",
    ),
    "a port out of range": ("fqdn=tako", "ansible_port=70000 fqdn=tako", "[standby] tako ansible_port: a port"),
    "a port in other digits": ("fqdn=tako", "ansible_port=² fqdn=tako", "[standby] tako ansible_port: a port"),
    "a name that is none": ("tako ansible", "ta_ko ansible", "[standby] ta_ko: not a host name (line 4)"),
    "a line before sections": ("[production]\n", "ika\n[production]\n", "[]: line 1 stands before the first [section]"),
    "an open quote": ("fqdn=tako", 'fqdn="tako', "[standby]: line 4: No closing quotation"),
}


@pytest.mark.parametrize(("old", "new", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_clear_message(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in PAIR
    with pytest.raises(SwapError) as raised:
        load(tmp_path, PAIR.replace(old, new, 1))
    assert raised.value.status is Status.WRONG_USE
    assert raised.value.what.startswith(f"{tmp_path}/hosts.ini: {said}")
    assert "\n" not in raised.value.what


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SwapError, match="cannot be read") as raised:
        load_inventory(tmp_path / "none")
    assert raised.value.status is Status.WRONG_USE
    (tmp_path / "hosts.ini").write_bytes(b"\xff")
    with pytest.raises(SwapError, match="cannot be read"):
        load_inventory(tmp_path / "hosts.ini")


def test_the_environment_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IREKAE_INVENTORY", raising=False)
    assert inventory_path() == Path("hosts.ini")
    monkeypatch.setenv("IREKAE_INVENTORY", "/elsewhere/hosts.ini")
    assert inventory_path() == Path("/elsewhere/hosts.ini")


line = st.one_of(
    st.text(max_size=40),
    st.sampled_from([f"[{group}]" for group in GROUPS]),
    st.builds(
        lambda name, key, value: f"{name} {key}={value}",
        st.sampled_from(["ika", "tako", "-x", ""]),
        st.sampled_from(["ansible_host", "fqdn", "ansible_port", "third", "x"]),
        st.text(max_size=15),
    ),
)


@given(st.lists(line, max_size=8))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ini"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    refusals = []
    try:
        load_inventory(path)
    except SwapError as error:
        refusals.append(error.status)
    assert set(refusals) <= {Status.WRONG_USE}


SIX = PAIR.replace(".21 ", ".21 ipv6=2001:DB8::0021 ").replace(".22 ", ".22 ipv6=2001:db8::22 ")


def test_a_name_may_have_an_ipv6_address_which_is_spelled_as_everybody_does(tmp_path: Path) -> None:
    inventory = load(tmp_path, SIX)
    assert inventory.production.addresses == ("198.51.100.21", "2001:db8::21")
    assert inventory.named("2001:db8::22") is inventory.standby
    assert load(tmp_path, PAIR).standby.addresses == ("198.51.100.22",)


@pytest.mark.parametrize(
    "wrong", ["198.51.100.9", "fe80::1", "::1", "ff02::1", "::", "2001:db8::/64", "fe80::1%e", "x"]
)
def test_what_others_cannot_reach_is_no_ipv6_address_of_a_name(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SwapError, match=r"\[production\] ika ipv6: an IPv6 address that others can reach was expected"):
        load(tmp_path, SIX.replace("2001:DB8::0021", wrong))


def test_both_of_the_pair_have_ipv6_or_neither(tmp_path: Path) -> None:
    for gone, name in ((" ipv6=2001:db8::22", "tako"), (" ipv6=2001:DB8::0021", "ika")):
        with pytest.raises(SwapError, match=f"{name} ipv6: expected, since"):
            load(tmp_path, SIX.replace(gone, ""))


def test_an_ipv6_address_is_one_host_s(tmp_path: Path) -> None:
    with pytest.raises(SwapError, match=r"tako ipv6: ika has the same address 2001:db8::21"):
        load(tmp_path, SIX.replace("2001:db8::22", "2001:db8:0::21"))
