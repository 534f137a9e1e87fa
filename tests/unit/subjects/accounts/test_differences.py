"""Every difference of accounts is told by field and without a hash; who would live again is decided by a person."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.site.tables import AccountRange
from irekae.subjects.accounts import differences as module
from irekae.subjects.accounts.decisions import Decided, decide, hint, take_over
from irekae.subjects.accounts.differences import Difference, differences, on_target_alone, shells
from irekae.subjects.accounts.files import Accounts

TODAY = date(2026, 1, 1)  # day 20454 of shadow
USUAL = {
    "hash": "$6$h", "changed": "20000", "max": "99999", "inactive": "", "expiry": "", "shell": "/bin/bash",
    "home": "/home/asada", "comment": "", "password": "x", "uid": "1001", "groups": "",
}  # fmt: skip
RULES = AccountRange(1000, 29999)


def host(**change: str) -> Accounts:
    """A host with asada alone."""
    has = {**USUAL, **change}
    passwd = f"asada:{has['password']}:{has['uid']}:1001:{has['comment']}:{has['home']}:{has['shell']}\n"
    shadow = f"asada:{has['hash']}:{has['changed']}:0:{has['max']}:7:{has['inactive']}:{has['expiry']}:\n"
    members = "".join(f"{name}:x:{50 + n}:asada\n" for n, name in enumerate(has["groups"].split()))
    return Accounts(passwd.encode(), shadow.encode(), f"asada:x:1001:\n{members}".encode())


def compared(source: Accounts, target: Accounts) -> list[Difference]:
    return differences(source, target, 1000, 29999, TODAY)


def decided(source: Accounts, target: Accounts, **rules: object) -> Decided:
    return decide(source, target, AccountRange(1000, 29999, **rules), TODAY)  # type: ignore[arg-type]


def test_accounts_that_are_the_same_have_no_difference() -> None:
    assert compared(host(), host()) == []


@pytest.mark.parametrize(
    ("source", "field", "rule"),
    [
        ({"hash": "!$6$h"}, "login", "locked"),
        ({"hash": "*"}, "login", "locked"),
        ({"shell": "/usr/sbin/nologin"}, "login", "locked"),
        ({"shell": "/bin/false"}, "login", "locked"),
        ({"expiry": "20454"}, "account", "expired"),
        ({"expiry": "0"}, "account", "expired"),
        ({"max": "90", "inactive": "7"}, "account", "expired"),  # changed in 2024, and never since
        ({"hash": ""}, "password", "empty"),
        ({"password": ""}, "password", "empty"),
        ({"hash": "$6$other"}, "password", ""),
        ({"expiry": "30000"}, "expiry", ""),
        ({"max": "90"}, "maximum age", ""),
        ({"shell": "/bin/tcsh"}, "shell", ""),
        ({"home": "/home/other"}, "home", ""),
        ({"comment": "Asada"}, "comment", ""),
        ({"groups": "sudo"}, "further groups", ""),
    ],
)
def test_each_field_is_told_in_either_direction(source: dict[str, str], field: str, rule: str) -> None:
    for one, other in ((host(**source), host()), (host(), host(**source))):
        found = {difference.field: difference.decide for difference in compared(one, other)}
        assert found[field] == rule
        assert {word for word in found.values() if word} <= {rule}


@given(st.sampled_from(["$6$aaaa", "!$6$bbbb", "*", "", "!"]), st.sampled_from(["$6$cccc", "!$6$dddd", "*", "", "!!"]))
def test_no_hash_is_in_any_text(one: str, other: str) -> None:
    found = decided(host(hash=one), host(hash=other))
    text = "\n".join([*found.summary(), *found.open_points(), repr(found)])
    assert "$6$" not in text


def test_a_name_that_would_steer_a_terminal_is_spelled_out() -> None:
    odd = [
        Accounts(*(text.replace(b"asada", b"a\x1b[2J") for text in (accounts.passwd, accounts.shadow, accounts.group)))
        for accounts in (host(hash="!"), host())
    ]
    found = compared(*odd)
    assert found
    assert all("\x1b" not in str(difference) for difference in found)


def test_who_needs_a_decision_keeps_the_item_from_passing_and_is_told_what_to_write() -> None:
    found = decided(host(hash="!$6$h"), host())
    assert [difference.field for difference in found.undecided["asada"]] == ["login"]
    (point,) = found.open_points()
    assert point.startswith("asada: login: locked on production, possible on the standby; decide in site.toml:")
    assert '[accounts] decided = { asada = "source" }' in point
    assert found.accounts == host(), "nothing is changed before it is decided"


@pytest.mark.parametrize("rules", [{"decided": {"asada": "source"}}, {"locked": "source"}, {"source_wins": True}])
def test_productions_word_takes_its_line_over(rules: dict[str, object]) -> None:
    found = decided(host(hash="!$6$h"), host(), **rules)
    assert not found.open_points()
    assert found.accounts == host(hash="!$6$h")
    assert found.taken == ("asada",)


@pytest.mark.parametrize(
    "rules",
    [{"decided": {"asada": "target"}}, {"locked": "target"}, {"source_wins": True, "decided": {"asada": "target"}}],
)
def test_the_standbys_word_leaves_its_line(rules: dict[str, object]) -> None:
    found = decided(host(hash="!$6$h"), host(), **rules)
    assert not found.open_points()
    assert found.accounts == host()


def test_two_rules_that_contradict_each_other_decide_nothing() -> None:
    found = decided(host(hash="!", expiry="1"), host(), locked="source", expired="target")
    assert len(found.open_points()) == 2


def test_who_is_new_with_an_empty_password_is_copied_only_when_that_is_decided() -> None:
    nobody = Accounts(b"", b"", b"")
    assert decided(host(hash=""), nobody).accounts.passwd == b""
    assert decided(host(hash=""), nobody).open_points()
    assert b"asada::" in decided(host(hash=""), nobody, empty="source").accounts.shadow
    left = decided(host(hash=""), nobody, decided={"asada": "target"})
    assert (left.accounts.passwd, left.open_points()) == (b"", [])


def test_who_is_refused_can_be_left_by_a_decision() -> None:
    source, target = host(), Accounts(b"ueno:x:1001:1001::/home/ueno:/bin/sh\n", b"", b"")
    assert "same UID, other name: ueno" in decided(source, target).open_points()[0]
    assert decided(source, target, decided={"asada": "target"}).open_points() == []


def test_a_user_without_a_line_of_shadow_there_is_no_difference() -> None:
    found = decided(host(), Accounts(host().passwd, b"", host().group))
    assert (found.differences, found.open_points()) == ((), [])
    assert found.accounts.shadow == host().shadow


def test_who_was_removed_since_is_not_copied_again() -> None:
    found = decide(host(), Accounts(b"", b"", b""), RULES, TODAY, {"asada"})
    assert (found.accounts.passwd, found.open_points()) == (b"", [])


def test_done_twice_it_does_nothing_the_second_time() -> None:
    once = decided(host(hash="!", comment="A"), host(), source_wins=True)
    assert decided(host(hash="!", comment="A"), once.accounts, source_wins=True).accounts == once.accounts


def test_what_is_taken_over_leaves_number_group_and_every_other_line() -> None:
    target = Accounts(b"# mine\nasada:x:1001:1300::/h:/bin/sh\nueno:x:9:9:::\n", b"asada:!:1:::::::\nueno:u\n", b"")
    taken = take_over(host(comment="A"), target, ["asada", "nobody"])
    assert taken.passwd == b"# mine\nasada:x:1001:1300:A:/home/asada:/bin/bash\nueno:x:9:9:::\n"
    assert taken.shadow == b"asada:$6$h:20000:0:99999:7:::\nueno:u\n"


def test_users_whom_only_the_standby_has_are_named() -> None:
    found = decided(Accounts(b"", b"", b""), host())
    assert "on the standby alone, lives on: asada" in found.summary()
    assert on_target_alone(host(), host(), 1000, 29999) == []


def test_a_decision_on_nobody_is_told() -> None:
    assert any(
        "asda, whom neither host has" in line for line in decided(host(), host(), decided={"asda": "source"}).summary()
    )
    assert '"od d"' in hint("od d")


def test_shells_and_whose_they_are() -> None:
    assert shells(host(), ["asada", "nobody"]) == {"/bin/bash": ["asada"]}


def test_each_file_is_read_once_however_many_users_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Counter[str] = Counter()
    for name in ("read_passwd", "read_shadow", "read_group"):
        real = getattr(module, name)
        monkeypatch.setattr(module, name, lambda text, name=name, real=real: (reads.update([name]), real(text))[1])
    users = range(40)
    passwd = b"".join(b"u%d:x:%d:100:,,,:/home/u%d:/bin/sh\n" % (n, 2000 + n, n) for n in users)
    shadow = b"".join(b"u%d:!:15000:0:99999:7:::\n" % n for n in users)
    files = Accounts(passwd, shadow, b"users:x:100:\n", None)
    assert differences(files, files, 1000, 9999, date(2026, 1, 1)) == []
    assert reads == {"read_passwd": 2, "read_shadow": 2, "read_group": 2}
