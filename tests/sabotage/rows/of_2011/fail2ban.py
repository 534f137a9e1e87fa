"""Rows of 9.8: a fail2ban that runs and does not protect, or does not forgive."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import BANS, BY_KEY, BY_PASSWORD, LETS_IN

_JAIL = "/etc/fail2ban/jail.local"
_ACTION = "/etc/fail2ban/action.d/iptables-multiport.local"
_RULE = "INPUT -s 198.51.100.66 -p tcp --dport 22 -j REJECT"


def _jail(name: str, what: str, edit: str, *must: str, keeps: tuple[str, ...] = (), undo: str = "") -> Row:
    return Row(
        name,
        "ika",
        what,
        must,
        do=f"{edit}\nsvc fail2ban restart",
        undo=f"svc fail2ban restart\n{undo}",
        keeps=(_JAIL, *keeps),
    )


def _action(*parts: str) -> str:
    """These parts of fail2ban's action do nothing."""
    lines = "".join(f"{part} = true\\n" for part in parts)
    return f"printf '[Definition]\\n{lines}' > {_ACTION}"


ROWS = (
    _jail(
        "ban-no-jail", "fail2ban runs without a jail", f"sed -i 's/^enabled.*/enabled = false/' {_JAIL}", BANS, LETS_IN
    ),
    _jail("ban-for-ever", "fail2ban bans for ever", f"sed -i 's/^bantime.*/bantime = -1/' {_JAIL}", LETS_IN),
    _jail(
        "ban-never-lifted",
        "fail2ban bans, and its unban does nothing",
        _action("actionunban", "actionstop", "actionflush"),
        LETS_IN,
        keeps=(_ACTION,),
        undo="iptables -F",
    ),
    _jail(
        "ban-without-effect",
        "fail2ban writes down a ban and closes nothing",
        _action("actionban"),
        BANS,
        LETS_IN,
        keeps=(_ACTION,),
    ),
    _jail(
        "ban-other-log",
        "fail2ban reads another log than sshd writes",
        f"touch /var/log/sshd.log; sed -i 's#^logpath.*#logpath = /var/log/sshd.log#' {_JAIL}",
        BANS,
        LETS_IN,
        keeps=("/var/log/sshd.log",),
    ),
    _jail(
        "ban-much-too-late",
        "fail2ban bans after 1000 failures",
        f"sed -i 's/^maxretry.*/maxretry = 1000/' {_JAIL}",
        BANS,
        LETS_IN,
    ),
    _jail(
        "ban-everybody-excused",
        "fail2ban's ignoreip holds the whole network",
        f"sed -i 's#^ignoreip.*#ignoreip = 127.0.0.1/8 198.51.100.0/24#' {_JAIL}",
        BANS,
        LETS_IN,
    ),
    _jail(
        "ban-of-another-port",
        "fail2ban closes another port than sshd's",
        f"sed -i 's/^port.*/port = 2222/' {_JAIL}",
        BANS,
        LETS_IN,
    ),
    Row(
        "banned-already",
        "ika",
        "an old packet rule, not fail2ban's, shuts the further address out",
        (BANS, LETS_IN, BY_KEY, BY_PASSWORD),
        do=f"iptables -I {_RULE}",
        undo=f"iptables -D {_RULE}",
    ),
)
