"""fail2ban on a host (9.8): a stranger is really banned, really let in again, and nothing of it stays."""

from __future__ import annotations

import contextlib
import ipaddress
import re
from dataclasses import dataclass, field

from irekae.model.results import Evidence
from irekae.site.inventory import HostEntry, Inventory
from verify.connection import PinnedSsh
from verify.evidence import start
from verify.finding import Finding, Unreachable
from verify.logins import Door, knock

STRANGER = "irekae-nobody"
"""A user who exists nowhere; sshd notes each of his attempts, without making him wait."""
NOBODY_S = ("3fff:fff::1", "198.18.255.1")
"""RFC 9637, 2544: in no network of a site's own."""
MOST_ATTEMPTS = 10
LOOK = 3.0
"""Seconds that a ban takes at most on an idle host: fail2ban reads the log once a second."""
BAN_DEADLINE = 12.0
UNBAN_DEADLINE = 5.0
APART = 1.1
"""Seconds between two calls: sshd from 9.8 holds a second against who calls and says nothing, and turns him away itself
when these add up (sshd_config(5), PerSourcePenalties)."""


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
    after: str = ""
    evidence: list[Evidence] = field(default_factory=list)


_FORGET = """
fail2ban-client ping > /dev/null 2>&1 || exit 0
jails=$(fail2ban-client status | sed -n 's/.*Jail list:[[:space:]]*//p' | tr , ' ')
for jail in $jails; do
    fail2ban-client set "$jail" attempt "$1" $(seq "$(fail2ban-client get "$jail" maxretry)")
done
for try in $(seq 40); do
    left=
    for jail in $jails; do fail2ban-client get "$jail" banip | grep -qwF -- "$1" || left=$jail; done
    [ "$left" ] || break
    sleep 0.1
done
for jail in $jails; do fail2ban-client set "$jail" unbanip "$1"; done
"""
# fail2ban has no command that forgets counted attempts. But a ban takes them off the count, so it is made to ban by its
# own `attempt` command; that happens a little later, and an unban before it would do nothing. In every jail: one like
# `recidive` counts the bans of the others, and those that the checks bring about are no stranger's.


def client(backend: PinnedSsh, *words: str) -> tuple[int, str, Evidence]:
    """Ask fail2ban on the host."""
    began = start()
    done = backend.call(["fail2ban-client", *words], become="root")
    said = (done.out + done.err).decode(errors="replace").strip()
    return done.status, said, began.heard(f"fail2ban-client {' '.join(words)}", said, f"on {backend.entry.name}")


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
            "9.8: /etc/fail2ban/jail.local; then restart fail2ban",
        )
    commands = {
        name: {"argv": ["fail2ban-client", "get", jail, name]}
        for name in ("maxretry", "bantime", "actions", "ignoreip")
    }
    began = start()
    answers = backend.far("ask", {"commands": commands}, become="root")["commands"]
    settings = {name: (answer["out"] + answer["err"]).strip() for name, answer in answers.items()}
    told = "\n".join(f"{name}: {value}" for name, value in settings.items())
    return settings, [seen, began.heard(f"fail2ban-client get {jail} …", told, f"on {backend.entry.name}")]


def ignores_strangers(said: str) -> list[str]:
    """Of what a jail ignores, the networks that hold strangers: addresses that are nobody's stand for them."""
    found = []
    for word in re.findall(r"[0-9A-Fa-f:.]+/[0-9]+", said):
        with contextlib.suppress(ValueError):
            network = ipaddress.ip_network(word, strict=False)
            found += [word] if any(ipaddress.ip_address(one) in network for one in NOBODY_S) else []
    return found


def call(outside: PinnedSsh, target: HostEntry, until: str | None = None, deadline: float = 0) -> tuple[str, Evidence]:
    """What the further address of `outside` gets when it calls the ssh port of `target`, waiting for `until`."""
    began = start()
    third = outside.entry.third
    asked = {"address": target.address, "port": target.port, "source": third, "until": until}
    asked |= {"deadline": deadline, "pause": APART}
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
    seen = _fail_until_banned(ban, backend.entry, outside, way, inventory)
    _, listed, seen_list = client(backend, "status", jail)
    ban.listed = outside.entry.third in listed.rpartition("Banned IP list:")[2].split()
    ban.evidence += [seen, seen_list]
    _let_in_again(ban, backend, outside, jail)
    return ban


def _let_in_again(ban: Ban, backend: PinnedSsh, outside: PinnedSsh, jail: str) -> None:
    """Lift the ban of the jail; and where that was not all, those of the jails that ban for a ban."""
    _, _, seen_unban = client(backend, "set", jail, "unbanip", outside.entry.third)
    ban.after, seen_after = call(outside, backend.entry, "connected", UNBAN_DEADLINE)
    ban.evidence += [seen_unban, seen_after]
    banning = jails_that_ban(backend, outside.entry.third) if ban.after != "connected" else []
    if banning:
        ban.evidence += [client(backend, "set", one, "unbanip", outside.entry.third)[2] for one in banning]
        ban.after, seen_after = call(outside, backend.entry, "connected", UNBAN_DEADLINE)
        ban.evidence.append(seen_after)


def jails_that_ban(backend: PinnedSsh, address: str) -> list[str]:
    """All jails in which an address is banned just now."""
    _, said, _ = client(backend, "status")
    jails = said.rpartition("Jail list:")[2].replace(",", " ").split()
    commands = {jail: {"argv": ["fail2ban-client", "get", jail, "banip"]} for jail in jails}
    answers = backend.far("ask", {"commands": commands}, become="root")["commands"] if commands else {}
    return [jail for jail, answer in answers.items() if address in answer["out"].split()]


def _fail_until_banned(ban: Ban, target: HostEntry, outside: PinnedSsh, way: Door, inventory: Inventory) -> Evidence:
    """Knock until the address is banned, but not much more often than the jail allows.

    Root's failed password was counted already, if passwords are taken at all. So the last knock is made only after a
    look whether it is needed: a ban in the middle of a conversation leaves it hanging. Who is turned away once and
    still gets through to the port was not banned: sshd itself may have done that, for a while.
    """
    allowed = int(ban.settings["maxretry"]) if ban.settings["maxretry"].isdigit() else MOST_ATTEMPTS
    most = min(allowed + 1, MOST_ATTEMPTS)
    turned_away = 0
    while True:
        last = turned_away > 1 or ban.attempts >= most
        if last or turned_away or ban.attempts >= allowed - 1:
            ban.banned, seen = call(outside, target, "not connected", BAN_DEADLINE if last or turned_away else LOOK)
            if last or ban.banned != "connected":
                return seen
        try:
            ban.evidence.append(knock(way, inventory, STRANGER).evidence)
            ban.attempts += 1
        except Unreachable:
            turned_away += 1  # banned in the middle of it, it may be


def forget(backend: PinnedSsh, third: str) -> None:
    """Leave neither ban nor counted attempts of the further address of `outside`, if a fail2ban runs there."""
    backend.call(["/bin/sh", "-c", _FORGET, "forget", third], become="root")


def let_in(backend: PinnedSsh, outside: PinnedSsh) -> None:
    """Lift bans that a run has left behind: they would look like a refusal of the login."""
    if call(outside, backend.entry)[0] != "connected":
        for jail in jails_that_ban(backend, outside.entry.third):
            client(backend, "set", jail, "unbanip", outside.entry.third)
