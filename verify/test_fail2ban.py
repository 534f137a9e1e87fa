"""fail2ban bans and lets in again (9.8)."""

from __future__ import annotations

from irekae.site.site import Site, needed
from verify.bans import Ban, ignores_strangers
from verify.by_hand import act
from verify.marks import item, part_of
from verify.needs import needs
from verify.record import Record
from verify.world import Server


def _remedy(server: Server) -> str:
    return f"9.8: /etc/fail2ban/jail.local and `fail2ban-client status`; then {act(server, 'restart', 'fail2ban')}"


def _ban(server: Server, check: Record) -> Ban:
    outside = server.world.outside
    if outside is None or not outside.third:
        check.not_made("hosts.ini has no outside host with a `third` address that may be banned")
    ban = server.ban.result()
    check.saw(*ban.evidence)
    return ban


@part_of("fail2ban")
@needs("ban")
@item("9.8", "production")
def test_fail2ban_bans(server: Server, site: Site, check: Record) -> None:
    """After failed logins, the caller's address is refused.

    fail2ban が締め出す
    """
    ban = _ban(server, check)
    check.expect(
        ban.before == "connected",
        "a stranger can call at first",
        ban.before,
        cause="he is banned already",
        remedy=_remedy(server),
    )
    actions = ban.settings.get("actions", "")
    check.expect(
        "No actions" not in actions and bool(actions),
        f"{needed(site.fail2ban).jail} has an action",
        actions,
        remedy=_remedy(server),
        cause="jail.local gives the jail no banaction",
    )
    _nobody_is_let_off(ban, server, check)
    check.expect(
        ban.banned != "connected",
        f"refused after {ban.attempts} failed logins (maxretry {ban.settings['maxretry']})",
        "still connected" if ban.banned == "connected" else ban.banned,
        cause="the jail reads another log, has another filter, or its action does nothing",
        remedy=_remedy(server),
    )
    listed = f"{'in' if ban.listed else 'not in'} the list of {needed(site.fail2ban).jail}"
    check.expect(
        ban.listed,
        f"banned by {needed(site.fail2ban).jail}",
        listed,
        cause="something else refused him",
        remedy=_remedy(server),
    )


def _nobody_is_let_off(ban: Ban, server: Server, check: Record) -> None:
    """The stranger came over IPv4; what is ignored over IPv6 is asked for."""
    ignored = ignores_strangers(ban.settings.get("ignoreip", ""))
    check.expect(
        not ignored,
        "no network of strangers is ignored",
        ", ".join(ignored) or "none is",
        cause="ignoreip holds the world: its strangers are never banned",
        remedy=_remedy(server),
    )


@part_of("fail2ban")
@needs("ban")
@item("9.8", "production")
def test_fail2ban_lets_in_again(server: Server, site: Site, check: Record) -> None:
    """A ban ends: it has a time, and when it is lifted the caller gets in.

    fail2ban の締め出しが解除される
    """
    ban = _ban(server, check)
    bantime = ban.settings.get("bantime", "")
    finite = bantime.isdigit() and int(bantime) > 0
    check.expect(
        finite,
        "bans end after a time",
        f"bantime {bantime}",
        cause="bantime is negative: for ever",
        remedy=_remedy(server),
    )
    check.expect(
        ban.banned != "connected" and ban.after == "connected",
        "banned, and let in after `unbanip`",
        f"{ban.banned}, then {ban.after}",
        cause="the action's unban does nothing" if ban.banned != "connected" else "he was never banned",
        remedy=_remedy(server),
    )
