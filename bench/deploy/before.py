"""The swap of the lab's pair as a pyinfra deploy, written as an admin would: phases 1 to 6, up to the restart of the
network. Operations where there are such, a shell where there are none; what goes from one host to the other is handed
over by functions, since it is there only once the deploy runs.
"""

from datetime import datetime
from io import BytesIO

from common import PRODUCTION, STANDBY, carried_out, is_on_production, phase, text_of
from pyinfra import host, inventory
from pyinfra.operations import files, python, server

is_production = is_on_production()
DAY = f"{datetime.now():%Y%m%d}"
JOBS, KEY, COPIED = "/root/jobs", "/root/.ssh/swap", "/root/swap.tgz"
ACCOUNTS = ("passwd", "shadow", "group", "gshadow")
LEFT_OUT = "--exclude=/gate --exclude='/chikuwa*' --exclude=/aquota.user --exclude=/gate.bk"
RSYNC = f"rsync -aHAXS --no-D --info=nonreg0 --delete {LEFT_OUT} -e 'ssh -q -i {KEY} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'"
PLAIN = [
    "/etc/hostname", "/etc/mailname", "/etc/exim4/update-exim4.conf.conf", "/etc/motd",
    "/var/qmail/control/defaulthost", "/var/qmail/control/me",
]  # fmt: skip
ZONES = [f"/usr/local/bind/etc/namedb/localhost.{kind}" for kind in ("zone", "rev")]
SWAP = r"s/\b(ika|tako)\b/@\1@/g; s/@ika@/tako/g; s/@tako@/ika/g"
OTHER = STANDBY if is_production else PRODUCTION


def allow_key() -> None:
    """Production's key goes into the standby's root account."""
    key = text_of(inventory.get_host(PRODUCTION), f"cat {KEY}.pub")
    host.put_file(BytesIO(f"{key}\n".encode()), "/root/.ssh/authorized_keys", _sudo=True)
    carried_out(host, "chmod 600 /root/.ssh/authorized_keys")


def hand_tables_over() -> None:
    """What is not in /home, in one archive."""
    archive = BytesIO()
    inventory.get_host(PRODUCTION).get_file(COPIED, archive, _sudo=True)
    archive.seek(0)
    host.put_file(archive, COPIED, _sudo=True)
    carried_out(host, f"mkdir -p -m 700 /root/swap && tar -C /root/swap -xzf {COPIED} && rm {COPIED}")


phase(1)
files.directory(path=JOBS, mode="700")
root_jobs = f"[ ! -f root ] || cp -p root {JOBS}/root" if is_production else "true"
server.shell(
    name="users out, their jobs held",
    commands=[
        "wall 'Server exchange, please log out now.'",
        f"""cd /var/spool/cron/crontabs
        for table in *; do
            [ "$table" = root ] || [ ! -f "$table" ] || [ -L "$table" ] || [ "$(stat -c %U "$table")" != "$table" ] || mv "$table" {JOBS}
        done
        {root_jobs}""",
        """users=$(awk -F: '$3 >= 1000 && $3 < 30000 && $1 != "hayashi" && $1 != "mori" { print $3 }' /etc/passwd | paste -sd,)
        pkill -TERM -U "$users" || true
        for try in $(seq 50); do pgrep -U "$users" > /dev/null || break; sleep 0.1; done
        pkill -KILL -U "$users" || true""",
    ],
)
# The init scripts of this pair tell no state that pyinfra's own operation could go by.
stop = "for service in apache2 openbsd-inetd tcpserver; do service $service stop > /dev/null || true; done"
drain = "pkill -ALRM -x qmail-send && sleep 2 || true"
retire = "for service in apache2 openbsd-inetd; do update-rc.d $service disable 2> /dev/null; done"
server.shell(
    name="services stopped, and retired on production",
    commands=[stop, *([drain, retire] if is_production else []), "service qmail stop > /dev/null || true"],
)
if is_production:
    make_key = f"rm -f {KEY} {KEY}.pub; ssh-keygen -q -t ed25519 -N '' -f {KEY} > /dev/null"
    server.shell(name="a key for the copy", commands=[make_key])
files.file(path="/etc/cron.local/daily/230_rsync_epabk", mode="000")

phase(2)
if not is_production:
    server.shell(
        name="root may log in by key",
        commands=[
            "cp -p /etc/ssh/sshd_config /etc/ssh/sshd_config.swap",
            "sed -i '1i PermitRootLogin prohibit-password' /etc/ssh/sshd_config",
            "mkdir -p -m 700 /root/.ssh",
        ],
    )
    python.call(name="production's key", function=allow_key)
    server.shell(name="sshd reads it", commands=["sshd -t", "service ssh restart > /dev/null"])

phase(3)
if is_production:
    server.shell(
        name="one archive of what is not in /home",
        commands=[
            f"tar -C / --ignore-failed-read -czf {COPIED} {' '.join(f'etc/{name}' for name in ACCOUNTS)} root/jobs "
            "usr/local/qpopper/pop.auth var/mail"
        ],
    )
else:
    python.call(name="it goes over", function=hand_tables_over)
    server.shell(
        name="accounts, jobs, pop secrets, mailboxes",
        commands=[
            f"for file in {' '.join(ACCOUNTS)}; do cp -p /etc/$file /etc/$file.{DAY}; done",
            """from=/root/swap/etc
            awk -F: 'NR == FNR { seen[$1]; next } $3 >= 1000 && $3 < 30000 && !($1 in seen)' /etc/passwd $from/passwd > /root/swap/new
            cat /root/swap/new >> /etc/passwd
            names=$(awk -F: '$3 >= 1000 && $3 < 30000 { print $1 }' $from/passwd)
            for file in shadow group gshadow; do
                for name in $names; do grep -q "^$name:" /etc/$file || grep "^$name:" $from/$file >> /etc/$file || true; done
            done""",
            f"""mkdir -p {JOBS}; cp -p /root/swap/root/jobs/* {JOBS}
            for table in {JOBS}/*; do chown "$(basename "$table")":crontab "$table"; done""",
            f"cp -p /usr/local/qpopper/pop.auth /usr/local/qpopper/pop.auth.{DAY}",
            "cp -p /root/swap/usr/local/qpopper/pop.auth /usr/local/qpopper/pop.auth",
            """for box in /root/swap/var/mail/*; do
                [ ! -f "$box" ] || { cp -p "$box" /var/mail/; chown "$(basename "$box")":mail "/var/mail/$(basename "$box")"; }
            done""",
        ],
    )
if is_production:
    server.shell(
        name="/home", commands=[f"{RSYNC} -n /home/ root@{STANDBY}:/home/", f"{RSYNC} -q /home/ root@{STANDBY}:/home/"]
    )

phase(4)
if is_production:
    server.shell(name="nothing is left to copy", commands=[f'test -z "$({RSYNC} -n -i /home/ root@{STANDBY}:/home/)"'])
    server.shell(
        name="the key goes",
        commands=[
            f"rm -f {KEY} {KEY}.pub {COPIED}",
            "[ ! -e /root/.ssh/authorized_keys ] || mv /root/.ssh/authorized_keys /root/.ssh/authorized_keys.bk",
        ],
    )
else:
    server.shell(
        name="root's way in is closed",
        commands=[
            "mv /etc/ssh/sshd_config.swap /etc/ssh/sshd_config",
            "rm -f /root/.ssh/authorized_keys",
            "sshd -t",
            "service ssh restart > /dev/null",
            "sshd -T | grep -q '^permitrootlogin no$'",
        ],
    )

phase(5)
dated = " ".join([*PLAIN, *ZONES, "/etc/gate/gate.conf", "/etc/network/interfaces"])
server.shell(
    name="the names in the configuration files",
    commands=[
        "for name in locals rcpthosts; do cp -p /var/qmail/control/$name /var/qmail/control/$name.swap; done",
        f"for file in {dated}; do cp -p $file $file.{DAY}; done",
        f"sed -E -i '{SWAP}' {' '.join(PLAIN)}",
        f"sed -E -i '/^[ \\t]*#/! {{ {SWAP} }}' /etc/gate/gate.conf",
        f"sed -E -i '{SWAP}; s/[0-9]{{10}}([ \\t]*; serial)/{DAY}01\\1/' {' '.join(ZONES)}",
    ],
)

phase(6)
files.put(
    src=BytesIO(
        f"""ifdown eth0; sed -i 's/address {host.name}$/address {OTHER}/' /etc/network/interfaces; hostname -F /etc/hostname
sleep 0.5; ifup eth0; arping -q -c 2 -U -I eth0 {OTHER}
""".encode()
    ),
    dest="/root/exchange.sh",
    mode="700",
)
server.shell(
    name="each takes the other's address",
    commands=["setsid -f sh -c 'sleep 1; sh /root/exchange.sh' > /root/exchange.log 2>&1 < /dev/null"],
)
