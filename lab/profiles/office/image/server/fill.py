"""Fills /home and /srv as use does. The same every time.

fill.py WHICH: "a" production's, "b" what an old copy left.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, "/lab")
from homes import Home, Place, odd, users  # type: ignore[import-not-found]

WORDS = ["juno", "vesta", "junos", "ledger", "letter", "invoice", "stamp", "paper", "clip", "desk"]
# Thursday 2026-11-26 03:00 UTC: the newest of the files is a little older.
NEWEST = 1795662000
PLACE = Place(WORDS, NEWEST, "juno", "juno.dc.example.net", "example.net")


def production() -> None:
    """All users' homes, and what the office scans."""
    for user in users():
        home = Home(user, PLACE)
        # The checks' mailbox is empty but for what they send.
        if user.pw_name == "postcheck":
            continue
        for number in range(home.dice.randrange(20, 40)):
            home.mail(number)
        for number in range(home.dice.randrange(10, 30)):
            home.file(f"doc/{home.dice.choice(WORDS)}-{number:03}.txt", home.text(home.dice.randrange(5, 80)))
        home.folder("doc")
        if user.pw_name == "ada":
            odd(home)
    for number in range(40):
        Path(f"/srv/scans/{number:04}.pdf").write_bytes(b"%PDF-1.4\n" + bytes([number]) * 2000)


def standby() -> None:
    """One home and one scan of an old copy."""
    home = Home(next(users()), PLACE)
    home.file("doc/left-over.txt", "gone from production\n")
    home.folder("doc")
    Path("/srv/scans/old.pdf").write_text("gone from production\n")


if __name__ == "__main__":
    os.umask(0o022)
    {"a": production, "b": standby}[sys.argv[1]]()
