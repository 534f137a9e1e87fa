"""How the command line is read: Fabric's way, with the manual's order, near names, and exit statuses of ours."""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from fabric.main import Fab
from invoke.collection import Collection
from invoke.exceptions import Exit, ParseError

from irekae.cli.entry import edge, ending
from irekae.cli.listing import listing, rows
from irekae.cli.mistakes import Line, no_number, unknown_command, unread
from irekae.cli.pairs import OF_ONE, pairs_in, run_on, without_pairs
from irekae.model.errors import wrong_use
from irekae.model.printing import show, spell_out

# Options for Fabric's own connections, of which irekae makes none.
UNHEARD = {
    "pty": "`--plan`, written out, shows what would change",
    "echo": "`--plan` shows what would be done",
    "hide": "a pipe takes what is printed",
    "warn-only": "leave it out: what goes wrong stops what stands on it",
    "command-timeout": "leave it out: each request has a deadline of its own",
    "identity": "ansible_ssh_private_key_file in hosts.ini, or the agent",
    "ssh-config": "jump hosts are looked for in ~/.ssh/config, all else in hosts.ini",
    "connect-timeout": "leave it out: a host has ten seconds to answer",
    "prompt-for-login-password": "log in with a key",
    "prompt-for-passphrase": "ssh-add puts the key into the agent",
    "prompt-for-sudo-password": "[sudo] password in secrets.toml",
}
_PHASES: dict[int, str] = {}
_GROUPS: list[Callable[[], Mapping[str, Mapping[str, str]]]] = []
_COMMANDS: list[Callable[[Sequence[str]], Collection]] = []


def take_over(
    program: Fab,
    phases: Mapping[int, str],
    groups: Callable[[], Mapping[str, Mapping[str, str]]],
    commands: Callable[[Sequence[str]], Collection],
) -> Collection:
    """From here on Fabric's running program reads the rest of its command line as ours does.

    It loads the fabfile in the middle of its work, so that there is no earlier place; what Fabric reads before (`-H`
    without a value) stays as it is.

    Args:
        program: Fabric's.
        phases: number → title.
        groups: what commands are for → command → its line.
        commands: those that are among the words, all without any.

    Returns:
        The commands that may be meant. To make tasks of all takes long, and `fab phase5` names one.
    """
    _PHASES.update(phases)
    _GROUPS[:], _COMMANDS[:] = [groups], [commands]
    program.__class__ = Program
    spell_out()
    return commands(_words_of(program))


def _words_of(program: Fab) -> Sequence[str]:
    """The words that may be commands; none where all commands are wanted, or the command line is not Fabric's."""
    if not hasattr(program, "core") or any(program.args[name].value for name in ("help", "list", "complete")):
        return ()
    return program.core.unparsed or ["status"]  # `fab` alone needs no command, and no list of them


class Program(Fab):  # type: ignore[misc]  # Fabric has no types
    """Fabric's program, whose mistakes end with status 2 and with names that were probably meant."""

    def parse_tasks(self) -> None:
        """Read the commands and their options; `-v` is the one that has a short form."""
        self.core.unparsed = ["--verbose" if word == "-v" else word for word in self.core.unparsed]
        with ending(), self._understood():
            try:
                self._parse_tasks()
            except ValueError as error:  # what Fabric makes a number of is none
                raise no_number(str(error), self.core.unparsed) from None
            self._refuse_unheard()
            if self.core.remainder and not self.args.complete.value:
                hint = "`ssh` does it; irekae's own commands are listed by `fab --list`"
                raise wrong_use("what stands behind -- would be run on hosts that nobody has pinned", hint=hint)

    def _parse_tasks(self) -> None:
        """With the commands that are named; what is not understood so is read again with all of them."""
        try:
            super().parse_tasks()
        except (ParseError, ValueError):
            self.collection = _COMMANDS[0](())
            super().parse_tasks()

    def execute(self) -> None:
        """Carry the commands out: here, or on each pair of --pairs."""
        if not self.args.pairs.value:
            super().execute()
            return
        with ending():
            self._want_for_many()
            pairs = pairs_in(Path(self.args.pairs.value))
            words = without_pairs(self.argv[1:])
            asks = any("yes" in task.args for task in self.tasks)
            status = run_on(pairs, words, asks)
        raise Exit(code=int(status))

    def _want_for_many(self) -> None:
        if self.args.hosts.value:
            raise wrong_use("-H names hosts of one pair", f"--pairs {self.args.pairs.value}", "leave one of them out")
        names = [task.name.removesuffix(".all") for task in self.tasks]
        if of_one := [name for name in names if name in OF_ONE]:
            raise wrong_use(f"`fab {of_one[0]}` is about one pair", hint="leave --pairs out")

    def _refuse_unheard(self) -> None:
        for name, instead in UNHEARD.items():
            if self.args[name].value:
                raise wrong_use(f"--{name} is Fabric's, and would not be heeded", hint=instead)

    def parse_cleanup(self) -> None:
        """Carry out what is no command: --help, --list, --complete, or nothing at all."""
        with ending(), self._understood():
            try:
                super().parse_cleanup()
            except Exit as end:
                if not end.message:
                    raise
                raise unknown_command(str(self.args.list.value), self._options()) from None

    def list_flat(self) -> None:
        """Show the commands in the manual's order."""
        phases, groups = _PHASES, _GROUPS[0]()
        if self.list_root:
            phases, groups = {n: title for n, title in phases.items() if self.list_root == f"phase{n}"}, {}
        found = rows(phases, groups, items=self.list_depth != 1)
        show(listing(found, shutil.get_terminal_size().columns))
        show("\n`fab --help phase5` says more of one; `fab` alone, what comes next")

    def no_tasks_given(self) -> None:
        """Show where the swap stands and what comes next."""
        if hosts := self.args.hosts.value:
            raise wrong_use(f"what is to be done on {hosts}?", hint="`fab --list` shows the commands")
        from irekae.cli.overview import overview  # most commands do without

        edge(overview, looks=True)(self)

    def _options(self) -> dict[str, list[str]]:
        """Every command that may be typed, with its options."""
        contexts = self.parser.contexts
        names = [name for own, others in self.collection.task_names.items() for name in (own, *others)]
        return {name: list(contexts[name].flags) for name in names if not name.endswith(".all")}

    @contextlib.contextmanager
    def _understood(self) -> Iterator[None]:
        """Tell in our words what cannot be read of the command line."""
        try:
            yield
        except ParseError as error:
            command = (getattr(error.context, "name", None) or "").removesuffix(".all")
            line = Line(command, self.core.unparsed, self._options(), list(self.initial_context.flags))
            raise unread(str(error), line) from None
