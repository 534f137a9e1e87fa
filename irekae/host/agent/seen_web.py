"""What the web server has, for the survey: virtual hosts, and the files below their folders and in users' pages."""

from __future__ import annotations

import base64
import os
import re
import stat
from typing import Iterator, NamedTuple, Sequence

from irekae.host.agent.base import Refused, operation, raw, text
from irekae.host.agent.commands import op_run
from irekae.host.agent.files import op_read
from irekae.host.agent.homes import descend
from irekae.host.agent.paths import names_in, open_folder
from irekae.host.agent.seen import Rows
from irekae.host.agent.seen_files import whole_digest
from irekae.host.agent.seen_service import daemon_words
from irekae.host.agent.walk import walk

# Their `-S` only looks; another server may take it for something else.
APACHE = ("apache2", "httpd", "httpd2")
WEB_FILES = 5000  # of a folder: those that are told
TOP = re.compile(r"^\S+:(\d+|\*)\s+(?:is a NameVirtualHost|(\S+) \((.+):(\d+)\))")
INNER = re.compile(r"^\s+port (\d+) namevhost (\S+) \((.+):(\d+)\)")


class VirtualHost(NamedTuple):
    """A virtual host, and the line of the configuration where it begins."""

    port: str
    name: str
    path: str
    line: int
    others: list[str]


@operation
def op_seen_sites(process: str, conf: str, home: str, userdir: str) -> dict[str, Rows]:
    """ "virtual host": port and name, as the running server's own program reads its configuration; "user page": homes
    with pages; "web file": what lies below the virtual hosts' folders, by content, and in users' pages, by name.

    Args:
        process: the web server's.
        conf: its configuration, where it does not run.
        home: the folder of homes.
        userdir: the folder in a home that holds pages.
    """
    hosts = list(virtual_hosts(lines_of_sites(process, conf)))
    files: Rows = {}
    for folder in sorted({root for host in hosts for root in document_roots(host)}):
        add_web_files(files, folder)
    pages = dict(users_pages(home, userdir, files))
    named = {f"{host.port} {host.name}": ", ".join(host.others) or "no other names" for host in hosts}
    return {"virtual host": named, "user page": pages, "web file": files}


def lines_of_sites(process: str, conf: str) -> list[str]:
    """What Apache says of its virtual hosts; nothing of another server."""
    program, given, env = daemon_words(process)
    kept = [word for at, word in enumerate(given) if word != "-k" and given[at - 1 : at] != ["-k"]]
    argv = [program, *kept, "-S"] if program else ["apache2ctl", "-f", conf, "-S"]
    if program and os.path.basename(program) not in APACHE:
        return []
    try:
        done = op_run(argv, env=env, timeout=60)
    except (OSError, Refused):
        return []
    return text(base64.b64decode(done["out"]) + base64.b64decode(done["err"])).splitlines()


def virtual_hosts(lines: Sequence[str]) -> Iterator[VirtualHost]:
    """The virtual hosts of what `-S` says."""
    found = None
    for line in lines:
        top, inner = TOP.match(line), INNER.match(line)
        words = line.split()
        if found and len(words) > 1 and words[0] in ("alias", "wild"):
            found.others.append(words[-1])
            continue
        match = inner or (top if top and top.group(2) else None)
        if found and (match or not line.startswith(" ")):
            yield found
            found = None
        if match:
            found = VirtualHost(match.group(1), match.group(2), match.group(3), int(match.group(4)), [])
    if found:
        yield found


def document_roots(host: VirtualHost) -> Iterator[str]:
    """The folder of a virtual host, read where its configuration begins."""
    try:
        held = op_read(host.path)
    except (OSError, Refused):
        held = None
    lines = text(base64.b64decode(held["data"])).splitlines() if held else []
    for line in lines[host.line - 1 :]:
        words = line.split(None, 1)
        if len(words) == 2 and words[0].lower() == "documentroot":
            yield words[1].strip("\"' ")
        if line.strip().lower() == "</virtualhost>":
            return


def add_web_files(rows: Rows, path: str) -> None:
    """The files below a folder; what is in them too."""
    try:
        top = open_folder(raw(path), path)
    except (OSError, Refused):
        return
    try:
        count = 0
        for fd, inner, names in walk(top, other_devices=False):
            for name in names:
                if stat.S_ISREG(os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode) and count < WEB_FILES:
                    count += 1
                    rows[os.path.join(path, text(inner), text(name))] = "content " + whole_digest(fd, name)
    finally:
        os.close(top)


def users_pages(home: str, userdir: str, files: Rows) -> Iterator[tuple[str, str]]:
    """Homes that hold a folder of pages; the names in it go into files."""
    top = open_folder(raw(home), home)
    try:
        for user in names_in(top):
            folder = descend(top, [user, raw(userdir)])
            if folder is None:
                continue
            try:
                yield text(user), f"has pages, mode {os.fstat(folder).st_mode & 0o7777:04o}"
                for name in names_in(folder)[:WEB_FILES]:
                    files[f"{home}/{text(user)}/{userdir}/{text(name)}"] = "is there"
            finally:
                os.close(folder)
    finally:
        os.close(top)
