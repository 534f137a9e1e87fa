"""[mail] mailboxes: where users without an account have mail, by what the mail system says and by what lies there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import plain
from irekae.subjects.mail.address_classes import tables
from irekae.subjects.mail.tables import text_of
from irekae.subjects.mail_users import of_dovecot

HOMES = "/home"
USUAL = ("/var/vmail", "/var/spool/virtual", "/srv/vmail", "/srv/mail", f"{HOMES}/vmail")
MOST = 50  # patterns that are written down
_DEEPEST = "6"  # folders below a store in which a maildir is looked for
_INNER = re.compile(r"\.?mail(dir|box)?", re.IGNORECASE)  # a maildir that its user's folder holds
# Of dovecot: 2.3 and 2.4, a userdb's default, and what one gives to all. Up to a variable.
_SAID = re.compile(r"\b(?:mail_location|mail_path|mail_home|mail_inbox_path|home)\s*=\s*(?:[a-z]+:)?(/[^\s:%~]*)")
_NO_STORE = re.compile(
    r"/*|/(home|srv|opt|var(/(spool|lib))?)|/var/(spool/)?mail|/(root|etc|tmp|run|proc|sys|dev|usr)(/.*)?|[^/].*"
)


@dataclass(frozen=True)
class Found:
    """Patterns of mailboxes, how many maildirs were seen, and stores that hold something else."""

    patterns: list[str]
    maildirs: int
    others: list[str]


def stores_of(eyes: Eyes) -> list[str]:
    """Folders below which virtual users have mail, none in another one."""
    likely = [path.rstrip("/") for path in (*USUAL, *_of_postfix(eyes), *_of_dovecot(eyes))]
    found = sorted({path for path in likely if not _NO_STORE.fullmatch(path) and eyes.names(path)})
    found = ["/var/mail", *found] if any(map(eyes.names, eyes.folders("/var/mail"))) else found
    return [path for path in found if not any(path.startswith(f"{other}/") for other in found)]


def _of_postfix(eyes: Eyes) -> list[str]:
    base = _base(eyes)
    return [base] if base else [path.rpartition("/")[0] for _, path in _mapped(eyes)]


def _base(eyes: Eyes) -> str:
    return eyes.said("postconf", "-x", "-h", "virtual_mailbox_base").strip().rstrip("/")


def _mapped(eyes: Eyes) -> list[tuple[str, str]]:
    """Address and path, as the tables of virtual mailboxes have them."""
    base = _base(eyes)
    named = tables(eyes.said("postconf", "-x", "-h", "virtual_mailbox_maps"))
    texts = [eyes.text(path) for table in sorted(named) if (path := text_of(table))]
    rows = [line.split() for text in texts for line in text.splitlines() if line[:1] not in ("#", " ", "\t", "")]
    return [(row[0], f"{base}/{row[1].lstrip('/')}") for row in rows if len(row) == 2]


def _of_dovecot(eyes: Eyes) -> list[str]:
    """Up to the first variable; of a user's own folder, the one that it lies in."""
    shown = eyes.said("doveconf", "-n")
    found = [path.rpartition("/")[0] for path in _SAID.findall(shown)]
    for path in (path for path in of_dovecot(shown) if path != "/etc/passwd"):
        fields = [line.split(":") for line in eyes.text(path).splitlines() if line[:1] != "#"]
        found += [row[5].rstrip("/").rpartition("/")[0] for row in fields if len(row) > 5 and row[5].startswith("/")]
    return found


def look(eyes: Eyes, stores: list[str]) -> Found:
    """What lies in stores: maildirs, and the files that postfix's tables name there."""
    hidden = ("-name", ".?*", "!", "-iname", ".maildir", "-prune", "-o")
    asked = ("-maxdepth", _DEEPEST, *hidden, "-type", "d", "-name", "cur", "-print", "-prune")
    held = [line.removesuffix("/cur") for line in eyes.lines("find", *stores, *asked)] if stores else []
    inside = {path: next((top for top in stores if path.startswith(f"{top}/")), "") for path in sorted(held)}
    maildirs = [path for path, top in inside.items() if top and not _above(path) & inside.keys()]
    files = {path.rpartition("/")[0] for _, path in _mapped(eyes) if not path.endswith("/")}
    found = {_pattern(path, inside[path]) for path in maildirs} - {""}
    found |= {f"{folder}/*" for folder in files if eyes.files(folder)}
    others = [top for top in stores if not any(one.startswith(f"{top}/") for one in found)]
    return Found([one for one in plain(sorted(found)) if one.count("*") == 1], len(maildirs), others)


def _above(path: str) -> set[str]:
    """The folders that a path lies in."""
    parts = path.split("/")
    return {"/".join(parts[:number]) for number in range(2, len(parts))}


def _pattern(path: str, top: str) -> str:
    """A maildir's path with `*` for its user; "" where nothing below the store is one."""
    parts = path.split("/")
    at = len(parts) - (2 if _INNER.fullmatch(parts[-1]) else 1)
    return "/".join([*parts[:at], "*", *parts[at + 1 :], ""]) if at >= len(top.split("/")) else ""
