"""Fills a home as years of use do: mail, dot-files, odd names, links, attributes. The same every time.

For the images' own scripts, which import it from /lab.
"""

import os
import pwd
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

YEAR = 365 * 86400


@dataclass(frozen=True)
class Place:
    """Words of the users' texts, time of the newest file, short and full name of their host, domain of their mail."""

    words: list[str]
    newest: int
    host: str
    fqdn: str
    mail: str


def users() -> Iterator[pwd.struct_passwd]:
    """Users proper, by number."""
    return iter(sorted((u for u in pwd.getpwall() if 1000 <= u.pw_uid <= 29999), key=lambda u: u.pw_uid))


class Home:
    """A home folder being filled."""

    def __init__(self, user: pwd.struct_passwd, place: Place) -> None:
        """Make the folder itself, with its Maildir."""
        self.user = user
        self.place = place
        self.top = Path(user.pw_dir)
        self.dice = random.Random(f"irekae {user.pw_name}")
        self.folder("", 0o711)
        for name in ("Maildir", "Maildir/cur", "Maildir/new", "Maildir/tmp"):
            self.folder(name, 0o700)

    def folder(self, name: str, mode: int = 0o755) -> Path:
        """A folder of the user's."""
        path = self.top / name
        path.mkdir(parents=True, exist_ok=True)
        self.settle(path)
        path.chmod(mode)
        return path

    def file(self, name: str | bytes, content: str | bytes, mode: int = 0o644) -> Path:
        """A file of the user's, with an age of its own."""
        path = self.top / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        # The owner first: a change of owner takes setgid away.
        self.settle(path)
        path.chmod(mode)
        when = self.place.newest - self.dice.randrange(2 * YEAR)
        os.utime(path, (when, when))
        return path

    def link(self, name: str, to: str) -> None:
        """A symbolic link."""
        path = self.top / name
        path.symlink_to(to)
        self.settle(path)

    def settle(self, path: Path) -> None:
        """Give it to the user."""
        os.chown(path, self.user.pw_uid, self.user.pw_gid, follow_symlinks=False)

    def text(self, lines: int) -> str:
        """Words, some of which only look like names of hosts."""
        return "".join(" ".join(self.dice.choices(self.place.words, k=9)) + "\n" for _ in range(lines))

    def mail(self, number: int) -> None:
        """One mail, read or not."""
        name = self.user.pw_name
        when = self.place.newest - self.dice.randrange(YEAR)
        seen = self.dice.random() < 0.8
        file = f"Maildir/{'cur' if seen else 'new'}/{when}.M{number}P{1000 + number}.{self.place.host}"
        file += ":2,S" if seen else ""
        sender = self.dice.choice(self.place.words)
        self.file(
            file,
            f"Return-Path: <{sender}@example.org>\nDelivered-To: {name}@{self.place.mail}\n"
            f"Message-ID: <{when}.{number}@{self.place.fqdn}>\nFrom: {sender}@example.org\n"
            f"To: {name}@{self.place.mail}\nSubject: {self.dice.choice(self.place.words)} {number}\n\n"
            f"{self.text(self.dice.randrange(3, 60))}",
            0o600,
        )


def odd(home: Home) -> None:
    """File names, links and modes that break careless scripts."""
    for number, name in enumerate(
        (
            "with space.txt", " leading space", "trailing space ", "it's quoted.txt", 'double "quoted".txt', "-rf",
            "--delete", "$(touch pwned)", "`id`", "$HOME", "star*.txt", "semi;colon", "back\\slash", "new\nline.txt",
            "tab\there", "日本語の名前.txt", "あ" * 60, "#hash#", "~tilde", "a" * 200, ".hidden file", "percent%20.txt",
        )
    ):  # fmt: skip
        home.file(f"odd/{name}", f"odd name {number}\n")
    home.file(b"odd/latin1-\xe9\xe8.txt", "no UTF-8\n")
    home.file(b"odd/eucjp-\xc6\xfc\xcb\xdc.txt", "EUC-JP\n")
    home.folder("odd")
    home.link("to-file", "odd/with space.txt")
    home.link("to-folder", "doc/notes")
    home.link("dangling", "no/such/place")
    home.link("absolute", f"{home.top}/doc")
    home.link("out-of-home", "/etc/passwd")
    home.link("loop", "loop")
    first = home.file("hard-1", "one file, three names\n")
    for name in ("hard-2", "odd/hard 3"):
        os.link(first, home.top / name)
    home.file("private", "mode 600\n", 0o600)
    home.file("nobody-reads-it", "mode 000\n", 0o000)
    home.file("bin/tool", "#!/bin/sh\necho tool\n", 0o755)
    home.file("bin/setgid-tool", "#!/bin/sh\necho tool\n", 0o2755)
    home.folder("bin")
    home.folder("empty folder")
    home.folder("shared", 0o2775)
    os.mkfifo(home.top / "a-pipe")
    home.settle(home.top / "a-pipe")
    sparse = home.file("sparse", b"")
    with sparse.open("r+b") as file:
        file.truncate(5_000_000)
        file.seek(4_000_000)
        file.write(b"x")
    home.file("empty", b"")


def attributed(home: Home, friend: int, group: int) -> None:
    """What mode and owner do not tell: lists of acl(5), by users and groups whose numbers differ between the hosts."""
    nobody = 0xFFFFFFFF

    def acl(*named: tuple[int, int, int]) -> bytes:
        """The owner may all, those named what is said (tag, permissions, number), nobody else anything."""
        entries = sorted([(1, 7, nobody), *named, (4, 0, nobody), (16, 7, nobody), (32, 0, nobody)])
        return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)

    letter = home.file("letters/secret.txt", "for one friend's eyes\n", 0o600)
    os.setxattr(letter, "system.posix_acl_access", acl((2, 4, friend)))
    folder = home.folder("letters/all", 0o700)
    os.setxattr(folder, "system.posix_acl_default", acl((8, 7, group)))
    os.setxattr(home.file("letters/from-the-web.pdf", "PDF"), "user.xdg.origin.url", b"https://example.org/paper.pdf")


def mbox(home: Home, messages: int) -> str:
    """A mailbox file's text (mbox(5))."""
    name = home.user.pw_name
    return "".join(
        f"From {home.dice.choice(home.place.words)}@example.org Sun Feb 20 03:00:{number:02} 2011\n"
        f"Message-ID: <mbox.{number}@{home.place.fqdn}>\nTo: {name}@{home.place.mail}\nSubject: kept {number}\n\n"
        f"{home.text(home.dice.randrange(3, 30))}\n"
        for number in range(messages)
    )
