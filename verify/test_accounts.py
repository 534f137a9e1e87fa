"""What phase 3 brought: accounts, homes, mailboxes, cron tables (3.1, 3.2, 3.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from irekae.site.site import Site, needed
from verify.marks import item, part_of
from verify.needs import needs
from verify.parsing import Account, accounts, first_fields
from verify.record import Record
from verify.world import Server

FEW = 3  # messages of a mailbox that may be spoilt

pytestmark = needs("all_facts")


def _users(server: Server) -> list[Account]:
    return [
        account
        for account in accounts(server.facts.text("/etc/passwd") or "")
        if account.uid in server.world.declared.users
    ]


@item("3.4", "production")
def test_every_user_is_in_shadow(server: Server, site: Site, check: Record) -> None:
    """Every user has one line in shadow, with a password, so that he can log in.

    全利用者が shadow にいる
    """
    users = _users(server)
    # passwd is nobody's secret, shadow is: only names of it are shown.
    shadow = server.facts.text("/etc/shadow") or ""
    names = Counter(first_fields(shadow))
    check.saw(
        server.facts.of(
            "getent passwd; cut -d: -f1 /etc/shadow", f"{len(users)} users; in shadow: {' '.join(sorted(names))}"
        )
    )
    known, said = range(site.accounts.uid_min, site.accounts.uid_max + 1), server.world.declared.users
    check.expect(
        known == said,
        f"users are {said[0]} to {said[-1]}",
        f"{known[0]} to {known[-1]}",
        remedy="correct site.toml",
        cause="site.toml has other numbers than the manual",
    )
    check.expect(bool(users), "users", len(users), cause="passwd was not merged", remedy="3.4")
    _one_line_each(names, users, check)
    _nobody_without_password(shadow, check)


def _one_line_each(names: Counter[str], users: list[Account], check: Record) -> None:
    missing = [user.name for user in users if not names[user.name]]
    twice = [user.name for user in users if names[user.name] > 1]
    check.expect(
        not missing,
        "a line in shadow for every user",
        f"none for {', '.join(missing)}" if missing else "all",
        cause="3.4 was not done, or the accounts came later",
        remedy="3.4: copy these users' lines from the other host's shadow",
    )
    check.expect(
        not twice,
        "one line for each",
        f"two for {', '.join(twice)}" if twice else "one",
        cause="3.4 was done by hand too",
        remedy="3.4: remove one of the two: vipw -s",
    )


def _nobody_without_password(shadow: str, check: Record) -> None:
    # A line that begins with + or - is none of an account, but brings those of NIS in (nsswitch.conf(5), compat).
    lines = [line for line in shadow.splitlines() if not line.startswith(("+", "-"))]
    empty = [line.partition(":")[0] for line in lines if line.split(":")[1:2] == [""]]
    check.expect(
        not empty,
        "nobody with an empty password",
        ", ".join(empty) or "nobody",
        cause="somebody has taken the password away",
        remedy=f"passwd -l {' '.join(empty[:5])}",
    )


@part_of("home")
@needs("homes")
@item("3.1", "production")
def test_homes_belong_to_their_users(server: Server, site: Site, check: Record) -> None:
    """Every user has a home, it is his, and nothing in it belongs to a number that is nobody.

    ホームディレクトリの所有者が正しい
    """
    found, began = server.homes.result()
    homes, top = found["homes"], needed(site.home).path
    users = [user for user in _users(server) if user.home.startswith(f"{top}/")]
    check.saw(
        began.heard(
            f"owners in {top}, two levels deep",
            f"{len(homes)} homes, {found['strangers']}",
            f"on {server.name}",
        )
    )
    check.expect(
        bool(users),
        "users with homes",
        len(users),
        remedy="3.4",
        cause="3.4 was not done, or [home] path in site.toml is another",
    )
    remedy = f"3.1: chown -R USER:GROUP {top}/USER, after looking at the other host's owners"
    wrong = []
    # A home may be a group's, as the web server's; it must not be another user's, whose number his group has elsewhere.
    private = {user.gid for user in users}
    for user in users:
        home = homes.get(_below(user.home, site))
        if home is None or home["kind"] != "folder":
            wrong.append(f"{user.name} has no home")
        elif home["uid"] != user.uid or home["gid"] in private - _groups_of(server, user):
            wrong.append(f"{user.home} belongs to {home['uid']}:{home['gid']}, not {user.uid}:{user.gid}")
    cause = "rsync without names, or with another numbering"
    check.expect(
        not wrong, "every home belongs to its user", "; ".join(wrong[:10]) or "all", cause=cause, remedy=remedy
    )
    strangers = [f"{one['path']} ({one['uid']}:{one['gid']})" for one in found["strangers"]]
    check.expect(
        not strangers, "no owner without a name", "; ".join(strangers[:10]) or "none", cause=cause, remedy=remedy
    )


def _below(home: str, site: Site) -> str:
    """A home's path below the folder of all homes."""
    return home.rstrip("/").removeprefix(f"{needed(site.home).path}/")


def _groups_of(server: Server, user: Account) -> set[int]:
    """Numbers of the user's groups."""
    groups = {user.gid}
    for line in (server.facts.text("/etc/group") or "").splitlines():
        words = line.split(":")
        if len(words) == 4 and words[2].isdigit() and user.name in words[3].split(","):
            groups.add(int(words[2]))
    return groups


@part_of("pop", "mail", "home")
@needs("homes")
@item("9.9", "production")
def test_mailboxes_can_be_opened(server: Server, site: Site, check: Record) -> None:
    """Every user's mailbox is his, he can read and write it, and the messages in it are his to read, and not empty.

    全利用者のメールボックスを本人が読み書きできる
    """
    answer, began = server.homes.result()
    wrong, seen = _mailboxes_amiss(server, answer["homes"], site)
    check.saw(
        began.heard(
            f"owners and modes of {needed(site.mail).maildir} in every home",
            f"{seen} mailboxes; {wrong}",
            f"on {server.name}",
        )
    )
    told = f"{seen} of {needed(site.mail).maildir}; others have files" if needed(site.mail).mailboxes else f"{seen}"
    check.expect(
        seen > 0 or bool(needed(site.mail).mailboxes),
        "mailboxes",
        told,
        cause="[mail] maildir and mailboxes in site.toml name others than the users have",
        remedy="correct [mail] maildir and mailboxes in site.toml",
    )
    remedy = "chown and chmod 700 of that Maildir; 3.1"
    check.expect(
        not wrong,
        "every mailbox belongs to its user",
        "; ".join(wrong[:10]) or "all",
        cause="wrong owners after rsync",
        remedy=remedy,
    )
    spoilt = list(_spoilt(answer["boxes"]))
    check.expect(
        not spoilt,
        "messages that their owners can read, and that are not empty",
        "; ".join(spoilt[:10]) or f"in all of {len(answer['boxes'])} mailboxes",
        cause="somebody has given them to another, or emptied them: the old machine has them as they were",
        remedy=remedy,
    )


def _spoilt(boxes: list[dict[str, Any]]) -> Iterator[str]:
    """Mailboxes with many messages that are shut to their owners, or empty; a full disk leaves a few."""
    for box in boxes:
        usual = min(max(FEW, box["messages"] // 10), box["messages"] - 1)
        for told, count in (("cannot be read by their owner", box["shut"]), ("are empty", box["empty"])):
            if count > usual:
                yield f"{box['path']}: {count} of {box['messages']} messages {told}"


def _mailboxes_amiss(server: Server, homes: dict[str, Any], site: Site) -> tuple[list[str], int]:
    """What is wrong with the users' Maildirs, and how many there are."""
    wrong, seen = [], 0
    for user in _users(server):
        box = homes.get(_below(user.home, site), {}).get("maildir")
        if box is None:
            continue
        seen += 1
        for part, entry in box.items():
            if entry and entry["kind"] == "link":
                break  # on another disk, by its user's will
            if entry is None:
                wrong.append(f"{user.name}: {part} is missing")
            elif entry["kind"] != "folder" or entry["uid"] != user.uid or entry["mode"] & 0o700 != 0o700:
                wrong.append(f"{user.name}: {part} belongs to {entry['uid']}, mode {entry['mode']:04o}")
    return wrong, seen


@part_of("copy.crontabs")
@item("3.2", "production")
def test_cron_tables_are_their_users(server: Server, site: Site, check: Record) -> None:
    """Every cron table belongs to a user of this host, so that cron runs it.

    crontab の所有者が正しい
    """
    folder = needed(site.copy.crontabs)
    tables = {name: entry for name, entry in server.facts.under(folder).items() if not name.startswith("tmp.")}
    uids = {account.name: account.uid for account in accounts(server.facts.text("/etc/passwd") or "")}
    told = "\n".join(f"{name}: uid {entry['uid']}, mode {entry['mode']:04o}" for name, entry in tables.items())
    check.saw(server.facts.of(f"ls -l {folder}", told or "empty"))
    wrong = [
        f"{name} (uid {entry['uid']}, mode {entry['mode']:04o})"
        for name, entry in tables.items()
        if entry["uid"] != uids.get(name) or entry["mode"] & 0o077 or entry["kind"] != "file"
    ]
    check.expect(bool(tables), "cron tables", len(tables), cause="they were not copied", remedy="3.2")
    remedy = f"3.2: chown USER:crontab, chmod 600 below {folder}"
    check.expect(
        not wrong,
        "each belongs to the user of its name, mode 0600",
        ", ".join(wrong) or "all",
        remedy=remedy,
        cause="they were copied without owners and modes",
    )
