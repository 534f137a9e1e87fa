"""What changes by itself on a host that nobody has touched: not compared with the boot, each for its reason. Pure.

A site adds its own in site.toml: [boot] changes.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re

BY_ITSELF = (
    (r"/etc/resolv\.conf", "dhcp clients and resolvconf write it; 7.6 and 9.14 have checks of their own"),
    (r"/etc/resolvconf/run(/.*)?", "the same"),
    (
        r"/etc/(mtab|adjtime|blkid\.tab.*|fake-hwclock\.data|ntp\.drift|ntp/drift|openvpn/.*status.*)",
        "state of daemons",
    ),
    (r"/run/systemd/transient/session-[^/]+\.scope(\.d(/.*)?)?", "logind makes one for each login"),
    (r"/run/systemd/system\.control/(user|session|machine)[-.][^/]*(/.*)?", "a login's and a guest's own limits"),
    (r"/etc/network/run(/.*)?", "which interfaces are up just now"),
    (r"/etc/(motd|issue|issue\.net|motd\.tail)", "shown to people; no program reads it, and boots write it anew"),
    (r"/etc/(passwd|shadow|group|gshadow|subuid|subgid)-", "useradd's copies of before the last account"),
    (r"/etc/sub[ug]id", "a range for each new account"),
    (r"/etc/lvm/(archive|backup|cache)(/.*)?", "lvm's own copies"),
    (r"/etc/cups/(subscriptions|printers|classes)\.conf.*", "cupsd writes them"),
    (r"/etc/letsencrypt/(archive|live|renewal|csr|keys|accounts)(/.*)?", "certbot renews; 9.4 has a check of its own"),
    (r"/etc/\.(git|etckeeper|bzr|hg)(/.*)?", "etckeeper commits by itself"),
    (r"/etc/(sv|service)/.*/supervise(/.*)?|/service/.*/supervise(/.*)?", "state of runit and daemontools"),
    (r"/etc/(apt|dpkg|ucf\.conf|apparmor\.d/cache|alternatives/README)(/.*)?", "apt's and dpkg's alone"),
    (r"/usr/local/[^/]+/(logs?|var|run|cache|spool|tmp|proxy)(/.*)?", "what a daemon built there writes"),
    (r"/opt/[^/]+/(logs?|var|run|cache|spool|tmp)(/.*)?", "the same"),
    (r"/var/qmail/(queue|log|supervise)(/.*)?|/var/qmail/alias/(Maildir|Mailbox)(/.*)?", "mail traffic"),
    (r"/usr/local/(apache2?|httpd)/(htdocs|icons|manual|error)(/.*)?", "pages, which people change at any time"),
    (r"/root/\.ssh/known_hosts(\.old)?", "ssh writes into it whom it has met"),
    (r"/var/spool/cron/(atspool|lastrun)(/.*)?|/var/spool/cron/atjobs/\.SEQ", "cron's and at's own"),
    (r"/var/spool/cron/crontabs/(tmp|crontab)\..*", "while somebody edits a table"),
    (r"/var/named/(data|dynamic|slaves)(/.*)?", "named writes there"),
    (r".*/(managed-keys\.bind.*|named\.(run|stats|recursing|secroots)|[^/]*_dump\.db)", "named writes them"),
    (r".*/(slaves?|secondar(y|ies))/.*", "zones that named fetches"),
    (
        r".*\.signed|.*/K[^/]+\.\+\d{3}\+\d{5}\.(key|private|state)",
        "named signs zones, and changes the keys of its own",
    ),
    (r".*\.(jnl|jbk|log|pid|sock|lock)", "journals of dynamic zones, logs, locks"),
    (r".*\.log[.-][0-9].*", "rotated logs"),
    (r".*/__pycache__(/.*)?|.*\.pyc", "Python compiles what it runs"),
    (r".*/(\.[^/]*\.sw[a-p]|#[^/]*#|\.#[^/]*|4913|\.nfs[0-9a-f]+)", "an editor that is open, a file that is held open"),
    (
        r"/usr/share/(doc|man|info|locale|texlive|texmf[^/]*|icons|fonts|help|gtk-doc|games|lintian|bug|applications|mime)(/.*)?",
        "to read",
    ),
    (r"/usr/(include|src|games)(/.*)?|/usr/local/(man|src|include|games|share/man)(/.*)?", "no daemon reads it"),
    (r"/usr/lib/modules/[^/]+/(build|source)", "to build modules"),
)
_ITSELF = re.compile("|".join(f"(?:{pattern})" for pattern, _ in BY_ITSELF))

DATED = re.compile(r"(?:[._-]20\d\d-?\d\d-?\d\d(?:[._-]\d+)?|[._-](?:old|orig|bak|bk|save|back)|~|\.(?:dpkg|ucf)-\w+)$")
READ_WHOLE = re.compile(r".*(?:\.d|-enabled|/cron\.\w+(?:/\w+)?|/crontabs|/atjobs|\.ssh)")
"""Folders from which a program takes whatever lies in them."""


def changes_by_itself(path: str, more: tuple[str, ...] = ()) -> bool:
    """Whether a path is one of BY_ITSELF, or one that a pattern of site.toml names."""
    return bool(_ITSELF.fullmatch(path)) or any(fnmatch.fnmatchcase(path, own) for own in more)


def is_copy(path: str, known: set[str]) -> bool:
    """Whether it, or a folder that it lies in, is a copy that somebody keeps beside the file, `hosts.20110220`.

    Args:
        path: of a file that was not there before.
        known: all paths that there were.
    """
    while path != "/":
        folder, name = posixpath.split(path)
        original = posixpath.join(folder, DATED.sub("", name))
        is_known = original in known or changes_by_itself(original)
        if original != path and is_known and not READ_WHOLE.fullmatch(folder):
            return True
        path = folder
    return False
