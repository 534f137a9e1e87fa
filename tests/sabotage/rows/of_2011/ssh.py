"""Rows of 9.3 (and 9.12): how root may get in after all."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import BY_KEY, BY_PASSWORD, FROM_NOWHERE, NO_LINE, ON_DISK, SSHD_CONFIG, unread

_KEY = {"/run/sabotage/key": ("seat", "id_ed25519.pub")}
_PUT_KEY = "mkdir -p -m 700 /root/.ssh; cat /run/sabotage/key > /root/.ssh/authorized_keys"


def _edited(name: str, what: str, edit: str, *must: str, host: str = "ika", keeps: tuple[str, ...] = ()) -> Row:
    return Row(
        name,
        host,
        what,
        must,
        do=f"{edit}\nsvc ssh restart",
        undo="svc ssh restart",
        keeps=(SSHD_CONFIG, *keeps),
    )


def _value(value: str) -> str:
    return f"sed -i 's/^PermitRootLogin .*/PermitRootLogin {value}/' {SSHD_CONFIG}"


ROWS = (
    _edited("root-login-yes", "PermitRootLogin yes", _value("yes"), FROM_NOWHERE, NO_LINE),
    _edited(
        "root-login-line-gone",
        "the PermitRootLogin line was deleted: sshd's own default lets keys in",
        f"sed -i '/^PermitRootLogin/d' {SSHD_CONFIG}",
        FROM_NOWHERE,
        NO_LINE,
    ),
    Row(
        "root-by-key",
        "ika",
        "root is refused by password, but let in by the operator's key",
        (BY_KEY, FROM_NOWHERE, NO_LINE),
        do=f"{_value('prohibit-password')}; cat /run/sabotage/key >> /root/.ssh/authorized_keys; svc ssh restart",
        undo="svc ssh restart",
        keeps=(SSHD_CONFIG, "/root/.ssh/authorized_keys"),
        brings=_KEY,
    ),
    Row(
        "root-by-any-password",
        "ika",
        "PAM lets everybody in, root too",
        (BY_PASSWORD, FROM_NOWHERE, NO_LINE),
        do=f"{_value('yes')}; sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/sshd; svc ssh restart",
        undo="svc ssh restart",
        keeps=(SSHD_CONFIG, "/etc/pam.d/sshd"),
    ),
    Row(
        "sshd-not-reloaded",
        "ika",
        "sshd_config says no again, but the running sshd was not reloaded",
        (ON_DISK,),
        do=unread(SSHD_CONFIG, _value("yes"), "ssh"),
        undo="svc ssh restart",
        keeps=(SSHD_CONFIG,),
    ),
    Row(
        "sshd-command-line",
        "ika",
        "sshd was started by hand with -o PermitRootLogin=yes",
        (FROM_NOWHERE,),
        do="svc ssh stop; /usr/sbin/sshd -o PermitRootLogin=yes",
        undo="svc ssh restart",
    ),
    _edited(
        "match-block-outside",
        "a Match block lets root in from the computer outside",
        f"printf 'Match Address 198.51.100.50\\n    PermitRootLogin yes\\n' >> {SSHD_CONFIG}",
        FROM_NOWHERE,
        NO_LINE,
    ),
    _edited(
        "match-block-elsewhere",
        "a Match block lets root in from a network that no list of hosts names",
        f"printf 'Match Address 172.20.5.0/24\\n    PermitRootLogin prohibit-password\\n' >> {SSHD_CONFIG}",
        NO_LINE,
    ),
    _edited(
        "included-file",
        "a file in sshd_config.d lets root in, before sshd_config is read",
        "echo 'PermitRootLogin yes' > /etc/ssh/sshd_config.d/10-build.conf",
        FROM_NOWHERE,
        NO_LINE,
        keeps=("/etc/ssh/sshd_config.d/10-build.conf",),
    ),
    Row(
        "second-sshd",
        "ika",
        "a second sshd, with root login, listens on port 2222",
        ("test_no_second_sshd[*]",),
        do="/usr/sbin/sshd -p 2222 -o PermitRootLogin=yes -o PidFile=/run/sabotage/sshd.pid",
        undo="pkill -f '^sshd: /usr/sbin/sshd -p 2222' || true",
    ),
    Row(
        "sshd-down",
        "ika",
        "sshd does not run: the host cannot be asked at all, which is told once",
        ("test_host_can_be_asked[ika]", "test_backup_script_runs[*]"),
        do="svc ssh stop",
        undo="svc ssh start",
        may=("test_*[ika*]",),
        why="what the host must say itself is not checked; what is asked from outside is",
    ),
    Row(
        "tako-root-by-key",
        "tako",
        "tako: phase 2's door is still open, and the operator's key fits",
        (BY_KEY, FROM_NOWHERE, NO_LINE, "test_root_has_no_authorized_keys[tako]"),
        do=f"{_value('prohibit-password')}; {_PUT_KEY}; svc ssh restart",
        undo="svc ssh restart",
        keeps=(SSHD_CONFIG, "/root/.ssh"),
        brings=_KEY,
    ),
    Row(
        "tako-sshd-not-reloaded",
        "tako",
        "tako: the door was closed in the file, sshd was not restarted",
        (ON_DISK,),
        do=unread(SSHD_CONFIG, _value("yes"), "ssh"),
        undo="svc ssh restart",
        keeps=(SSHD_CONFIG,),
    ),
    Row(
        "tako-authorized-keys",
        "tako",
        "tako: root's authorized_keys was not put away",
        ("test_root_has_no_authorized_keys[tako]",),
        do=_PUT_KEY,
        keeps=("/root/.ssh",),
        brings=_KEY,
    ),
)
