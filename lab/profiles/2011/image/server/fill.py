"""Fills /home as years of use do, a few thousand files. The same every time.

fill.py WHICH: "a" everything, as on production; "b" what the builders and an old copy left on the standby.
"""

import grp
import os
import pwd
import sys
from pathlib import Path

sys.path.insert(0, "/lab")
from homes import Home, Place, attributed, mbox, odd, users  # type: ignore[import-not-found]

DOMAIN = "scitec.kobe-u.ac.jp"
SEA = ["umi", "nami", "ika", "tako", "ikasumi", "takoyaki", "ikaros", "octopus"]
WORDS = [*SEA, "kaze", "yama", "kawa", "hoshi", "tsuki", "kumo", "yuki", "hana", "mori", "ishi"]
# Sunday 2011-02-20 03:00 UTC: the newest of the files is a little older.
NEWEST = 1298170800
PLACE = Place(WORDS, NEWEST, "ika", f"ika-itpass.{DOMAIN}", f"itpass.{DOMAIN}")


def ordinary(home: Home) -> None:
    """What every user has."""
    name = home.user.pw_name
    home.file(".bashrc", "# ~/.bashrc\nalias ll='ls -l'\n")
    home.file(".profile", "PATH=$HOME/bin:$PATH\n")
    home.file(".forward-old", f"{name}@tako-itpass.{DOMAIN}\n", 0o600)
    home.folder("public_html")
    page = f"<html><head><title>{name}</title></head><body><h1>{name}</h1></body></html>\n"
    home.file("public_html/index.html", page)
    for number in range(home.dice.randrange(25, 55)):
        home.mail(number)
    for number in range(home.dice.randrange(15, 40)):
        top = home.dice.choice(("src", "doc/notes", "doc/papers", "data/2009", "data/2010"))
        home.file(f"{top}/{home.dice.choice(WORDS)}-{number:03}.txt", home.text(home.dice.randrange(5, 80)))
    home.file("data/2010/field.bin", home.dice.randbytes(home.dice.randrange(100_000, 900_000)))
    for folder in ("src", "doc", "doc/notes", "doc/papers", "data", "data/2009", "data/2010"):
        home.folder(folder)


def other_mailboxes() -> None:
    """Users whose mail does not lie in a Maildir: koyama's in ~/Mailbox, qmail's own default; tsuda's in the spool."""
    home = Home(pwd.getpwnam("koyama"), PLACE)
    home.file(".qmail", "./Mailbox\n")
    home.file("Mailbox", mbox(home, 30), 0o600)
    home = Home(pwd.getpwnam("tsuda"), PLACE)
    home.file(".qmail", "/var/mail/tsuda\n")
    spool = Path("/var/mail/tsuda")
    spool.write_text(mbox(home, 12))
    os.chown(spool, home.user.pw_uid, grp.getgrnam("mail").gr_gid)
    spool.chmod(0o660)


def production() -> None:
    """All users' homes."""
    for user in users():
        home = Home(user, PLACE)
        # The checks' mailbox is empty but for what they send.
        if user.pw_name == "popcheck":
            continue
        ordinary(home)
        if user.pw_name in ("asada", "takoyaki", "ikasumi"):
            odd(home)
    other_mailboxes()
    home = Home(pwd.getpwnam("ikeda"), PLACE)
    ueno, epalab = pwd.getpwnam("ueno"), grp.getgrnam("epalab")
    for name in ("doc/notes/kyodo.txt", "doc/notes/to-tako.txt"):
        # One user's file in another's home, for a group of both, as after working together.
        path = home.file(name, "shared\n", 0o664)
        os.chown(path, ueno.pw_uid, epalab.gr_gid)
    attributed(Home(pwd.getpwnam("kato"), PLACE), ueno.pw_uid, epalab.gr_gid)


def standby() -> None:
    """What an old copy left: some homes, some files that are no more on production."""
    for user in users():
        if user.pw_uid % 3:
            continue
        home = Home(user, PLACE)
        home.file(".bashrc", "# ~/.bashrc, older\n")
        home.file("old/left-over.txt", "gone from production\n")
        home.folder("old")


if __name__ == "__main__":
    os.umask(0o022)
    {"a": production, "b": standby}[sys.argv[1]]()
