"""The commands around the phases: what they are for, and what their options mean.

Each is read when it is asked for: `fab phase5` waits for the modules of none.
"""

import inspect
from collections.abc import Callable

from irekae import cli

Command = Callable[..., None]

# What `fab --help COMMAND` says of an option; each means the same wherever it stands.
OPTIONS = {
    "plan": "show what would change, as diffs; nothing is touched",
    "as_planned": "a plan of `fab plan --out FILE`: refused where a host has changed since",
    "all_files": "of a plan: irekae's own files and long lists too, which are folded without it",
    "send": "phase 11: send the announcement, instead of only writing it",
    "through": "the last phase to carry out; without it the phase that was begun",
    "item": "an item of the manual, by number: 5.1",
    "host": "a host of hosts.ini; both without it",
    "finding": "the id of a finding, as `fab report` shows it; more with commas between",
    "why": "the reason, for the journal and the report",
    "keep": "files and services, with commas between: what others did to them since stays as it is",
    "to": "phaseN: it and all after it are taken back",
    "out": "where to write to",
    "html": "a page to write: the plan, to be read together in a browser or on paper",
    "production": "NAME=ADDRESS[:PORT] of the host that is production today",
    "standby": "NAME=ADDRESS[:PORT] of the other one",
    "user": "your account on both hosts",
    "known_hosts": "a known_hosts file that you vouch for",
    "yes": "what would be asked is confirmed: the outage, the exchange, the reboot; fingerprints are compared",
    "verbose": "show all: on a terminal what each item does is folded otherwise; as IREKAE_VERBOSE=1",
    "follow": "go on showing what the hosts remember, until Ctrl-C",
    "unwatched": "phase 1: the outage may begin while no prober measures it",
    "act": "start, stop, status, collect or predict",
    "hours": "the prober ends by itself after so many hours",
    "file": "the rehearsal's report that predict keeps",
    "lang": "en or ja: the language of what is shown",
    "publish": "everybody at this seat may read what is written; without it, you alone",
    "sign": "name of the one who accepts, or acknowledges, the report that was read: --digest says which",
    "digest": "of the report that was read: the first 12 digits or more",
    "despite": "open points that are acknowledged, by item or finding, with commas between: all, or none is signed",
    "shell": "bash, zsh or fish; without it, those of them that are here",
    "remove": "take back what was written",
    "check": "a report's JSON: is it as it was written, and who signed it",
    "port": "the board's port; 0 for a free one",
    "listen": "the address of this computer that the board is seen at, for the room; without it, here alone",
}
# They are called again and again, and the hosts can be asked once more: no log is kept of them.
LOOKING = ("init", "status", "progress", "log", "board")
# What the commands are for; `fab --list` shows them so.
GROUPS: dict[str, dict[str, Callable[[], Command]]] = {
    "before the day": {
        "init": lambda: cli.init,
        "trust": lambda: cli.trust,
        "plan": lambda: cli.plan,
        "baseline": lambda: cli.baseline,
    },
    "while it goes on": {
        "status": lambda: cli.status,
        "board": lambda: cli.board,
        "log": lambda: cli.log,
        "progress": lambda: cli.progress,
        "prober": lambda: cli.prober,
        "resume": lambda: cli.resume,
    },
    "when something is otherwise": {
        "done": lambda: cli.done,
        "waive": lambda: cli.waive,
        "explain": lambda: cli.explain,
        "rollback": lambda: cli.rollback,
        "unlock": lambda: cli.unlock,
    },
    "at the end": {
        "report": lambda: cli.report,
        "begin": lambda: cli.begin,
    },
    "at your seat": {
        "completion": lambda: cli.completion,
    },
}
COMMANDS = {name: read for group in GROUPS.values() for name, read in group.items()}


def options_of(command: Command) -> dict[str, str]:
    """Option → its line of help, for every option of a command."""
    names = list(inspect.signature(command).parameters)[1:]
    return {name: OPTIONS[name] for name in names}


def lines_of_help() -> dict[str, dict[str, str]]:
    """What commands are for → command → the first line of what it says of itself."""
    return {
        heading: {name: (inspect.getdoc(read()) or "").split("\n")[0] for name, read in group.items()}
        for heading, group in GROUPS.items()
    }
