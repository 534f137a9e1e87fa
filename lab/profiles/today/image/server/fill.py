"""Fills /home, /srv and /var/vmail as years of use do. The same every time.

fill.py WHICH: "a" the homes and mailboxes of production, "srv" its other data, "b" what an old copy left.
"""

import grp
import os
import pwd
import random
import sys
from pathlib import Path

sys.path.insert(0, "/lab")
from homes import Home, Place, attributed, odd, users  # type: ignore[import-not-found]

WORDS = ["mars", "venus", "marsden", "orbit", "comet", "dust", "ring", "moon", "tide", "wind", "stone", "light"]
# Thursday 2026-11-26 03:00 UTC: the newest of the files is a little older.
NEWEST = 1795662000
PLACE = Place(WORDS, NEWEST, "mars", "mars.dc.example.net", "example.org")


def ordinary(home: Home) -> None:
    """What every user has."""
    name = home.user.pw_name
    home.file(".bashrc", "# ~/.bashrc\nalias ll='ls -l'\n")
    home.file(".forward-old", f"{name}@venus.dc.example.net\n", 0o600)
    home.folder("public_html")
    home.file("public_html/index.html", f"<html><title>{name}</title><body><h1>{name}</h1></body></html>\n")
    for number in range(home.dice.randrange(25, 55)):
        home.mail(number)
    for number in range(home.dice.randrange(15, 40)):
        top = home.dice.choice(("src", "doc/notes", "doc/papers", "data/2025"))
        home.file(f"{top}/{home.dice.choice(WORDS)}-{number:03}.txt", home.text(home.dice.randrange(5, 80)))
    home.file("data/2025/field.bin", home.dice.randbytes(home.dice.randrange(100_000, 900_000)))
    for folder in ("src", "doc", "doc/notes", "doc/papers", "data", "data/2025"):
        home.folder(folder)


def production() -> None:
    """All users' homes, and the mailboxes of those who have none."""
    for user in users():
        home = Home(user, PLACE)
        # The checks' mailbox is empty but for what they send.
        if user.pw_name == "postcheck":
            continue
        ordinary(home)
        if user.pw_name in ("alice", "marsden"):
            odd(home)
    carol, team = pwd.getpwnam("carol"), grp.getgrnam("team")
    shared = Home(pwd.getpwnam("bob"), PLACE).file("doc/notes/together.txt", "shared\n", 0o664)
    os.chown(shared, carol.pw_uid, team.gr_gid)
    attributed(Home(pwd.getpwnam("dave"), PLACE), carol.pw_uid, team.gr_gid)
    vmail = pwd.getpwnam("vmail")
    for name in ("anna", "otto"):
        owner = pwd.struct_passwd((name, "x", vmail.pw_uid, vmail.pw_gid, "", f"/var/vmail/example.com/{name}", ""))
        box = Home(owner, PLACE)
        for number in range(30):
            box.mail(number)
        box.folder("", 0o700)
    os.chown("/var/vmail/example.com", vmail.pw_uid, vmail.pw_gid)


def service_data() -> None:
    """/srv: files of the team, with odd names, links, attributes; a repository; the last dump of the database."""
    dice = random.Random("irekae srv")
    carol, team = pwd.getpwnam("carol"), grp.getgrnam("team")
    owner = pwd.struct_passwd(("files", "x", carol.pw_uid, team.gr_gid, "", "/srv/files/team", ""))
    work = Home(owner, PLACE)
    odd(work)
    for number in range(300):
        name = f"results/{dice.randrange(20):02}/{dice.choice(WORDS)}-{number:03}.csv"
        work.file(name, work.text(dice.randrange(3, 60)))
    work.folder("", 0o2775)
    for folder in [Path("/srv/files/team/results"), *Path("/srv/files/team/results").iterdir()]:
        work.settle(folder)
    Path("/srv/files/readme.html").write_text("<html><body><h1>Files</h1></body></html>\n")
    Path("/srv/git/project.git").mkdir(parents=True)
    Path("/srv/git/project.git/HEAD").write_text("ref: refs/heads/main\n")
    Path("/srv/git/project.git/description").write_text("the team's work\n")


def standby() -> None:
    """What an old copy left: some homes, some files that are no more on production."""
    for user in users():
        if user.pw_uid % 3 == 0:
            home = Home(user, PLACE)
            home.file(".bashrc", "# ~/.bashrc, older\n")
            home.file("old/left-over.txt", "gone from production\n")
            home.folder("old")
    Path("/srv/files/old.csv").write_text("gone from production\n")


if __name__ == "__main__":
    os.umask(0o022)
    {"a": production, "srv": service_data, "b": standby}[sys.argv[1]]()
