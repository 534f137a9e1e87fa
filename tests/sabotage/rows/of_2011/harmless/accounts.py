"""People and how they log in."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import SSHD_CONFIG
from tests.sabotage.rows.of_2011.harmless.common import ACCOUNT_FILES, variation

_NOISE = (
    '{ printf \'echo "*** welcome ***"\\necho hello >&2\\nprintf "you have mail"\\n\'; cat /home/hayashi/.bashrc; } '
    "> /run/sabotage/rc 2> /dev/null; cat /run/sabotage/rc > /home/hayashi/.bashrc"
)


def _noise(host: str) -> Row:
    return variation(
        f"bashrc-noise-{host}",
        f"{host}: the operator's .bashrc greets, on both streams and without a line end",
        _NOISE,
        "/home/hayashi/.bashrc",
        host=host,
        hosts="dennou" if host == "dennou" else "ika,tako",
    )


_SSHD_FORMS = f"""
sed -i '/^#*PermitRootLogin/d' {SSHD_CONFIG}
printf '%s\\n' 'PermitRootLogin=no   # closed since 2010' 'Port 22' 'Port 2222' 'Include /etc/ssh/more/*.conf' \\
    'Match User kato  # only him' '    PermitRootLogin "no" # nobody' '    X11Forwarding no' >> {SSHD_CONFIG}
mkdir /etc/ssh/more
printf 'permitrootlogin no\\nBanner /etc/issue.net\\n' > /etc/ssh/more/a.conf
printf '\\n*** authorized users only ***\\n\\n' > /etc/issue.net
svc ssh restart
"""

ROWS = (
    _noise("ika"),
    _noise("tako"),
    _noise("outside"),
    _noise("dennou"),
    variation(
        "shells",
        "the operator has another shell, and so have users, one of them a restricted one",
        "usermod -s /bin/dash hayashi; usermod -s /bin/rbash asada; usermod -s /bin/sh ikeda",
        *ACCOUNT_FILES,
    ),
    variation(
        "locale",
        "another locale for everybody, of which this host knows nothing",
        "echo LANG=ja_JP.eucJP > /etc/default/locale; echo LC_ALL=ja_JP.eucJP >> /etc/environment\n"
        "printf 'export LC_ALL=ja_JP.UTF-8 PATH=/usr/bin:/bin\\n' > /home/hayashi/.bashrc",
        "/etc/default/locale",
        "/etc/environment",
        "/home/hayashi/.bashrc",
    ),
    variation(
        "users-and-groups",
        "new users, with a home elsewhere and with a home that is a link, a group with many members, a closed account",
        "mkdir -p /export/home; useradd -m -d /export/home/oka -u 1500 oka; usermod -p '*' oka\n"
        "useradd -M -d /home/oda -u 1501 -c Oda oda; install -d -o oda -g oda /home/oda; usermod -p '!x' oda\n"
        "mv /home/tsuda /export/home/tsuda; ln -s /export/home/tsuda /home/tsuda; chgrp www-data /home/wada\n"
        "mkdir -p /home/2011; useradd -m -d /home/2011/ota -u 1502 ota; usermod -p '!' ota\n"
        "useradd -r -M -s /usr/sbin/nologin builder; groupadd -g 2999 everybody\n"
        "gpasswd -M asada,ikeda,ueno,oda,oka everybody > /dev/null",
        *ACCOUNT_FILES,
        undo="rm /home/tsuda; mv /export/home/tsuda /home/tsuda; chgrp wada /home/wada; rm -rf /export /home/oda /home/2011",
    ),
    variation(
        "sshd-forms",
        "one sshd on two ports; PermitRootLogin no, said again in a Match block and in an included file; a banner",
        _SSHD_FORMS,
        SSHD_CONFIG,
        "/etc/ssh/more",
        "/etc/issue.net",
        undo="svc ssh restart",
    ),
    variation(
        "tako-sshd-forms",
        "tako: the same",
        _SSHD_FORMS,
        SSHD_CONFIG,
        "/etc/ssh/more",
        "/etc/issue.net",
        undo="svc ssh restart",
        host="tako",
    ),
    variation(
        "nis-lines",
        "passwd, shadow and group end with the lines that bring NIS in, where it is used",
        "echo '+::::::' >> /etc/passwd; echo '+::::::::' >> /etc/shadow; echo '+:::' >> /etc/group",
        *ACCOUNT_FILES,
    ),
    variation(
        "sudo-warns",
        "sudo says before each command that it cannot find the host's name",
        "hostname ika-itpass; printf '127.0.0.1 localhost\\n198.51.100.21 ika-itpass.scitec.kobe-u.ac.jp ika-itpass ika\\n' "
        "> /etc/hosts; printf 'Defaults lecture=always\\n' > /etc/sudoers.d/zz-lecture",
        "/etc/sudoers.d/zz-lecture",
        "/etc/hosts",
        undo="hostname ika",
    ),
    variation(
        "stray-processes",
        "users run programs of their own, one called like a daemon, one on a port of his own",
        "cp /usr/bin/sleep /home/kato/named; chown kato: /home/kato/named\n"
        "start-stop-daemon --start --background --make-pidfile --pidfile /run/sabotage/k --chuid kato "
        "--startas /home/kato/named -- 600\n"
        "start-stop-daemon --start --background --make-pidfile --pidfile /run/sabotage/w --chuid kato --chdir / "
        "--startas /usr/bin/python3 -- -m http.server 8000",
        undo="pkill -u kato -x named || true; pkill -u kato -f 'http.server 8000' || true; rm -f /home/kato/named",
    ),
)
