"""The canonical state of a host: what a swap must leave behind, or bring back, defined in this one place.

Runs on the host as root (`lab console HOST python3 - FACTS < digest.py`), standard library only, and prints
JSON. FACTS is [state] of the pair's cast, as JSON: which trees, which of them are data, what changes by itself, which
daemons and databases.
`files` (path → [mode, owner:group, contents or target, mtime]), `mail` (each message once), `queued` (what waits in the
queue since the lab's first boot), `databases` (what each holds, as its server's own dump says it, and each server's
accounts), `accounts`, `running`, `hostname`, `addresses`, `data` and `kept` as in FACTS. Owners stand by name, since
the machines' numbers differ; paths are spelled as ascii() does.
"""

import contextlib
import grp
import hashlib
import json
import os
import pwd
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator

FACTS = json.loads(sys.argv[1])
# Users' jobs, where 1.7 puts them away: a folder of ours that is left empty is nothing.
HELD = "/var/lib/irekae/held"
TREES = [*FACTS["trees"], HELD]
SKIP = set(FACTS["skip"])
# Of what a copy replaced only that it is kept, not what: a rollback must take the folder away.
OURS = ".irekae-replaced"
# A message that the system wrote itself meanwhile (cron, say) is mail that came, not a file that differs.
MAILDIR = b"/Maildir/"
BOUNCE = b"MAILER-DAEMON"  # whatever the mail system says itself has its time and its process's number in it
# A message that waits in a queue since the lab's first boot: it comes at another moment, and another way, each time.
WAITED = re.compile(rb"^To: (.*)\n.*^Subject: waiting \d+$.*^(Message \d+.*)\.$", re.MULTILINE | re.DOTALL)
QUEUES = {"qmail": "/var/qmail/queue/mess", "postfix": "/var/spool/postfix", "exim4": "/var/spool/exim4/input"}
WAITING = ("deferred", "hold", "active", "incoming", "maildrop")  # folders of postfix in which messages lie
MARIADB_DUMP = ("mariadb-dump", "--skip-comments", "--skip-dump-date", "--order-by-primary", "--routines", "--events")
AS_POSTGRES = ("runuser", "-u", "postgres", "--")
PG_DUMP = (*AS_POSTGRES, "pg_dump", "--create")
RESTRICTED = re.compile(rb"^\\(un)?restrict .*\n", re.MULTILINE)
COPY_KEY = re.compile(rb"\S+ irekae-copy$", re.MULTILINE)


def name_of(table: Callable[[int], object], number: int, field: str) -> str:
    try:
        return str(getattr(table(number), field))
    except KeyError:
        return str(number)


def contents(path: bytes, made_anew: bytes | None = None) -> str:
    """A digest; of what is made anew each time, known by a text, without its moments and numbers."""
    with open(path, "rb") as file:
        data = file.read()
    if made_anew is not None and made_anew in data:
        data = re.sub(rb"[A-Z][a-z]{2}, ?\d|[A-Z][a-z]{2} (?=\d{4})|\d+", b"N", data)
    if path == b"/root/.ssh/authorized_keys":
        # The key of the copy is made for each swap.
        data = COPY_KEY.sub(rb"KEY irekae-copy", data)
    return hashlib.sha256(data).hexdigest()[:24]


def entry(path: bytes) -> list[object]:
    found = os.lstat(path)
    user, group = name_of(pwd.getpwuid, found.st_uid, "pw_name"), name_of(grp.getgrgid, found.st_gid, "gr_name")
    what, mtime = "", 0
    if stat.S_ISLNK(found.st_mode):
        what = ascii(os.fsdecode(os.readlink(path)))
    elif stat.S_ISREG(found.st_mode):
        what, mtime = contents(path), int(found.st_mtime)
    return [stat.filemode(found.st_mode), "%s:%s" % (user, group), what, mtime]


def tree(top: str) -> Iterator[bytes]:
    """Every path below a folder, the folder itself too, in bytes."""
    yield os.fsencode(top)
    for folder, folders, files in os.walk(os.fsencode(top)):
        if os.path.basename(os.fsdecode(folder)) == OURS:
            folders[:] = []
            continue
        folders[:] = [name for name in folders if os.fsdecode(os.path.join(folder, name)) not in SKIP]
        for name in folders + files:
            path = os.path.join(folder, name)
            if os.fsdecode(path) not in SKIP:
                yield path


def files_and_mail() -> tuple[dict[str, list[object]], list[str]]:
    """Path → entry, and the messages as "FOLDER CONTENTS", whether read or not."""
    files, mail = {}, []
    for top in TREES:
        for path in tree(top):
            box, cut, rest = path.partition(MAILDIR)
            if cut and rest.startswith((b"new/", b"cur/")) and os.path.isfile(path) and not os.path.islink(path):
                # Its name says when it was delivered, which queued mail is anew each time: a message is what it says.
                mail.append(ascii("%s %s" % (os.fsdecode(box), waited(path) or contents(path, BOUNCE))))
            elif os.path.lexists(path) and not (os.path.isdir(path) and top == HELD):
                files[ascii(os.fsdecode(path))[1:-1]] = entry(path)
    return files, sorted(mail)


def waited(path: bytes) -> str:
    """What a message that has waited since the first boot says, "" of any other."""
    with open(path, "rb") as file:
        return said_by(file.read(4096))


def said_by(message: bytes) -> str:
    """The same, of its text."""
    found = WAITED.search(message)
    return os.fsdecode(found[2] + b" to " + found[1]) if found and b"MAILER-DAEMON" not in found[0] else ""


def queued() -> list[str]:
    """The messages that wait in the queue since the first boot."""
    found = set()
    for path in tree(QUEUES[FACTS["queue"]]):
        if FACTS["queue"] == "qmail" and os.path.isfile(path):
            with contextlib.suppress(FileNotFoundError):  # delivered meanwhile
                found.add(waited(path))
        elif FACTS["queue"] == "exim4":
            if path.endswith(b"-H"):
                found.add(said_by(shown(["exim4", "-Mvc", os.path.basename(os.fsdecode(path))[:-2]])))
        elif os.fsdecode(path).split("/")[4:5] and os.fsdecode(path).split("/")[4] in WAITING and os.path.isfile(path):
            found.add(said_by(shown(["postcat", "-bh", path])))
    return sorted(found - {""})


def shown(argv: list[str | bytes]) -> bytes:
    """What a tool of the mail system shows of a message; nothing of one that was delivered meanwhile."""
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def databases() -> dict[str, str]:
    """Database → a digest of what it holds; "KIND accounts" → one of who may what. Where a server rests, of what it
    says."""
    found = {}
    for kind, names in FACTS.get("databases", {}).items():
        dump, accounts = {"mariadb": (MARIADB_DUMP, mariadb_accounts), "postgresql": (PG_DUMP, postgresql_accounts)}[
            kind
        ]
        found.update({name: digest_of(said([*dump, name])) for name in names})
        found["%s accounts" % kind] = digest_of(accounts())
    return found


def said(argv: list[str]) -> bytes:
    """What a tool says, without the word that pg_dump makes anew each time."""
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
    return RESTRICTED.sub(b"", done.stdout)


def digest_of(text: bytes) -> str:
    return "%s of %d bytes" % (hashlib.sha256(text).hexdigest()[:24], len(text))


def mariadb_accounts() -> bytes:
    """Each account's grants."""
    ask = ["mariadb", "-N", "-e"]
    users = "SELECT CONCAT(QUOTE(user), '@', QUOTE(host)) FROM mysql.user WHERE user <> '' ORDER BY 1"
    return b"".join(said([*ask, "SHOW GRANTS FOR %s" % user]) for user in said([*ask, users]).decode().splitlines())


def postgresql_accounts() -> bytes:
    """Each role, with its word and its memberships."""
    return said([*AS_POSTGRES, "pg_dumpall", "--roles-only"])


def running() -> list[str]:
    """Names of the daemons that run, each once."""
    found = set()
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                with open("/proc/%s/comm" % pid) as file:
                    found.add(file.read().strip())
            except OSError:
                pass
    return sorted(found & {name[:15] for name in FACTS["daemons"]})


def accounts() -> dict[str, list[object]]:
    """Account → its number, and a hash of its line in shadow."""
    with open("/etc/shadow", "rb") as file:
        shadow = {line.split(b":")[0]: hashlib.sha256(line.strip()).hexdigest()[:24] for line in file}
    return {user.pw_name: [user.pw_uid, shadow.get(os.fsencode(user.pw_name), "")] for user in pwd.getpwall()}


def main() -> None:
    files, mail = files_and_mail()
    look = ["ip", "-o", "addr", "show", "scope", "global"]
    shown = subprocess.run(look, stdout=subprocess.PIPE).stdout.decode()
    state = {
        "files": files,
        "mail": mail,
        "queued": queued(),
        "databases": databases(),
        "accounts": accounts(),
        "running": running(),
        "hostname": os.uname().nodename,
        "addresses": sorted(word for word in shown.split() if "/" in word),
        "data": FACTS["data"],
        "kept": FACTS["kept"],
    }
    json.dump(state, sys.stdout)


main()
