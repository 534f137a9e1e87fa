"""Writes irekae/cli/completion/words, the table from which the shells complete `fab`: `make docs`."""

import re
from collections.abc import Iterator
from pathlib import Path

from fabric.main import program
from invoke.parser.context import ParserContext

import fabfile
import tasks
from irekae.cli.listing import rows
from irekae.cli.registry import OPTIONS, lines_of_help
from irekae.model.items import ITEMS, keep_parts
from irekae.model.language import LANGS
from irekae.site.inventory import load_inventory
from irekae.site.site import load_site

PROJECT = Path(__file__).parents[1]
TABLE = PROJECT / "irekae/cli/completion/words"
# What stands behind an option; any text where nothing is known.
KINDS = {
    "--act": "act", "--as-planned": "file", "--check": "file", "--file": "file", "--help": "command", "--host": "host",
    "--hosts": "hosts", "--item": "item", "--known-hosts": "file", "--lang": "lang", "--list": "phase", "--out": "file",
    "--pairs": "file",
    "--shell": "shell", "--through": "number", "--to": "phase", "-H": "hosts", "-h": "command", "-l": "phase",
}  # fmt: skip
# Of Fabric's own options these are for people; the others are for other fabfiles.
OWN = ("--help", "--hosts", "--list", "--pairs", "-H", "-h", "-l")


def table() -> str:
    """The whole table, of the project's own site: a line each, parted by bars."""
    keep_parts(load_site(load_inventory(PROJECT / "hosts.ini"), PROJECT / "site.toml").has)
    return "".join(f"{'|'.join(line)}\n" for line in (*_options("", program.initial_context), *_commands(), *_values()))


def _commands() -> Iterator[tuple[str, ...]]:
    contexts = {context.name or "": context for context in fabfile.namespace.to_contexts()}
    for name, says in ((name.strip(), says) for name, says in rows(tasks.PHASES, lines_of_help()) if says):
        context = contexts[name if name in contexts else f"{name}.all"]
        positional = "".join(KINDS.get(f"--{found.name}", "text") for found in context.positional_args[:1])
        yield "command", name, positional, _line(says)
        yield from _options(name, context)


def _options(command: str, context: ParserContext) -> Iterator[tuple[str, ...]]:
    own = [argument.name for argument in context.positional_args]
    for flag in context.flags if command else OWN:
        argument = context.flags[flag]
        if argument.name not in own:
            kind = KINDS.get(flag, "text" if argument.takes_value else "")
            yield "option", command, flag, kind, _line(argument.help or "")


def _values() -> Iterator[tuple[str, ...]]:
    yield from (("value", "act", act, "") for act in re.split(r", | or ", OPTIONS["act"]))
    for item in sorted(ITEMS.values(), key=lambda item: item.order):
        yield "value", "item", item.number, _line(item.en)
    yield from (("value", "lang", lang, "") for lang in LANGS)
    for number, title in tasks.PHASES.items():
        yield "value", "phase", f"phase{number}", _line(title)
        yield "value", "number", str(number), _line(title)
    yield from (("value", "shell", shell, "") for shell in ("bash", "fish", "zsh"))


def _line(text: str) -> str:
    return text.replace("|", "/").split("\n")[0]


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
