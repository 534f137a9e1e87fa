"""Whose word counts where the two hosts' accounts differ: site.toml's, and what nobody has decided yet (3.4). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from irekae.site.tables import AccountRange
from irekae.subjects.accounts.differences import GROUPS, Difference, differences, on_target_alone
from irekae.subjects.accounts.files import Accounts, Group, encode, printable, read_group, read_passwd, read_shadow
from irekae.subjects.accounts.memberships import give, wanted
from irekae.subjects.accounts.merge import Merge, apply
from irekae.subjects.accounts.missing import plan_merge

_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Decided:
    """What 3.4 comes to.

    Attributes:
        merge: accounts to be added, and those that are refused.
        accounts: the standby's files with all of it.
        differences: field by field, of those that both have.
        undecided: accounts that a person must decide, and what there is to decide.
        taken: accounts of which production's line is taken over.
        alone: users whom only the standby has.
        unknown: whom site.toml decides on, and neither host has.
    """

    merge: Merge
    accounts: Accounts
    differences: tuple[Difference, ...]
    undecided: Mapping[str, Sequence[Difference]]
    taken: tuple[str, ...]
    alone: tuple[str, ...]
    unknown: tuple[str, ...]

    def summary(self) -> list[str]:
        """Lines for the plan, the journal and the report: who and why, no hashes."""
        return [
            *self.merge.summary(),
            *(f"differs: {difference}" for difference in self.differences),
            *(f"taken over from production: {printable(name)}" for name in self.taken),
            *(f"on the standby alone, lives on: {printable(name)}" for name in self.alone),
            *(f"site.toml decides on {printable(name)}, whom neither host has" for name in self.unknown),
        ]

    def open_points(self) -> list[str]:
        """What keeps 3.4 from passing, a line each, with what ends it."""
        refused = [f"{printable(one.name)} (UID {one.uid}): {one.reason}" for one in self.merge.refused]
        return refused + [
            f"{difference}; decide in site.toml: {hint(name)}"
            for name, found in self.undecided.items()
            for difference in found
        ]


def hint(name: str) -> str:
    """What to write into site.toml for an account."""
    key = name if _BARE.fullmatch(name) else json.dumps(printable(name))
    return f'[accounts] decided = {{ {key} = "source" }} (as on production), or "target" (as on the standby)'


def decide(source: Accounts, target: Accounts, rules: AccountRange, today: date, gone: Collection[str] = ()) -> Decided:
    """Compare the two hosts' accounts and settle what site.toml settles.

    Args:
        source: production's files.
        target: the standby's.
        rules: [accounts] of site.toml.
        today: by which an account has expired or not.
        gone: accounts that somebody has removed from the standby since they were copied; they stay away.
    """
    found = differences(source, target, rules.uid_min, rules.uid_max, today)
    by_name: dict[str, list[Difference]] = {}
    for difference in found:
        by_name.setdefault(difference.name, []).append(difference)
    words = {name: _word(name, {one.decide for one in ours} - {""}, rules) for name, ours in by_name.items()}
    needed = {name: [one for one in ours if one.decide] for name, ours in by_name.items()}
    undecided = {name: ours for name, ours in needed.items() if ours and not words[name]}
    left = {*gone, *undecided, *(name for name, word in {**words, **rules.decided}.items() if word == "target")}
    users = [read_passwd(accounts.passwd).entries for accounts in (source, target)]
    theirs = [one for one, word in words.items() if word == "source" and one in users[1]]
    lines = {one for one in theirs if _lines(by_name[one])}
    groups = wanted(source, target, theirs, rules.uid_min, rules.uid_max)
    here, names = read_group(target.group).entries, set(theirs)
    moved = set().union(*(_moved(here[group], members, names) for group, members in groups.items()))
    taken = tuple(one for one in theirs if one in lines or one in moved)
    changed = give(take_over(source, target, lines), groups, theirs)
    merge = plan_merge(source, changed, rules.uid_min, rules.uid_max, left)
    alone = tuple(on_target_alone(source, target, rules.uid_min, rules.uid_max))
    unknown = tuple(name for name in rules.decided if not any(name in known for known in users))
    return Decided(merge, apply(merge, changed), tuple(found), undecided, taken, alone, unknown)


def _word(name: str, kinds: Collection[str], rules: AccountRange) -> str:
    """Whose word counts for an account: by its own decision, that of all, the rules of what it has; "" if open."""
    if name in rules.decided:
        return rules.decided[name]
    if rules.source_wins:
        return "source"
    said = {str(getattr(rules, kind)) for kind in kinds}
    return said.pop() if len(said) == 1 else ""


def _moved(group: Group, members: set[str], names: set[str]) -> set[str]:
    """Which of the names come into a group, or leave it, when exactly these members of them are in it."""
    return members ^ (set(group.members) & names)


def _lines(found: Collection[Difference]) -> bool:
    """Does any of it stand in a line that is taken over: groups do not."""
    return any(difference.field not in GROUPS for difference in found)


def take_over(source: Accounts, target: Accounts, names: Collection[str]) -> Accounts:
    """The target's files with production's line of shadow, comment, home and shell for these accounts.

    UID and primary group stay the target's; what cannot be read stays as it is.
    """
    lines, users = read_shadow(source.shadow).entries, read_passwd(source.passwd).entries
    held = read_passwd(target.passwd).entries
    here = [name for name in names if name in users and name in held]
    shadow = {encode(name): lines[name].reveal() for name in here if name in lines}
    passwd = {encode(name): replace(held[name], rest=users[name].rest).line(held[name].gid) for name in here}
    return Accounts(_replaced(target.passwd, passwd), _replaced(target.shadow, shadow), target.group, target.gshadow)


def _replaced(text: bytes, lines: Mapping[bytes, bytes]) -> bytes:
    """The text with the first line of each name replaced; every other one is kept byte for byte."""
    waiting = dict(lines)
    return b"\n".join(waiting.pop(line.split(b":")[0], line) for line in text.split(b"\n"))
