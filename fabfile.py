"""The namespace of `fab`: phase0 … phase11 with their items, and the commands around them."""

from typing import Any

from fabric import task
from fabric.main import program
from invoke.collection import Collection

import tasks
from irekae.cli.commands import COMMANDS, lines_of_help, options_of
from irekae.cli.entry import check_hosts, edge, learn_hosts
from irekae.cli.overview import overview
from irekae.cli.program import take_over
from irekae.cli.work import Command, item_command, phase_command
from irekae.model.items import items_of


def as_task(command: Command) -> Any:
    """Fabric's task of a command; without short flags, by which one may say `-p` or `-y` unawares."""
    return task(edge(command), help=options_of(command), auto_shortflags=False)


learn_hosts(lambda: (program.args.hosts.value or "").split(",") if hasattr(program, "core") else [])
check_hosts()
namespace = Collection()
for number, title in tasks.PHASES.items():
    phase = Collection(f"phase{number}")
    phase.add_task(as_task(phase_command(number, title)), default=True)
    for item in items_of(number):
        phase.add_task(as_task(item_command(item)))
    namespace.add_collection(phase)
for command in COMMANDS:
    namespace.add_task(as_task(command))
take_over(program, tasks.PHASES, lines_of_help(), edge(overview))
