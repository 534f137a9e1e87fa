"""site.toml: each kind of bad input is one clear message with file, section and key, and exit status 2."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from irekae.model.errors import Status, SwapError
from irekae.site.errors import explain, place
from irekae.site.inventory import Inventory
from irekae.site.mail import with_default
from irekae.site.site import Site, load_site, site_path

PROJECT = Path(__file__).parents[3]
TEXT = (PROJECT / "site.toml").read_text()


def refused(inventory: Inventory, tmp_path: Path, text: str) -> str:
    """The one line that says what is wrong."""
    path = tmp_path / "site.toml"
    path.write_text(text)
    with pytest.raises(SwapError) as raised:
        load_site(inventory, path)
    assert raised.value.status is Status.WRONG_USE
    assert raised.value.what.startswith(f"{path}: ") or raised.value.what.startswith(f"{path} ")
    assert "\n" not in raised.value.what
    assert "msgspec" not in str(raised.value)
    return raised.value.what.removeprefix(f"{path}").removeprefix(": ").strip()


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_the_projects_own_file_is_right_and_its_placeholders_are_filled(inventory: Inventory) -> None:
    site = load_site(inventory, PROJECT / "site.toml")
    assert site.answers[0].value == inventory.production.address
    assert [service.init for service in site.services_of(site.service_items.retire_dns)] == ["bind"]
    assert not re.search(r"\{[a-z]", msgspec.json.encode(site).decode())


BAD = {
    "an unknown mail system": (
        "[mail]\n",
        '[mail]\nsystem = "sendmail"\n',
        "[mail] system: one of exim4, postfix, qmail was expected, found 'sendmail'",
    ),
    "a key of another mail system": (
        '[mail]\ncontrol = "/var/qmail/control"\nbin = "/var/qmail/bin"\n',
        '[mail]\nsystem = "postfix"\nbin = "/var/qmail/bin"\n',
        "[mail] bin: unknown key; known: domains, maildir",
    ),
    "a mail system without what it needs": (
        'bin = "/var/qmail/bin"\n',
        "",
        "[mail] bin: this key is missing; an absolute path was expected",
    ),
    "a parameter of the standby's alone": (
        '[mail]\ncontrol = "/var/qmail/control"\nbin = "/var/qmail/bin"\n',
        '[mail]\nsystem = "postfix"\nservice = "qmail"\nstandby = { relayhost = "x" }\n',
        "[mail.standby] relayhost: [mail.production] lacks it, so it would stay for ever",
    ),
    "a maildir that nothing copies": (
        'mailboxes = ["/home/*/Mailbox", "/var/mail/*"]',
        'mailboxes = ["/var/vmail/*/Maildir/"]',
        "[mail] mailboxes: /var/vmail/*/Maildir/ is a maildir (it ends in a slash) and lies in no [[trees]]",
    ),
    "unknown key": ('wiki = ""', 'wikki = ""', "[site] wikki: unknown key; known: title, domain"),
    "unknown section": ("[pop]", "[popp]", "[popp]: unknown key; known: site, services"),
    "missing key": ('title = "ITPASS"\n', "", "[site] title: this key is missing; text was expected"),
    "missing section": ("[fail2ban]\n", "", "[pop] jail: unknown key; known: user"),
    "service without an init script": (
        'init = "bind"\n',
        "",
        "[services.bind] init: this key is missing; the name of an init script or of a unit",
    ),
    "service with an empty init script": (
        'init = "bind"',
        'init = ""',
        "[services.bind] init: the name of an init script or of a unit (ssh, wg-quick@wg0, cups.socket) was expected",
    ),
    "service misspelled": (
        'process = "named"',
        'proces = "named"',
        "[services.bind] proces: unknown key; known: init, process",
    ),
    "service with a wrong word": (
        'production = "on"\nstandby = "any"',
        'production = "on"\nstandby = "maybe"',
        "[services.fail2ban] standby: one of any, off, on was expected, found 'maybe'",
    ),
    "service with a port that is none": (
        'ports = ["tcp/25"]',
        'ports = ["25"]',
        "[services.tcpserver] ports number 1: tcp/25 or udp/53 was expected, found '25'",
    ),
    "a list of tables": (
        'path = "/etc/motd"\neditor = "text"',
        'path = "/etc/motd"\neditor = "txt"',
        "[[files]] number 6 (/etc/motd) editor: one of hostname, hosts, interfaces",
    ),
    "a key missing in a list of tables": (
        'path = "/etc/motd"\neditor = "text"\n',
        'path = "/etc/motd"\n',
        "[[files]] number 6 (/etc/motd) editor: this key is missing; one of",
    ),
    "a deep list of tables": (
        'url = "http://epa.scitec.kobe-u.ac.jp/"',
        'url = "epa.scitec.kobe-u.ac.jp"',
        "[[web.pages]] number 3 (epa.scitec.kobe-u.ac.jp) url: an http or https address was expected",
    ),
    "a list of words": (
        '    "epa.scitec.kobe-u.ac.jp",\n    "aoe',
        '    "epa scitec",\n    "aoe',
        "[mail] domains number 3: a host name was expected, found 'epa scitec'",
    ),
    "a table in a list of words in a list of tables": (
        'subscribers = ["asada@itpass.scitec.kobe-u.ac.jp"',
        "subscribers = [{}",
        "[[mail.lists]] number 1 (itpass-ml@itpass.scitec.kobe-u.ac.jp) subscribers number 1: a mail",
    ),
    "text for a number": (
        "lease = 240",
        'lease = "240"',
        "[root_door] lease: a whole number from 1 was expected, found '240'",
    ),
    "a number too small": (
        "lease = 240",
        "lease = 0",
        "[root_door] lease: a whole number from 1 was expected, found 0",
    ),
    "a number for text": ('jail = "sshd"', "jail = 5", "[fail2ban] jail: a name without spaces was expected, found 5"),
    "a word for a list": (
        'operators = ["hayashi", "mori"]',
        'operators = "hayashi"',
        "[site] operators: a list with something in it was expected, found 'hayashi'",
    ),
    "nobody to send a check's mail to": (
        'operators = ["hayashi", "mori"]',
        "operators = []",
        "[site] operators: a list with something in it was expected, found an empty list",
    ),
    "no domain of mail": (
        'domains = [\n    "ika-',
        'domains = []\nleft = [\n    "ika-',
        "[mail] domains: a list with something in it was expected, found an empty list",
    ),
    "a list without members": (
        'subscribers = ["asada@itpass.scitec.kobe-u.ac.jp"',
        'subscribers = []\nleft = ["asada@itpass.scitec.kobe-u.ac.jp"',
        "[[mail.lists]] number 1 (itpass-ml@itpass.scitec.kobe-u.ac.jp) subscribers: a list with something in it was",
    ),
    "a table for text": ('wiki = ""', "wiki = {}", "[site] wiki: text was expected, found a table"),
    "a relative path": (
        'state = "/var/lib/irekae"',
        'state = "var/lib/irekae"',
        "[site] state: an absolute path was expected, found 'var/lib/irekae'",
    ),
    "a malformed mail address": (
        'administrators = "itpadmin@itpass',
        'administrators = "itpadmin itpass',
        "[site] administrators: a mail address was expected, found 'itpadmin itpass",
    ),
    "an unknown placeholder": (
        'value = "{ika}"',
        'value = "{squid}"',
        "[[dns.answers]] number 1 (itpass.scitec.kobe-u.ac.jp) value: unknown placeholder {squid}",
    ),
    "an item's service that is none": (
        'retire_dns = ["bind"]',
        'retire_dns = ["named"]',
        "[service_items] retire_dns: no service 'named'",
    ),
    "a service that items need": (
        "[services.ssh]",
        "[services.sshd]",
        "[services.ssh]: this section is missing",
    ),
    "a file named twice": (
        'path = "/etc/mailname"',
        'path = "/etc/hosts"',
        "[[files]] path: /etc/hosts stands there twice",
    ),
    "UIDs the wrong way round": ("uid_max = 29999", "uid_max = 29", "[accounts] uid_max: is below uid_min (1000)"),
    "no TOML": ("[pop]", "[pop", "is not TOML"),
    "a section twice": ("[pop]", "[site]", "is not TOML"),
}


@pytest.mark.parametrize(("old", "new", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_clear_message(inventory: Inventory, tmp_path: Path, old: str, new: str, said: str) -> None:
    assert refused(inventory, tmp_path, changed(old, new)).startswith(said)


def test_a_file_that_is_not_there_or_no_text_is_told(inventory: Inventory, tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(SwapError, match="cannot be read") as raised:
            load_site(inventory, path)
        assert raised.value.status is Status.WRONG_USE
        assert "IREKAE_SITE" in raised.value.hint
    (tmp_path / "site.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SwapError, match="cannot be read"):
        load_site(inventory, tmp_path / "site.toml")


def test_the_environment_names_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IREKAE_SITE", raising=False)
    assert site_path() == Path("site.toml")
    monkeypatch.setenv("IREKAE_SITE", "/elsewhere/site.toml")
    assert site_path() == Path("/elsewhere/site.toml")


def paths(value: Any, steps: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of site.toml."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [steps, *(path for key, inner in below for path in paths(inner, (*steps, key)))]


@pytest.mark.parametrize("rule", ["chikuwa*", "/kato/.cache", "/kato/*", "/", "/[ab]*", "*.tmp", "/a\\*"])
def test_what_the_copy_leaves_alone_lies_directly_below_home(rule: str) -> None:
    raw = tomllib.loads(TEXT)
    raw["home"]["excludes"] = ["/gate", rule]
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(with_default(raw), Site)
    said = explain(Path("site.toml"), raw, Site, refused.value).what
    assert said.startswith("site.toml: [home] excludes number 2: /NAME, directly below"), said


@pytest.mark.parametrize(
    ("section", "key", "value", "said"),
    [
        ("accounts", "decided", {"asada": 1}, "site.toml: [accounts.decided] asada: one of "),
        ("accounts", "decided", {"asada": "sauce"}, "site.toml: [accounts.decided] asada: one of "),
        ("home", "may_delete", {"asada": -1}, "site.toml: [home.may_delete] asada: a whole number from 0 was expected"),
        ("home", "may_delete", {"asada": "all"}, "site.toml: [home.may_delete] asada: a whole number from 0 was exp"),
    ],
)
def test_an_entry_of_a_table_with_free_keys_is_named(section: str, key: str, value: Any, said: str) -> None:
    raw = tomllib.loads(TEXT)
    raw[section][key] = value
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(with_default(raw), Site)
    assert explain(Path("site.toml"), raw, Site, refused.value).what.startswith(said)


RAW = tomllib.loads(TEXT)
PLACES = [path for path in paths(RAW) if path]


@given(st.sampled_from(PLACES), st.sampled_from([None, 5, -1, True, "", "a b", {}, [], {"x": 1}, [1], 1.5]))
@example(("accounts", "decided"), {"x": 1})
def test_whatever_is_wrong_its_place_is_named(path: tuple[str | int, ...], bad: Any) -> None:
    """Something else anywhere: either it is right, or the message names the section it stands in."""
    raw = tomllib.loads(TEXT)
    node: Any = raw
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = bad
    try:
        msgspec.convert(with_default(raw), Site)
    except msgspec.ValidationError as error:
        said = explain(Path("site.toml"), raw, Site, error).what
        assert said.startswith("site.toml: [")
        assert f"[{path[0]}" in said
        assert "..." not in said


@pytest.mark.parametrize("path", PLACES)
def test_places_are_named_as_a_person_finds_them(path: tuple[str | int, ...]) -> None:
    assert place(RAW, list(path)).startswith("[")
