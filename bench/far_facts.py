"""Runs on a host of the lab, through its console: what must be equal at the end of a swap, whoever carried it out.

One fact a line, as JSON: {"name": value}. Mail that was delivered meanwhile, dated copies and what a tool keeps for
itself are no facts.
"""

import glob
import grp
import hashlib
import json
import os
import pwd
import re
import socket
import subprocess

NAMED = [
    "/etc/hostname",
    "/etc/hosts",
    "/etc/mailname",
    "/etc/gate/gate.conf",
    "/etc/exim4/update-exim4.conf.conf",
    "/etc/motd",
    "/usr/local/bind/etc/namedb/localhost.zone",
    "/usr/local/bind/etc/namedb/localhost.rev",
    "/etc/network/interfaces",
    "/var/qmail/control/defaulthost",
    "/var/qmail/control/me",
    "/var/qmail/control/locals",
    "/var/qmail/control/rcpthosts",
    "/etc/resolv.conf",
    "/usr/local/qpopper/pop.auth",
    "/etc/ssh/sshd_config",
    "/etc/init.d/tcpserver",
    "/etc/cron.local/daily/230_rsync_epabk",
    "/etc/nologin",
    "/etc/pam.d/login",
    "/etc/pam.d/sshd",
    "/home/itpass/ml/ml-ctrl/bouncer",
]
GONE = [
    "/root/.ssh/authorized_keys",
    "/etc/irekae-door",
    "/etc/cron.d/irekae-door",
    "/etc/cron.d/irekae-exchange",
]
SERVICES = {
    "apache2": "apache2",
    "bind": "named",
    "openbsd-inetd": "inetd",
    "qmail": "qmail-send",
    "tcpserver": "tcpserver",
    "ssh": "sshd",
    "cron": "cron",
    "fail2ban": "fail2ban-server",
}
LIVES = re.compile(r"/(Maildir|Mailbox|mail|\.[a-z_]*history)(/|$)")
SERIAL = re.compile(rb"\d{10}(?=\s*; serial)")


def said(*argv: str) -> str:
    """What a command prints."""
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode().strip()


def of_file(path: str) -> str:
    """Digest, mode and owner of a file, without the serial numbers of zones."""
    try:
        state = os.lstat(path)
        with open(path, "rb") as file:
            digest = hashlib.sha256(SERIAL.sub(b"", file.read())).hexdigest()[:16]
    except OSError:
        return "none"
    owner, group = pwd.getpwuid(state.st_uid).pw_name, grp.getgrgid(state.st_gid).gr_name
    return f"{digest} {state.st_mode & 0o7777:04o} {owner}:{group}"


def users() -> dict[str, str]:
    """The ordinary users, with a digest of their secrets."""
    found = {}
    with open("/etc/shadow") as file:
        shadow = {line.split(":")[0]: line.split(":")[1] for line in file if ":" in line}
    for one in pwd.getpwall():
        if 1000 <= one.pw_uid < 30000:
            secret = hashlib.sha256(shadow.get(one.pw_name, "none").encode()).hexdigest()[:12]
            group = grp.getgrgid(one.pw_gid).gr_name
            found[f"user {one.pw_name}"] = f"{one.pw_uid} {group} {one.pw_dir} {one.pw_shell} {secret}"
    return found


def homes() -> dict[str, str]:
    """A digest of all that lies in each home that is copied, but for its mail."""
    found = {}
    for home in sorted(glob.glob("/home/*")):
        name = os.path.basename(home)
        if os.path.isdir(home) and not name.startswith(("gate", "chikuwa", "aquota", ".irekae")):
            whole = hashlib.sha256()
            for path in sorted(paths_in(home)):
                add(whole, path)
            found[f"home {name}"] = whole.hexdigest()[:16]
    return found


def paths_in(home: str) -> list[str]:
    """All that lies there, but for mail."""
    found = [os.path.join(folder, name) for folder, names, files in os.walk(home) for name in [*names, *files]]
    return [path for path in found if not LIVES.search(path)]


def add(whole: "hashlib._Hash", path: str) -> None:
    """Path, mode, owner and contents."""
    state = os.lstat(path)
    whole.update(f"{path} {state.st_mode:o} {state.st_uid}".encode("utf-8", "surrogateescape"))
    if os.path.isfile(path) and not os.path.islink(path):
        with open(path, "rb") as file:
            whole.update(hashlib.sha256(file.read()).digest())


def main() -> None:
    """Print the facts."""
    facts: dict[str, object] = {
        "hostname": socket.gethostname(),
        "addresses": said("sh", "-c", "ip -o -4 addr show eth0 | awk '{print $4}'"),
    }
    facts.update({path: of_file(path) for path in NAMED})
    facts.update({path: "none" if not os.path.exists(path) else "there" for path in GONE})
    facts["root by ssh"] = said("sh", "-c", "sshd -T -C user=root,host=x,addr=192.0.2.1 | grep -i ^permitrootlogin")
    for service, process in SERVICES.items():
        facts[f"{service} runs"] = bool(said("pgrep", "-x", process[:15]))
        facts[f"{service} at boot"] = bool(glob.glob(f"/etc/rc2.d/S??{service}"))
    tables = {name: of_file(f"/var/spool/cron/crontabs/{name}") for name in os.listdir("/var/spool/cron/crontabs")}
    facts.update({f"cron table {name}": value for name, value in tables.items()})
    facts.update(users())
    facts.update(homes())
    for name, value in sorted(facts.items()):
        print(json.dumps({name: value}))


main()
