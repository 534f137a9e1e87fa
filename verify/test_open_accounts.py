"""Each user's account lets him in on the new production as it does on the machine that was production before (3.4)."""

from __future__ import annotations

from collections.abc import Iterator

from irekae.model.findings import Finding
from irekae.site.site import Site
from verify.marks import item
from verify.needs import needs
from verify.parsing import accounts
from verify.record import Record
from verify.swapped import is_behind_a_swap
from verify.world import Server

SHUT = ("nologin", "false")  # shells that let nobody in
DAY = 86400
EXPIRY = 7  # its place in a line of shadow(5)


@needs("all_facts", "other.all_facts")
@item("3.4", "production")
def test_accounts_are_as_open_as_they_were(server: Server, site: Site, check: Record) -> None:
    """Who may log in on the machine that was production before may do so here, and has his home where he had it.

    旧本番でログインできる利用者は本番でもできる
    """
    old, here = server.other.facts, server.facts
    if not is_behind_a_swap(server, site, check, "accounts that went over"):
        return
    today = int(here.began_at // DAY)
    before, now = (
        states(facts.text("/etc/passwd") or "", facts.text("/etc/shadow") or "", today) for facts in (old, here)
    )
    users = [
        name for name, (uid, _, _) in before.items() if uid in server.world.declared.users and goes_over(name, site)
    ]
    check.saw(here.of("who is locked, has expired, or has no shell", f"{len(users)} users of both hosts"))
    home = f"{site.home.path}/" if site.home else ""
    check.differs(*(found for name in users if name in now for found in differing(name, before[name], now[name], home)))
    check.expect(
        bool(before),
        "each account that went over lets its user in",
        f"{len(users)} accounts",
        cause="/etc/passwd of the old machine cannot be read",
        remedy="mend what keeps it from being read",
    )


def goes_over(name: str, site: Site) -> bool:
    """Whether site.toml leaves no room for the standby's own line to shut an account that is open on production."""
    rules = site.accounts
    if name in rules.decided:
        return rules.decided[name] == "source"
    return rules.source_wins or "target" not in (rules.locked, rules.expired, rules.empty)


def states(passwd: str, shadow: str, today: int) -> dict[str, tuple[int, str, str]]:
    """Each account: its number, its home, and what shuts it, "" for nothing.

    Args:
        passwd: passwd(5).
        shadow: shadow(5).
        today: in days since 1970.
    """
    lines = {line.partition(":")[0]: line.split(":") for line in reversed(shadow.splitlines())}
    found: dict[str, tuple[int, str, str]] = {}
    for account in accounts(passwd):
        shut = shut_by(account.shell, lines.get(account.name, []), today)
        found.setdefault(account.name, (account.uid, account.home.rstrip("/"), shut))
    return found


def shut_by(shell: str, secret: list[str], today: int) -> str:
    """Why nobody gets into an account; "" where he does."""
    if shell.rpartition("/")[2] in SHUT:
        return f"its shell is {shell}"
    if len(secret) > EXPIRY and secret[EXPIRY].isdigit() and int(secret[EXPIRY]) <= today:
        return "it has expired"
    return "its password is locked" if len(secret) > 1 and secret[1].startswith("!") else ""


def differing(name: str, was: tuple[int, str, str], now: tuple[int, str, str], home: str) -> Iterator[Finding]:
    """What shuts an account here that is open there; and another home than the one below `home` that went over."""
    remedy = "set it as on the old machine (usermod, chage); `fab explain ID --why` where it is meant so"
    if now[2] and not was[2]:
        yield Finding(
            role="production", subject="account", key=name, was="open on the old machine", found=now[2], remedy=remedy
        )
    if home and was[1].startswith(home) and not now[1].startswith(home):
        yield Finding(role="production", subject="home of", key=name, was=was[1], found=now[1] or "none", remedy=remedy)
