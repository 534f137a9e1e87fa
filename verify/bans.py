"""fail2ban on a host (9.8): a stranger is really banned, really let in again, and nothing of it stays."""

from __future__ import annotations

from dataclasses import dataclass, field

from irekae.inventory import HostEntry, Inventory
from irekae.report.results import Evidence
from verify.connection import PinnedSsh
from verify.evidence import start
from verify.finding import Finding, Unreachable
from verify.logins import Door, knock

STRANGER = "irekae-nobody"
"""A user who exists nowhere; sshd notes each of his attempts, without making him wait."""
MOST_ATTEMPTS = 10
BAN_DEADLINE = 12.0
UNBAN_DEADLINE = 5.0


@dataclass
class Ban:
    """What became of the stranger.

    Attributes:
        settings: the jail's maxretry, bantime, and its actions.
        before, banned, after: what a call to the ssh port got: before the attempts, when banned, and after the unban.
        listed: whether the jail counted his address among the banned ones.
    """

    settings: dict[str, str] = field(default_factory=dict)
    attempts: int = 0
    before: str = ""
    banned: str = ""
    listed: bool = False
    unban_said: str = ""
    after: str = ""
    evidence: list[Evidence] = field(default_factory=list)


def client(backend: PinnedSsh, *words: str) -> tuple[int, str, Evidence]:
    """Ask fail2ban on the host."""
    began = start()
    done = backend.call(["fail2ban-client", *words], become="root")
    said = (done.out + done.err).decode(errors="replace").strip()
    return done.status, said, began.heard(f"fail2ban-client {' '.join(words)}", said, f"on {backend.entry.name}")


def runs(backend: PinnedSsh) -> bool:
    """Whether a fail2ban answers on the host."""
    done = backend.call(["sh", "-c", "command -v fail2ban-client >/dev/null && fail2ban-client ping"], become="root")
    return done.status == 0


def jail_settings(backend: PinnedSsh, jail: str) -> tuple[dict[str, str], list[Evidence]]:
    """The settings of a jail that runs.

    Raises:
        Finding: there is no such jail.
    """
    status, said, seen = client(backend, "status", jail)
    if status != 0:
        raise Finding(
            f"fail2ban watches the jail {jail}",
            said or "fail2ban doesn't answer",
            "fail2ban runs without this jail, or not at all",
            "9.8: /etc/fail2ban/jail.local, then /etc/init.d/fail2ban restart",
        )
    settings, evidence = {}, [seen]
    for name in ("maxretry", "bantime", "findtime", "actions"):
        _, said, seen = client(backend, "get", jail, name)
        settings[name] = said
        evidence.append(seen)
    return settings, evidence


def call(outside: PinnedSsh, target: HostEntry, until: str | None = None, deadline: float = 0) -> tuple[str, Evidence]:
    """What the further address of `outside` gets when it calls the ssh port of `target`, waiting for `until`."""
    began = start()
    third = outside.entry.third
    asked = {"address": target.address, "port": target.port, "source": third, "until": until, "deadline": deadline}
    answer = outside.far("calls", {"calls": [asked]})["calls"][0]
    words = f"connect {third} → {target.address}:{target.port}"
    said = f"{answer['answer']} (tries: {answer['tries']})"
    return str(answer["answer"]), began.heard(words, said, f"{outside.entry.name} ({third})")


def ban_and_unban(backend: PinnedSsh, outside: PinnedSsh, way: Door, inventory: Inventory, jail: str) -> Ban:
    """Have a stranger fail to log in until he is banned; then let him in again.

    Raises:
        Finding: the jail isn't there.
        Unreachable: a host can't be asked.
    """
    ban = Ban()
    ban.settings, ban.evidence = jail_settings(backend, jail)
    ban.before, seen = call(outside, backend.entry)
    ban.evidence.append(seen)
    limit = int(ban.settings["maxretry"]) if ban.settings["maxretry"].isdigit() else MOST_ATTEMPTS
    while ban.attempts < min(limit, MOST_ATTEMPTS):
        try:
            ban.evidence.append(knock(way, inventory, STRANGER).evidence)
        except Unreachable:
            break  # banned already: attempts of before counted too
        ban.attempts += 1
    ban.banned, seen = call(outside, backend.entry, "not connected", BAN_DEADLINE)
    _, listed, seen_list = client(backend, "status", jail)
    ban.listed = outside.entry.third in listed.rpartition("Banned IP list:")[2].split()
    _, ban.unban_said, seen_unban = client(backend, "set", jail, "unbanip", outside.entry.third)
    ban.after, seen_after = call(outside, backend.entry, "connected", UNBAN_DEADLINE)
    ban.evidence += [seen, seen_list, seen_unban, seen_after]
    return ban


def forget(backend: PinnedSsh, jail: str, third: str) -> None:
    """Leave neither ban nor counted attempts of the further address of `outside`.

    fail2ban has no command that forgets counted attempts; but a ban by its own `attempt` command takes them off the
    count, and is lifted at once.
    """
    if not runs(backend):
        return
    status, said, _ = client(backend, "get", jail, "maxretry")
    if status == 0 and said.isdigit():
        client(backend, "set", jail, "attempt", third, *["irekae"] * int(said))
    client(backend, "set", jail, "unbanip", third)
