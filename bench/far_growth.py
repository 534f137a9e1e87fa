"""Runs on a host of the lab, by its console, as before the swap: makes much of one kind. Arguments: kind, count."""

import json
import os
import subprocess
import sys
import time

STATE = "/var/lib/irekae"
FIRST_UID = 9000  # of the users that are made
WHO = "bench"


def users(count: int) -> None:
    """Users with a home, three messages in a maildir, and a cron table each."""
    group = next(line.split(":")[2] for line in open("/etc/group") if line.startswith("crontab:"))
    names = [f"many{number:05}" for number in range(count)]
    added = {
        "passwd": [f"{name}:x:{FIRST_UID + n}:100:,,,:/home/{name}:/bin/sh\n" for n, name in enumerate(names)],
        "shadow": [f"{name}:!:15000:0:99999:7:::\n" for name in names],
    }
    for file, lines in added.items():
        with open(f"/etc/{file}", "a") as held:
            held.writelines(lines)
    for number, name in enumerate(names):
        uid, box = FIRST_UID + number, f"/home/{name}/Maildir"
        paths = [f"{box}/new/{1300000000 + each}.{name}" for each in range(3)]
        for folder in (f"/home/{name}", box, *(f"{box}/{part}" for part in ("new", "cur", "tmp"))):
            os.mkdir(folder, 0o700)
            os.chown(folder, uid, 100)
        for path in paths:
            put(path, f"Subject: {path}\n\ntext\n", uid, 100)
        put(f"/var/spool/cron/crontabs/{name}", "0 4 1 1 * true\n", uid, int(group))


def files(count: int) -> None:
    """Small files of one user, two hundred in a folder."""
    user = next(line.split(":") for line in open("/etc/passwd") if 1000 <= int(line.split(":")[2]) < FIRST_UID)
    uid, gid, home = int(user[2]), int(user[3]), user[5]
    for number in range(count):
        folder = f"{home}/many/{number // 200:05}"
        if number % 200 == 0:
            os.makedirs(folder)
            os.chown(folder, uid, gid)
        put(f"{folder}/{number:07}.txt", f"{number}\n" * 20, uid, gid)
    os.chown(f"{home}/many", uid, gid) if count else None


def domains(count: int) -> None:
    """Mail domains of production's, in locals and rcpthosts: site.toml names them too."""
    for name in ("locals", "rcpthosts"):
        with open(f"/var/qmail/control/{name}", "a") as held:
            held.writelines(f"mail{number:04}.example.org\n" for number in range(count))
    subprocess.run(["pkill", "-HUP", "-x", "qmail-send"], check=True)


def zones(count: int) -> None:
    """Zones of the name server's."""
    folder, conf = "/usr/local/bind/etc/namedb", "/usr/local/bind/etc/named.conf"
    with open(f"{folder}/localhost.zone") as held:
        text = held.read()
    for number in range(count):
        with open(f"{folder}/zone{number:04}.zone", "w") as made:
            made.write(text)
    with open(conf, "a") as held:
        line = 'zone "zone{0:04}.example.org" {{ type master; file "zone{0:04}.zone"; }};\n'
        held.writelines(line.format(number) for number in range(count))
    if subprocess.run(["pgrep", "-x", "named"], stdout=subprocess.DEVNULL, check=False).returncode == 0:
        subprocess.run(["service", "bind", "restart"], stdout=subprocess.DEVNULL, check=True)


def journal(count: int) -> None:
    """Lines of the journal: an optional item that was tried again and again."""
    with open(f"{STATE}/journal.jsonl", "a") as held:
        for number in range(count):
            held.write(line_of("started" if number % 2 == 0 else "failed"))


def kept(count: int) -> None:
    """Changes with a file each in the checkpoints."""
    first = max([0, *(int(name) for name in os.listdir(f"{STATE}/checkpoints") if name.isdigit())]) + 1
    with open(f"{STATE}/journal.jsonl", "a") as held:
        for n in range(first, first + count):
            os.makedirs(f"{STATE}/checkpoints/{n:06}/etc", 0o700)
            put(f"{STATE}/checkpoints/{n:06}/etc/motd", "as it was\n", 0, 0)
            held.write(line_of("change", n=n, what="edit /etc/motd", undo={"kind": "none"}))


def line_of(event: str, **more: object) -> str:
    """A line of the journal about the copy beforehand (0.4)."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    name = "ika" if os.uname().nodename.startswith("ika") else "tako"
    entry = {"at": now, "who": WHO, "item": "0.4", "phase": 0, "name": name, "event": event, **more}
    return json.dumps(entry) + "\n"


def put(path: str, data: str, uid: int, gid: int) -> None:
    """A file of somebody's."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(fd, data.encode())
    os.fchown(fd, uid, gid)
    os.close(fd)


{"users": users, "files": files, "domains": domains, "zones": zones, "journal": journal, "kept": kept}[sys.argv[1]](
    int(sys.argv[2])
)
