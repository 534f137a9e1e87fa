"""Asks each daemon's own checker whether it accepts what lies on disk, by what runs and what is installed.

A checker is given the arguments and the environment of the daemon that runs: another configuration is another matter.
"""

from __future__ import annotations

import glob
import os
import re
import shlex
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from verify.far.running import daemons, text_of
from verify.far.system import PATH
from verify.far.trees import is_roots

PATIENCE = 40
SAID = 2000  # characters of what a checker says

# A daemon by its name: its checker, and the options of the running one that the checker has to be given, each with
# its value where it takes one. `%` stands for the program that runs.
OF_DAEMONS: dict[str, tuple[str, str]] = {
    "apache2": ("% {} -t", "f:d:D:C:c:"),
    "httpd": ("% {} -t", "f:d:D:C:c:"),
    "nginx": ("% {} -t -q", "c:p:g:"),
    "lighttpd": ("% {} -tt", "f:"),
    "haproxy": ("% {} -c", "f:"),
    "named": ("named-checkconf -z", ""),
    "unbound": ("unbound-checkconf", ""),
    "nsd": ("nsd-checkconf /etc/nsd/nsd.conf", ""),
    "sshd": ("% {} -t", "f:o:h:p:"),
    "fail2ban-server": ("fail2ban-client {} -t", "c:"),
    "rsyslogd": ("% {} -N1", "f:"),
    "syslog-ng": ("% {} -s", "f:"),
    "exim4": ("% {} -bV", "C:"),
    "exim": ("% {} -bV", "C:"),
    "master": ("postfix check", ""),
    "dovecot": ("doveconf -n", ""),
    "proftpd": ("% {} -t", "c:"),
    "squid": ("% {} -k parse", "f:"),
    "smbd": ("testparm -s", ""),
    "slapd": ("slaptest -Q -u", ""),
    "cupsd": ("cupsd -t", ""),
    "monit": ("monit -t", ""),
    "dnsmasq": ("% {} --test", "C:"),
    "php-fpm": ("% {} -t", "y:"),
    "dhcpd": ("% {} -t -q", "cf:"),
}
# What is read without a daemon that holds it: the program, how it is asked.
OF_PROGRAMS = {
    "visudo": "visudo -c",
    "logrotate": "logrotate -d /etc/logrotate.conf",
    "ifquery": "ifquery --list",
    "findmnt": "findmnt --verify",
    "exim4": "exim4 -bV",
    "systemd-analyze": "systemd-analyze verify default.target",
}
WHERE = {"systemd-analyze": "/run/systemd/system", "ifquery": "/etc/network/interfaces", "exim4": "/etc/exim4"}
"""Without this, the program may be there and has nothing to check."""
ROTATION = re.compile(r"^error: (?!stat of |skipping |destination |error creating|.*does not exist).*", re.MULTILINE)
WRONG = {
    # status 0 in spite of what it says; the lines that count
    "logrotate": ROTATION,
    "ifquery": re.compile(r"^.*(?:unknown|error|duplicate|misplaced|too few|bad ).*$", re.MULTILINE),
    "findmnt": re.compile(r"^.*(?:parse error|\[E\]).*$", re.MULTILINE),
    "systemd-analyze": re.compile(r"^/etc/systemd/(?!.*\b(?:obsolete|deprecated|unsafe|updating)\b).*$", re.MULTILINE),
    "fail2ban-server": re.compile(r"^.*(?:ERROR|Traceback).*$", re.MULTILINE),
}
PRAISE = re.compile(r"^.*: parsed OK$\n?", re.MULTILINE)
"""visudo says it of each file that is well."""
MODE = re.compile(r"(/.*): bad permissions, should be mode 0\d+")
"""visudo wants just that mode; sudo refuses a file only if another than root can write in it."""
MOMENTS = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?([.,]\d+)? *|\[\d+\]: ?")
"""What is another in each run: a person's word is for what a checker says."""
BY_WORDS = ("logrotate", "findmnt", "systemd-analyze")
"""Their status says too little: a log that isn't there, a device that is not plugged in."""


def checks() -> list[dict[str, Any]]:
    """What every checker says: name, argv, status, said, accepted."""
    asked = [*of_daemons(daemons()), *of_programs()]
    with ThreadPoolExecutor(4) as pool:
        return [*pool.map(ask, asked), *scripts()]


def of_daemons(running: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each daemon that runs and has one, its checker as it would be called for just that one.

    What is run here is run as root: nothing that anybody else could have put there, or said.
    """
    found: dict[str, dict[str, Any]] = {}
    for one in running:
        name = next((known for known in OF_DAEMONS if re.fullmatch(rf"{known[:15]}[0-9.]*", one["name"])), "")
        if not name or not is_roots(os.path.realpath(one["exe"])):
            continue
        words, options = OF_DAEMONS[name]
        line, environment = said_by_root(one) if set(one["users"]) == {"0"} else ([], {})
        given = " ".join(shlex.quote(word) for word in chosen(line[1:], options))
        argv = shlex.split(words.replace("%", shlex.quote(one["exe"])).replace("{}", given))
        argv += named(text_of(one["pid"], "cmdline").strip("\0").split("\0")) if name == "named" else []
        found[f"{name} {argv}"] = {"name": name, "argv": argv, "environment": environment}
    return list(found.values())


def said_by_root(one: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """The command line of a daemon that is root's, and what its configuration may ask for of its environment."""
    line = text_of(one["pid"], "cmdline").strip("\0").split("\0")
    pairs = [pair.partition("=")[::2] for pair in text_of(one["pid"], "environ").split("\0") if "=" in pair]
    asked_for = {name: value for name, value in pairs if name.startswith("APACHE_")}
    return title(line[0]) if len(line) == 1 else line, asked_for


def title(line: str) -> list[str]:
    """The words of a command line that the daemon wrote itself: `sshd: /usr/sbin/sshd -p 22 [listener] …`.

    Quotes are gone from it, so an option's value goes on until the next option (nginx: `-g daemon on; …`).
    """
    first, *options = re.split(r"\s+(?=-\w)", re.sub(r"^\w+: |\[listener\].*|\(.*\)$", "", line).strip())
    return [*first.split()[-1:], *(word for option in options for word in option.split(None, 1))]


def chosen(words: list[str], options: str) -> list[str]:
    """Of a command line, the options that count, each with its value; `options` as for getopt(3), or `f:`."""
    letters = [letter for letter in options.split(":") if letter]
    found: list[str] = []
    for place, word in enumerate(words):
        for letter in letters:
            if word == f"-{letter}":
                found += words[place : place + 2]
            elif word.startswith(f"-{letter}") and len(letter) == 1:
                found.append(word)
    return found


def named(line: list[str]) -> list[str]:
    """The arguments of named-checkconf: where named is rooted, and its configuration, if they are root's.

    named has given root's rights up, so its command line may say anything.
    """
    root, config = chosen(line, "t:")[1:], chosen(line, "c:")[1:]
    if not config or not is_roots("/".join([*root, config[0].lstrip("/") if root else config[0]])):
        return []
    return [*(["-t", *root] if root else []), *config]


def of_programs() -> list[dict[str, Any]]:
    """The checkers of what is installed."""
    here = [name for name in OF_PROGRAMS if shutil.which(name, path=PATH) and os.path.exists(WHERE.get(name, "/"))]
    return [{"name": name, "argv": OF_PROGRAMS[name].split(), "environment": {}} for name in here]


def ask(asked: dict[str, Any]) -> dict[str, Any]:
    """Run one checker, and judge what it says."""
    environment = {**os.environ, **asked["environment"], "LC_ALL": "C", "PATH": PATH}
    try:
        done = subprocess.run(
            asked["argv"], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, env=environment, check=False
        )
        status, said = done.returncode, (done.stdout + done.stderr).decode("utf-8", "backslashreplace")
    except FileNotFoundError:
        return {**told(asked, 127, "no such program"), "accepted": True}
    except (OSError, subprocess.SubprocessError) as error:
        status, said = 126, str(error)
    if asked["name"] == "visudo":
        status, said = as_sudo_judges(status, said)
    wrong = WRONG[asked["name"]].findall(said) if asked["name"] in WRONG else []
    accepted = not wrong and (status == 0 or asked["name"] in BY_WORDS)
    return {**told(asked, status, "\n".join(wrong) or said), "accepted": accepted}


def as_sudo_judges(status: int, said: str) -> tuple[int, str]:
    """What visudo says, without the modes that sudo itself takes: any in which root alone can write (sudoers(5))."""
    kept = [line for line in PRAISE.sub("", said).splitlines() if line and not is_taken_by_sudo(line)]
    return (status if kept or not said.strip() else 0), "\n".join(kept)


def is_taken_by_sudo(line: str) -> bool:
    """Whether a line of visudo's is about nothing but the mode of a file in which root alone can write."""
    found = MODE.fullmatch(line)
    return found is not None and is_roots(found[1])


def told(asked: dict[str, Any], status: int, said: str) -> dict[str, Any]:
    """What is kept of an answer: the end of a long one."""
    said = MOMENTS.sub("", said).strip()
    return {"name": asked["name"], "argv": asked["argv"], "status": status, "said": said[-SAID:]}


SCRIPTS = (
    "/etc/init.d/*",
    "/etc/rc.local",
    "/etc/rc.shutdown",
    "/etc/network/if-*.d/*",
    "/etc/cron.*/*",
    "/etc/cron.local/*/*",
    "/etc/default/*",
    "/etc/profile",
    "/etc/profile.d/*.sh",
)
SHELLS = re.compile(rb"#! *(?:/usr)?/bin/(?:env )?(sh|dash|bash|ksh)\b")


def scripts() -> list[dict[str, Any]]:
    """Shell scripts that a boot, cron or a login runs or reads, and that a shell cannot read (`sh -n`)."""
    paths = sorted({path for pattern in SCRIPTS for path in glob.glob(pattern) if os.path.isfile(path)})
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(parsed, paths))
    wrong = [answer for answer in answers if answer and not answer["accepted"]]
    whole = {"name": "sh", "argv": ["sh", "-n", f"({len(paths)} scripts)"], "status": 0, "said": "", "accepted": True}
    return wrong or [whole]


def parsed(path: str) -> dict[str, Any]:
    """What the script's own shell says of it; {} for another language's."""
    try:
        with open(path, "rb") as stream:
            found = SHELLS.match(stream.read(80))
    except OSError:
        return {}
    sourced = path.startswith(("/etc/default/", "/etc/profile"))
    shell = os.fsdecode(found[1]) if found else "sh" if sourced else ""
    return ask({"name": "sh", "argv": [shell, "-n", path], "environment": {}}) if shell else {}
