from __future__ import annotations

import json
import pickle
import traceback

import pytest

from irekae.subjects.accounts.files import read_group, read_passwd, read_shadow
from irekae.subjects.accounts.missing import Accounts, Merge, Secret, apply, names_by_uid, plan_merge

HASH = "$y$j9T$salt$hash"

TARGET = Accounts(
    passwd=b"root:x:0:0:root:/root:/bin/bash\n"
    b"hayashi:x:30001:30001::/home/hayashi:/bin/bash\n"
    b"asada:x:1001:1101:Asada:/home/asada:/bin/tcsh\n",
    shadow=(b"root:!:15000:0:99999:7:::\nhayashi:$6$h$h:15000:0:99999:7:::\nasada:$6$old$old:15000:0:99999:7:::\n"),
    group=b"root:x:0:\nsudo:x:27:hayashi\nhayashi:x:30001:\nasada:x:1101:\nml:x:1500:asada\n",
)


def source(
    passwd: str = "", shadow: str | None = None, group: str = "", users: tuple[tuple[str, int, int], ...] = ()
) -> Accounts:
    """A source with asada, who is on both hosts, and what else is given."""
    base = "root:x:0:0:root:/root:/bin/bash\nasada:x:1001:1001:Asada:/home/asada:/bin/bash\n"
    lines = "".join(f"{name}:x:{uid}:{gid}::/home/{name}:/bin/bash\n" for name, uid, gid in users)
    hashes = "".join(f"{name}:{HASH}:15300:0:99999:7:::\n" for name, _, _ in users) if shadow is None else shadow
    return Accounts(
        passwd=(base + lines + passwd).encode("utf-8", "surrogateescape"),
        shadow=f"root:!:1:0:99999:7:::\nasada:$6$new$new:15300:0:99999:7:::\n{hashes}".encode(),
        group=f"root:x:0:\nasada:x:1001:\n{group}".encode(),
    )


def merge(src: Accounts, target: Accounts = TARGET) -> Merge:
    return plan_merge(src, target, 1000, 29999)


def reasons(plan: Merge) -> dict[str, str]:
    return {refusal.name: refusal.reason for refusal in plan.refused}


IKEDA = source(users=(("ikeda", 1002, 1002),), group="ikeda:x:1002:\n")


def test_a_user_that_the_target_lacks_gets_passwd_shadow_and_group() -> None:
    after = apply(merge(IKEDA), TARGET)
    assert after.passwd == TARGET.passwd + b"ikeda:x:1002:1002::/home/ikeda:/bin/bash\n"
    assert after.shadow == TARGET.shadow + f"ikeda:{HASH}:15300:0:99999:7:::\n".encode()
    assert after.group == TARGET.group + b"ikeda:x:1002:\n"


def test_a_user_of_both_hosts_keeps_the_targets_lines() -> None:
    plan = merge(source())
    assert (plan.users, plan.groups, plan.memberships) == ((), (), ())
    assert plan.both == 1
    assert apply(plan, TARGET) == TARGET


def test_builders_who_are_only_on_the_target_are_kept_and_named() -> None:
    assert merge(IKEDA).kept == ("hayashi",)


def test_merging_twice_adds_nothing() -> None:
    after = apply(merge(IKEDA), TARGET)
    again = merge(IKEDA, after)
    assert (again.users, again.groups, again.memberships) == ((), (), ())
    assert apply(again, after) == after


@pytest.mark.parametrize(("uid", "copied"), [(999, False), (1000, True), (29999, True), (30000, False)])
def test_only_the_range_is_copied_and_the_rest_counted(uid: int, copied: bool) -> None:
    plan = merge(source(users=(("edge", uid, 1002),), group="edge:x:1002:\n"))
    assert [user.name for user in plan.users] == (["edge"] if copied else [])
    assert plan.outside == (1 if copied else 2)


def test_a_user_with_passwd_but_no_shadow_on_the_target_gets_the_line_of_shadow_alone() -> None:
    target = Accounts(TARGET.passwd, b"root:!:1:0:99999:7:::\n", TARGET.group)
    plan = merge(source(), target)
    after = apply(plan, target)
    assert (after.passwd, after.group) == (target.passwd, target.group)
    assert after.shadow.endswith(b"asada:$6$new$new:15300:0:99999:7:::\n")
    assert plan.summary()[0] == "add to shadow: asada (UID 1001)"


def test_the_same_uid_under_another_name_is_refused() -> None:
    plan = merge(source(users=(("ueno", 30001, 1002), ("mori", 1001, 1002)), group="mori:x:1002:\n"))
    assert reasons(plan) == {"mori": "same UID, other name: asada on the target"}
    assert not plan.users


def test_the_same_name_under_another_uid_is_refused() -> None:
    plan = merge(source(users=(("hayashi", 1003, 1002),), group="hayashi:x:1002:\n"))
    assert reasons(plan) == {"hayashi": "same name, other UID: 30001 on the target"}
    assert apply(plan, TARGET) == TARGET


def test_two_names_for_one_uid_on_the_source_are_not_both_copied() -> None:
    plan = merge(source(users=(("ikeda", 1002, 1002), ("ikeda2", 1002, 1002)), group="ikeda:x:1002:\n"))
    assert [user.name for user in plan.users] == ["ikeda"]
    assert reasons(plan) == {"ikeda2": "same UID, other name: ikeda on the source as well"}


def test_the_primary_group_goes_by_name_where_the_numbers_differ() -> None:
    plan = merge(source(users=(("ikeda", 1002, 1777),), group="ml:x:1777:\n"))
    assert plan.users[0].gid == 1500
    assert b"ikeda:x:1002:1500:" in apply(plan, TARGET).passwd
    assert not plan.groups


def test_a_missing_group_gets_a_free_number_where_its_own_is_taken() -> None:
    plan = merge(source(users=(("ikeda", 1002, 1500),), group="ikeda:x:1500:\n"))
    assert [(group.name, group.gid, group.source_gid) for group in plan.groups] == [("ikeda", 1000, 1500)]
    assert b"ikeda:x:1002:1000:" in apply(plan, TARGET).passwd
    assert "add group ikeda (GID 1000, 1500 on the source, where it is taken here)" in plan.summary()


def test_a_substitute_number_is_never_one_that_another_new_group_brings() -> None:
    plan = merge(
        source(users=(("ikeda", 1002, 1500), ("ueno", 1003, 1000)), group="ikeda:x:1500:\nueno:x:1000:\n"),
    )
    assert {group.name: group.gid for group in plan.groups} == {"ueno": 1000, "ikeda": 1001}


def test_a_primary_group_without_a_name_keeps_its_number_or_is_refused() -> None:
    plan = merge(source(users=(("ikeda", 1002, 1777), ("ueno", 1003, 1500))))
    assert [(user.name, user.gid) for user in plan.users] == [("ikeda", 1777)]
    assert reasons(plan) == {
        "ueno": "the primary group 1500, which has no name on the source, can't be had on the target"
    }


def test_a_group_of_the_range_is_added_with_the_members_who_are_there() -> None:
    plan = merge(
        source(users=(("ikeda", 1002, 1002),), group="ikeda:x:1002:\nwiki:x:1600:asada,ikeda,gone\n"),
    )
    assert b"wiki:x:1600:asada,ikeda\n" in apply(plan, TARGET).group


def test_a_refused_name_joins_no_group() -> None:
    plan = merge(source(users=(("hayashi", 1003, 1003),), group="wiki:x:1600:hayashi\nml:x:1500:hayashi\n"))
    assert [group.members for group in plan.groups] == [()]
    assert not plan.memberships


def test_an_added_user_joins_groups_of_the_range_that_the_target_has() -> None:
    plan = merge(source(users=(("ikeda", 1002, 1002),), group="ikeda:x:1002:\nml:x:1777:ikeda,asada\n"))
    assert b"ml:x:1500:asada,ikeda\n" in apply(plan, TARGET).group


def test_a_membership_in_a_system_group_is_noted_and_not_given() -> None:
    plan = merge(source(users=(("ikeda", 1002, 1002),), group="ikeda:x:1002:\nsudo:x:27:ikeda\n"))
    assert b"sudo:x:27:hayashi\n" in apply(plan, TARGET).group
    assert plan.notes == ("not joined to sudo, outside the range: ikeda",)


def test_gshadow_follows_group_where_it_is_looked_at() -> None:
    target = Accounts(TARGET.passwd, TARGET.shadow, TARGET.group, b"sudo:*::hayashi\nml:!::asada")
    src = source(users=(("ikeda", 1002, 1002),), group="ikeda:x:1002:\nml:x:1777:ikeda\n")
    after = apply(merge(src, target), target)
    assert after.gshadow == b"sudo:*::hayashi\nml:!::asada,ikeda\nikeda:!::\n"


def test_a_missing_final_newline_does_not_glue_lines_together() -> None:
    target = Accounts(TARGET.passwd.rstrip(), TARGET.shadow.rstrip(b"\n"), TARGET.group.rstrip())
    after = apply(merge(IKEDA, target), target)
    assert after == apply(merge(IKEDA), TARGET)


def test_nis_entries_stay_last() -> None:
    target = Accounts(TARGET.passwd + b"+::::::\n", TARGET.shadow, TARGET.group + b"+:::\n")
    plan = merge(IKEDA, target)
    assert apply(plan, target).passwd.endswith(b"ikeda:/bin/bash\n+::::::\n")
    assert [(side, odd.file, odd.reason) for side, odd in plan.odd] == [
        ("target", "passwd", "NIS entry"),
        ("target", "group", "NIS entry"),
    ]


def test_malformed_and_double_lines_are_listed_without_their_content() -> None:
    plan = merge(source(passwd="short:x:1005\nbad:x:ten:10:::\nasada:x:1009:1::/:/bin/sh\nnocolon\n\n# remark\n"))
    assert [(odd.line, odd.reason) for _, odd in plan.odd] == [
        (3, "short: 3 fields instead of 7"),
        (4, "bad: UID is not a number"),
        (5, "second line for asada"),
        (6, "not an entry"),
    ]


def test_a_name_whose_line_on_the_target_cannot_be_read_is_refused() -> None:
    target = Accounts(TARGET.passwd + b"ikeda:x:1002\n", TARGET.shadow, TARGET.group)
    assert reasons(merge(IKEDA, target)) == {"ikeda": "the target's passwd has a line for this name that can't be read"}


def test_a_line_of_the_targets_shadow_is_kept_though_its_user_is_new() -> None:
    target = Accounts(TARGET.passwd, TARGET.shadow + b"ikeda:!:1:0:99999:7:::\n", TARGET.group)
    plan = merge(IKEDA, target)
    assert apply(plan, target).shadow == target.shadow
    assert plan.notes == ("ikeda: the target's shadow has a line already; it is kept",)


def test_a_user_without_a_line_in_the_sources_shadow_is_added_and_noted() -> None:
    plan = merge(source(users=(("ikeda", 1002, 1002),), shadow="", group="ikeda:x:1002:\n"))
    assert plan.users[0].shadow is None
    assert plan.notes == ("ikeda: no line in the source's shadow, so no password",)


@pytest.mark.parametrize(
    ("passwd", "shadow", "reason"),
    [
        ("ike da:x:1002:1001::/:/bin/sh\n", "", "the name is not one that useradd would make"),
        ("$(reboot):x:1002:1001::/:/bin/sh\n", "", "the name is not one that useradd would make"),
        ("../x:x:1002:1001::/:/bin/sh\n", "", "the name is not one that useradd would make"),
        ("1234:x:1002:1001::/:/bin/sh\n", "", "the name is not one that useradd would make"),
        ("caf\udce9:x:1002:1001::/:/bin/sh\n", "", "the name is not one that useradd would make"),
        ("ikeda:x:1002:1001::/:/bin/sh\r\n", "", "control characters in the source's passwd"),
        (
            "ikeda:$1$a$b:1002:1001::/:/bin/sh\n",
            "",
            "the password stands in the source's passwd, not in its shadow (see pwconv)",
        ),
        (
            "ikeda::1002:1001::/:/bin/sh\n",
            "",
            "the password stands in the source's passwd, not in its shadow (see pwconv)",
        ),
        ("ikeda:x:1002:1001::/:/bin/sh\n", f"ikeda:{HASH}", "the line in the source's shadow can't be read"),
    ],
)
def test_an_entry_that_is_not_fit_to_be_copied_is_refused(passwd: str, shadow: str, reason: str) -> None:
    plan = merge(source(passwd=passwd, shadow=shadow))
    assert [refusal.reason for refusal in plan.refused] == [reason]
    assert apply(plan, TARGET) == TARGET
    assert all(line.isprintable() and line.isascii() for line in plan.summary())


def test_no_hash_is_shown_anywhere() -> None:
    plan = merge(IKEDA)
    shown = [
        repr(plan),
        str(plan),
        "\n".join(plan.summary()),
        repr(IKEDA),
        f"{plan.users[0].shadow} {plan.users[0].shadow!r}",
    ]
    assert not [text for text in shown if "salt" in text or "$" in text]
    with pytest.raises(TypeError):
        json.dumps({"shadow": plan.users[0].shadow})


def test_an_error_about_a_plan_shows_no_hash() -> None:
    assert "$" not in "".join(traceback.format_exception_only(RuntimeError(merge(IKEDA))))


def test_a_secret_equals_only_the_same_secret() -> None:
    assert Secret(b"a") == Secret(b"a")
    assert len({Secret(b"a"), Secret(b"a"), Secret(b"b")}) == 2
    assert Secret(b"a") != b"a"


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(b"a"))


def test_names_by_uid_shows_who_shares_a_number() -> None:
    assert names_by_uid(b"a:x:1:1:::\nb:x:2:1:::\nc:x:1:1:::\n") == {1: ("a", "c"), 2: ("b",)}


def test_the_first_of_two_lines_counts() -> None:
    assert read_passwd(b"a:x:1:1:::\na:x:2:1:::\n").entries["a"].uid == 1
    assert read_group(b"a:x:1:\na:x:2:\n").entries["a"].gid == 1
    assert list(read_shadow(b"a:!:::::::\na:*:::::::\n").entries) == ["a"]
