"""Who is logged in at a host, from where and since when: who(1), and sshd's sessions without a terminal."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from irekae.host.overlay import run
from irekae.host.remote import Link
from irekae.subjects.sessions import Process, above, sessions_of

# In UTC and a locale of its own, whatever the host's are.
WHO = ("env", "LC_ALL=C.UTF-8", "TZ=UTC0", "who")
WITHIN = 10.0  # seconds
# who(1) writes the time so in any locale but C, where it is `Nov 26 04:13`.
_LINE = re.compile(
    r"(?P<user>\S+)\s+(?:[+?-]\s+)?(?P<at>\S+)\s+(?P<since>\d{4}-\d\d-\d\d \d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d)"
    r"(?:\s+\((?P<origin>.*)\))?\s*"
)
NO_TERMINAL = "without a terminal"


@dataclass(frozen=True)
class Login:
    """One session: whose, at which terminal, since when (None: not known), from where ("": the console)."""

    user: str
    terminal: str
    since: datetime | None = None
    origin: str = ""


def logins(link: Link) -> list[Login]:
    """The sessions of a host but our own, as who(1) and the process table know them.

    Raises:
        HostError: the host cannot say.
    """
    found = read_who(run(link, WHO, None, WITHIN).text)
    table = link.ask("processes")
    silent = [one for one in sessions_of(table, set()) if not one["tty"] and not _is_ours(one, table, link)]
    return [*found, *(Login(str(one["owner"]), NO_TERMINAL) for one in silent)]


def read_who(said: str) -> list[Login]:
    """The lines of who(1); what is none of its lines is passed over."""
    matches = (_LINE.fullmatch(line) for line in said.splitlines())
    return [Login(one["user"], one["at"], _moment(one["since"]), one["origin"] or "") for one in matches if one]


def _moment(text: str) -> datetime | None:
    """A time of who(1), in UTC; that of the locale C lacks the year, and is not known."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_ours(session: Process, table: list[Process], link: Link) -> bool:
    """Is it the session in which our own agent runs."""
    by_pid = {process["pid"]: process for process in table}
    agent = by_pid.get(link.facts["pid"])
    return agent is not None and session["pid"] in above(agent, by_pid)
