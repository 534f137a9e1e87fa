"""Rows of 9.9: POP with APOP."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import APOP, FETCH, IMPOSTOR_FILE, SECRET, reject

_AUTH = "/usr/local/qpopper/pop.auth"
_POPPER = "/usr/local/qpopper/sbin/popper"
_CONF = "/usr/local/qpopper/etc/pop3d.conf"
_FIREWALL = reject("INPUT -i eth0 -p tcp --dport 110 -j DROP")


def _pop(name: str, what: str, do: str, keep: str, *must: str) -> Row:
    return Row(name, "ika", what, (*must, FETCH), do=do, keeps=(keep,))


ROWS = (
    _pop(
        "apop-off",
        "POP answers, but APOP is off: no timestamp in the greeting",
        f"cat > {_POPPER} <<'END'\n#!/bin/sh\nprintf '+OK POP3 ready\\r\\n'\n"
        "while read -r line; do printf -- '-ERR unknown command\\r\\n'; done\nEND",
        _POPPER,
        APOP,
        SECRET,
    ),
    _pop(
        "popper-crashes",
        "inetd answers, and popper dies with a message that has angle brackets in it",
        f"printf '%s\\n' '#!/bin/sh' 'echo \"died at <main> line 1\"' > {_POPPER}",
        _POPPER,
        APOP,
        SECRET,
    ),
    _pop("pop-auth-truncated", "pop.auth is empty", f": > {_AUTH}", _AUTH, SECRET),
    _pop(
        "pop-old-secret",
        "pop.auth holds an old secret",
        "echo last-year-s | /usr/local/qpopper/bin/popauth -user popcheck",
        _AUTH,
        SECRET,
    ),
    _pop(
        "pop-other-mailbox",
        "POP reads another mailbox than qmail fills",
        f"sed -i 's#/home/${{user}}/Maildir#/home/${{user}}/Mail#' {_CONF}",
        _CONF,
    ),
    Row(
        "pop-anybody",
        "ika",
        "POP lets everybody in, with any secret, and shows an empty mailbox",
        ("test_service_runs[ika-openbsd-inetd]", SECRET, FETCH),
        do="svc openbsd-inetd stop; impostor yes-pop 110",
        undo="end_impostors; svc openbsd-inetd start",
        files=IMPOSTOR_FILE,
    ),
    Row(
        "pop-firewall",
        "ika",
        "inetd listens, a packet rule keeps other computers out",
        (APOP, SECRET, FETCH),
        do=_FIREWALL[0],
        undo=_FIREWALL[1],
    ),
    Row(
        "pop-line-gone",
        "ika",
        "inetd.conf has no pop3 line",
        ("test_service_runs[ika-openbsd-inetd]", APOP, SECRET, FETCH),
        do="sed -i 's/^pop3/#pop3/' /etc/inetd.conf; svc openbsd-inetd restart",
        undo="svc openbsd-inetd restart",
        keeps=("/etc/inetd.conf",),
    ),
    Row(
        "mailbox-unreadable",
        "ika",
        "one user's mailbox belongs to root",
        ("test_mailboxes_can_be_opened[ika]",),
        do="chown -R root:root /home/kato/Maildir",
        undo="chown -R kato:kato /home/kato/Maildir",
    ),
    Row(
        "mailbox-read-only",
        "ika",
        "one user cannot write to his mailbox",
        ("test_mailboxes_can_be_opened[ika]",),
        do="chmod 500 /home/sasaki/Maildir/cur",
        undo="chmod 700 /home/sasaki/Maildir/cur",
    ),
)
