from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from irekae.subjects.accounts.files import read_group, read_passwd, read_shadow
from irekae.subjects.accounts.missing import Accounts, apply, plan_merge
from irekae.subjects.accounts.on_hosts import ORDER

LOW, HIGH = 1000, 1012
names = st.sampled_from(["asada", "ikeda", "ueno", "mori", "hayashi", "www-data", "ike da", "+@nis", "caf\udce9"])
numbers = st.integers(LOW - 2, HIGH + 2).map(str) | st.sampled_from(["", "x", "99999999999", "30001"])
passwd_line = st.builds(
    "{0}:{1}:{2}:{3}::/home:/bin/sh".format, names, st.sampled_from(["x", "$6$s$h"]), numbers, numbers
)
shadow_line = st.builds("{0}:$6${1}:1:0:99999:7:::".format, names, st.sampled_from("ab"))
group_line = st.builds("{0}:x:{1}:{2}".format, names, numbers, st.lists(names, max_size=3).map(",".join))
noise = st.sampled_from(["", "# remark", "+::::::", "cut:x", ":x:1000:1000:::", "\udcff"])


def file(line: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """A file of such lines and of noise, with or without its final newline."""
    lines = st.lists(line | line | line | noise, max_size=8)
    return st.builds(
        lambda ls, end: ("\n".join(ls) + end).encode("utf-8", "surrogateescape"), lines, st.sampled_from(["", "\n"])
    )


gshadow_line = st.builds("{0}:!::{1}".format, names, st.lists(names, max_size=3).map(",".join))
accounts = st.builds(
    Accounts,
    file(passwd_line),
    file(shadow_line),
    file(group_line),
    st.none() | file(gshadow_line),
)


def merged(source: Accounts, target: Accounts) -> Accounts:
    return apply(plan_merge(source, target, LOW, HIGH), target)


@given(accounts, accounts)
def test_every_line_of_the_target_is_kept_in_its_order(source: Accounts, target: Accounts) -> None:
    after = merged(source, target)
    for before, now in ((target.passwd, after.passwd), (target.shadow, after.shadow)):
        remaining = iter(now.split(b"\n"))
        assert all(line in remaining for line in before.split(b"\n") if line)


@given(accounts, accounts)
def test_groups_lose_no_line_and_no_member(source: Accounts, target: Accounts) -> None:
    after = read_group(merged(source, target).group).entries
    for name, group in read_group(target.group).entries.items():
        assert after[name].gid == group.gid
        assert after[name].members[: len(group.members)] == group.members


@given(accounts, accounts)
def test_a_second_merge_finds_nothing_to_do(source: Accounts, target: Accounts) -> None:
    after = merged(source, target)
    again = plan_merge(source, after, LOW, HIGH)
    assert (again.users, again.groups, again.memberships) == ((), (), ())
    assert apply(again, after) == after


@given(accounts, accounts, st.integers(0, len(ORDER)))
def test_an_end_between_two_files_leaves_nothing_undone(source: Accounts, target: Accounts, written: int) -> None:
    """A power cut, say: the next attempt sees the files that were written and those that were not."""
    whole = merged(source, target)
    half = replace(target, **{field: getattr(whole, field) for _, field in ORDER[:written]})
    assert merged(source, half) == whole


@given(accounts, accounts)
def test_no_number_is_given_to_a_second_name(source: Accounts, target: Accounts) -> None:
    plan = plan_merge(source, target, LOW, HIGH)
    here = {user.uid for user in read_passwd(target.passwd).entries.values()}
    added = [user.uid for user in plan.users if user.line is not None]
    assert len(added) == len(set(added))
    assert not here & set(added)
    gids = [group.gid for group in plan.groups]
    assert len(gids) == len(set(gids))
    assert not {group.gid for group in read_group(target.group).entries.values()} & set(gids)


@given(accounts, accounts)
def test_whoever_is_in_the_range_is_there_afterwards_as_the_same_person_or_is_refused(
    source: Accounts, target: Accounts
) -> None:
    plan = plan_merge(source, target, LOW, HIGH)
    after = read_passwd(apply(plan, target).passwd).entries
    refused = {refusal.name for refusal in plan.refused}
    for user in read_passwd(source.passwd).entries.values():
        if LOW <= user.uid <= HIGH and user.name not in refused:
            assert after[user.name].uid == user.uid


@given(accounts, accounts)
def test_primary_groups_keep_their_names(source: Accounts, target: Accounts) -> None:
    plan = plan_merge(source, target, LOW, HIGH)
    groups = read_group(apply(plan, target).group).entries
    for user in plan.users:
        if user.line is not None and user.group:
            assert groups[user.group].gid == user.gid


@given(accounts, accounts)
def test_no_text_about_a_merge_holds_a_hash(source: Accounts, target: Accounts) -> None:
    plan = plan_merge(source, target, LOW, HIGH)
    assert "$6$" not in repr(plan) + str(source) + "".join(plan.summary())


@given(st.binary(max_size=200), st.binary(max_size=200), st.binary(max_size=200))
def test_any_bytes_can_be_read(passwd: bytes, shadow: bytes, group: bytes) -> None:
    read_passwd(passwd)
    read_shadow(shadow)
    read_group(group)
    wild = Accounts(passwd, shadow, group)
    assert merged(wild, wild) == wild
