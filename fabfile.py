"""The namespace of `fab`: phase0 … phase11 with their items, and the commands around them."""

import sys

# Invoke has Python keep no byte code of what it loads, which would have each command compile all of irekae anew.
sys.dont_write_bytecode = bool(sys.flags.dont_write_bytecode)

from irekae.cli.calling import call_hosts

call_hosts(sys.argv[1:])

from collections.abc import Sequence
from typing import Any

from fabric import task
from fabric.main import program
from invoke.collection import Collection
from invoke.parser.argument import Argument

import tasks
from irekae.cli.entry import check_hosts, edge, learn_hosts, learn_language, learn_parts, logged
from irekae.cli.pairs import HELP
from irekae.cli.program import take_over
from irekae.cli.registry import COMMANDS, LOOKING, lines_of_help, options_of
from irekae.cli.work import Command, item_command, phase_command
from irekae.model.items import items_of
from irekae.model.language import in_language


def as_task(command: Command, looks: bool = False) -> Any:
    """Fabric's task of a command, whose help is in the reader's language; looks: it changes
    nothing, and no log is kept of it.

    Without short flags, by which one may say `-p` or `-y` unawares; `-v` alone is read by `irekae/cli/program.py`.
    """
    guarded = edge(command if looks else logged(command), looks)
    guarded.__doc__ = in_language(command.__doc__ or "")
    told = {name: in_language(text) for name, text in options_of(command).items()}
    return task(guarded, help=told, auto_shortflags=False)


def take_language(words: list[str]) -> None:
    """Make --lang and --pairs options of Fabric itself: `fab --help` shows them; --lang may stand anywhere.

    Fabric has read its own options before it knows of these, and stopped there: it reads them again.
    """
    told = {"lang": "en or ja: the language of what is shown", "pairs": HELP}
    ours = [Argument(name=name, help=in_language(text)) for name, text in told.items()]
    program.core_args = lambda: [*type(program).core_args(program), *ours]
    if hasattr(program, "core"):
        program.argv = words
        program.parse_core_args()


def commands(words: Sequence[str] = ()) -> Collection:
    """The commands that are among the words, with the items of a phase that is; all where none is."""
    found = Collection()
    named = {word.partition(".")[0] for word in words}
    for number, title in tasks.PHASES.items():
        if named and f"phase{number}" not in named:
            continue
        phase = Collection(f"phase{number}")
        phase.add_task(as_task(phase_command(number, title)), default=True)
        for item in items_of(number):
            phase.add_task(as_task(item_command(item)))
        found.add_collection(phase)
    for name, read in COMMANDS.items():
        if not named or name in named:
            found.add_task(as_task(read(), name in LOOKING))
    return found if found or not named else commands()


take_language(learn_language(getattr(program, "argv", sys.argv)))
learn_hosts(lambda: (program.args.hosts.value or "").split(",") if hasattr(program, "core") else [])
check_hosts()
learn_parts()
namespace = take_over(program, tasks.PHASES, lines_of_help, commands)
