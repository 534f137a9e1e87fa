"""A site with each mail system, on hosts that are folders: what the contract asks of every one."""

from __future__ import annotations

import contextlib
import fcntl
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from irekae.host.agent.exim_queue import EximQueue
from irekae.host.agent.mail_queue import RECIPIENT
from irekae.site.site import needed
from irekae.subjects.mail.debian_exim import value_of
from irekae.swap.swap import Swap
from tests.unit.farend import Answers, FarEnd
from tests.unit.subjects.mail.sites import (
    POSTFIX,
    delivered,
    exim_files,
    exim_id,
    postfix_queue,
    queue,
    with_exim,
    with_postfix,
)
from tests.unit.subjects.test_late_mail import submit
from tests.unit.subjects.test_mail_queue import QUEUE
from tests.unit.subjects.test_mail_queue import queue as qmail_queue

CONTROL = "/var/qmail/control"
EXIM = "/var/spool/exim4"


class Case(Protocol):
    swap: Swap

    def lay_out(self, far: FarEnd) -> None:
        """An empty queue and a configuration."""

    def commands(self, far: FarEnd) -> Answers:
        """What its programs say."""

    def put(self, far: FarEnd, text: str, *recipients: str) -> None:
        """A message that waits."""

    def submit(self, far: FarEnd, text: str, *recipients: str) -> None:
        """A message of a program's, that came while it rests."""

    def local(self, far: FarEnd) -> list[str]:
        """The messages that are to be delivered here."""

    def deliver(self, far: FarEnd) -> None:
        """All of them."""

    def running(self, far: FarEnd) -> contextlib.AbstractContextManager[None]:
        """It runs meanwhile."""

    def taken(self, far: FarEnd) -> list[str]:
        """The domains whose mail it takes, by its files."""


@contextlib.contextmanager
def locked(far: FarEnd, path: str) -> Iterator[None]:
    far.put(path, "")
    with far.path(path).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class QmailCase:
    def __init__(self, swap: Swap) -> None:
        domains = ["ika-itpass.scitec.kobe-u.ac.jp", "itpass.x"]
        swap.site = replace(swap.site, mail=replace(needed(swap.site.mail), domains=domains))
        self.swap = swap

    def lay_out(self, far: FarEnd) -> None:
        qmail_queue(far)
        far.put(f"{CONTROL}/locals", "localhost\nitpass.x\n")
        for name in ("rcpthosts", "defaulthost", "me"):
            far.put(f"{CONTROL}/{name}", "localhost\n")

    def commands(self, far: FarEnd) -> Answers:
        def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
            return 0, far.path(f"{CONTROL}/locals").read_text()

        return answer

    def put(self, far: FarEnd, text: str, *recipients: str) -> None:
        number = far.put(f"{QUEUE}/pid/new", text).stat().st_ino
        far.path(f"{QUEUE}/pid/new").rename(far.path(f"{QUEUE}/mess/0/{number}"))
        far.put(f"{QUEUE}/info/0/{number}", "Fbob@far.x\0")
        for part, end in (("local", "itpass.x"), ("remote", "far.x")):
            those = [one for one in recipients if one.endswith(end)]
            if those:
                far.put(f"{QUEUE}/{part}/0/{number}", "".join(f"T{one}\0" for one in those))

    def submit(self, far: FarEnd, text: str, *recipients: str) -> None:
        submit(far, text, *recipients)

    def local(self, far: FarEnd) -> list[str]:
        new = [path.name for path in far.path(f"{QUEUE}/todo").iterdir()]
        old = [path.name for path in far.path(f"{QUEUE}/local/0").iterdir()
               if any(found[1] == b"T" for found in RECIPIENT.finditer(path.read_bytes()))]  # fmt: skip
        return sorted(far.path(f"{QUEUE}/mess/0/{name}").read_text() for name in {*new, *old})

    def deliver(self, far: FarEnd) -> None:
        for path in far.path(f"{QUEUE}/todo").iterdir():
            for part in ("mess/0", "intd", "todo"):
                far.path(f"{QUEUE}/{part}/{path.name}").unlink()

    def running(self, far: FarEnd) -> contextlib.AbstractContextManager[None]:
        return locked(far, f"{QUEUE}/lock/sendmutex")

    def taken(self, far: FarEnd) -> list[str]:
        return sorted(far.path(f"{CONTROL}/locals").read_text().split())


DEFAULTS = {
    "queue_directory": POSTFIX,
    "inet_interfaces": "all",
    "mydomain": "scitec.x",
    "myhostname": "ika.localdomain",
    "myorigin": "$myhostname",
    "virtual_alias_domains": "$virtual_alias_maps",
    "smtpd_helo_required": "no",
    "message_size_limit": "10240000",
}


def expanded(name: str, known: Mapping[str, str]) -> str:
    """A parameter as postfix shows it, with what other parameters it names."""
    return re.sub(r"\$([a-z_]+)", lambda match: expanded(match[1], known), known.get(name, ""))


class PostfixCase:
    def __init__(self, swap: Swap) -> None:
        self.swap = with_postfix(swap)
        self.count = 0

    def lay_out(self, far: FarEnd) -> None:
        postfix_queue(far)
        far.put("/etc/postfix/main.cf", "# main\nmydestination = $myhostname\n  localhost\n")

    def settings(self, far: FarEnd) -> dict[str, str]:
        lines = far.path("/etc/postfix/main.cf").read_text().splitlines()
        found = dict(line.split(" =", 1) for line in lines if " =" in line and not line.startswith((" ", "#")))
        return {name: value.strip() for name, value in found.items()}

    def commands(self, far: FarEnd) -> Answers:
        def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
            if argv[0] != "postconf" or "-M" in argv or "-h" in argv:
                return 0, ""
            words, over = list(argv[4:]), {}
            while "-o" in words:
                at = words.index("-o")
                name, _, over[name] = words[at + 1].partition("=")
                del words[at : at + 2]
            known = dict(DEFAULTS) if "-dx" in argv else {**DEFAULTS, **self.settings(far), **over}
            return 0, "".join(f"{name} = {expanded(name, known)}\n" for name in words)

        return answer

    def put(self, far: FarEnd, text: str, *recipients: str) -> None:
        self.count += 1
        queue(far, "deferred/A", f"A{self.count}", text, "bob@far.x", *recipients)

    def submit(self, far: FarEnd, text: str, *recipients: str) -> None:
        self.count += 1
        queue(far, "maildrop", f"B{self.count}", text, "root", *recipients)

    def local(self, far: FarEnd) -> list[str]:
        return [text for text, _ in delivered(far)]

    def deliver(self, far: FarEnd) -> None:
        for path in far.path(f"{POSTFIX}/incoming").iterdir():
            path.unlink()

    def running(self, far: FarEnd) -> contextlib.AbstractContextManager[None]:
        return locked(far, f"{POSTFIX}/pid/master.pid")

    def taken(self, far: FarEnd) -> list[str]:
        names = ("mydestination", "virtual_mailbox_domains", "virtual_alias_domains", "relay_domains")
        return sorted(word for name in names for word in self.settings(far).get(name, "").replace(",", " ").split())


class EximCase:
    def __init__(self, swap: Swap) -> None:
        self.swap = with_exim(swap)
        self.count = 0

    def lay_out(self, far: FarEnd) -> None:
        for part in ("input", "msglog"):
            far.path(f"{EXIM}/{part}").mkdir(parents=True, exist_ok=True)
        far.put("/etc/exim4/update-exim4.conf.conf", "# exim\ndc_other_hostnames=''\ndc_use_split_config='false'\n")

    def commands(self, far: FarEnd) -> Answers:
        def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
            if "-bP" in argv:
                return 0, f"spool_directory = {EXIM}\n"
            domain = argv[-1].partition("match_domain{")[2].partition("}")[0]
            return 0, "yes\n" if domain in self.taken(far) else "no\n"

        return answer

    def put(self, far: FarEnd, text: str, *recipients: str) -> None:
        self.count += 1
        for part, data in exim_files(self.count, text, "bob@far.x", *recipients).items():
            far.put(f"{EXIM}/input/{exim_id(self.count)}-{part}", data)

    def submit(self, far: FarEnd, text: str, *recipients: str) -> None:
        self.put(far, text, *recipients)  # told to queue only, exim leaves it like any other

    def local(self, far: FarEnd) -> list[str]:
        queue, found = EximQueue(str(far.path(EXIM))), []
        for folder, name in queue.messages():
            if any(one.endswith(b"itpass.x") for one in queue.to_come(f"{folder}/{name}")):
                found.append((queue.read(f"{folder}/{name}-D") or b"").decode().split("\n")[1])
        return sorted(found)

    def deliver(self, far: FarEnd) -> None:
        for path in far.path(f"{EXIM}/input").iterdir():
            path.unlink()

    @contextlib.contextmanager
    def running(self, far: FarEnd) -> Iterator[None]:
        for path in far.path(f"{EXIM}/input").glob("*-D"):
            with path.open("r+b") as file:
                fcntl.lockf(file, fcntl.LOCK_EX)
                yield

    def taken(self, far: FarEnd) -> list[str]:
        settings = far.path("/etc/exim4/update-exim4.conf.conf").read_bytes()
        macros = far.path("/etc/exim4/exim4.conf.localmacros")
        own = "MAIN_LOCAL_DOMAINS = " in (macros.read_text() if macros.exists() else "")
        others = value_of(settings, "dc_other_hostnames").split(":")
        return ["localhost"] if own else sorted(name for name in others if name)


CASES: dict[str, Callable[[Swap], Case]] = {"qmail": QmailCase, "postfix": PostfixCase, "exim4": EximCase}
