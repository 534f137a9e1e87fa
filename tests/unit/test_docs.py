"""The documents say what is true: every item and every command is documented, and what they show exists."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from invoke.parser import Parser

import tasks
from docs.make_items import page
from irekae.cli.registry import COMMANDS
from irekae.model.items import DECLARED, ITEMS, Item
from irekae.model.secrecy import blanked
from irekae.report.offline_manual import command_of
from irekae.report.steps import steps

PROJECT = Path(__file__).resolve().parents[2]
# What a suite found is written in its own words, with calls cut short: docs/reliability.md, docs/sabotage.md.
FOUND = {"reliability.md", "sabotage.md"}
DOCUMENTS = [
    *sorted(PROJECT.glob("*.md")),
    *sorted(path for path in (PROJECT / "docs").rglob("*.md") if path.name not in FOUND),
]
READMES = (PROJECT / "README.md", PROJECT / "README.ja.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)


def _namespace() -> Any:
    spec = importlib.util.spec_from_file_location("the_fabfile", PROJECT / "fabfile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.namespace


NAMESPACE = _namespace()


# --- items ------------------------------------------------------------------------------------------------------------


def test_every_item_of_the_manual_is_there() -> None:
    by_phase = {phase: [n for n in DECLARED if n.split(".")[0] == str(phase)] for phase in range(12)}
    counts = {phase: len(numbers) for phase, numbers in by_phase.items()}
    # By the numbering of docs/items.md: the manual's, 0.1 to 11.2, and those that are ours.
    assert counts == {0: 5, 1: 7, 2: 2, 3: 7, 4: 4, 5: 3, 6: 3, 7: 9, 8: 1, 9: 17, 10: 2, 11: 3}
    assert all(f"{p}.{n}" in DECLARED for p, count in counts.items() for n in range(1, count + 1))


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_an_item_says_what_it_is_and_how_it_is_taken_back(item: Item) -> None:
    assert re.fullmatch(r"\d+\.\d+", item.number)
    assert item.ja.strip()
    assert item.en.strip()
    assert (item.act.__doc__ or "").strip(), f"{item.number} has no docstring"
    assert item.undo.strip(), f"{item.number} neither says how it is undone nor why it is not"


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_what_is_said_of_an_item_is_not_taken_for_a_secret(item: Item) -> None:
    for title in (item.en, item.ja):
        said = f"{item.number} {title}: not done on tako"
        assert blanked(said) == said


def test_the_table_of_items_is_up_to_date() -> None:
    assert (PROJECT / "docs/items.md").read_text() == page(), "make docs"


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
@pytest.mark.parametrize("phase", tasks.PHASES)
def test_the_readme_has_every_phase(readme: Path, phase: int) -> None:
    assert re.search(rf"^\| *{phase} ", readme.read_text(), re.M), f"no row for phase {phase}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", document.read_text())
    assert not [link for link in links if not (document.parent / link).exists()]


# --- commands ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMESPACE.task_names)
def test_a_command_has_help(name: str) -> None:
    assert (NAMESPACE[name].__doc__ or "").strip(), f"fab {name} has no line of help"


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_in_the_readme(readme: Path, command: str) -> None:
    assert re.search(rf"`?fab {command}\b", readme.read_text())


def shown_commands(path: Path) -> Iterator[str]:
    """`fab …`, `lab …` and `make …` in blocks of code and between backticks."""
    text = path.read_text()
    lines = [line for _, block in BLOCK.findall(text) for line in block.splitlines()]
    lines += [line for line in text.splitlines() if line.startswith("    ")]
    lines += re.findall(r"`((?:fab|lab|make|pytest) [^`\n]+)`", BLOCK.sub("", text))
    for line in lines:
        words = re.sub(r"\s#.*", "", line.strip().removeprefix("$ ").removeprefix("# ")).strip()
        if re.match(r"(lab run )?(fab|lab|make|pytest) ", words):
            yield words.removeprefix("lab run ")


CASES = [
    pytest.param(shown, id=f"{path.relative_to(PROJECT)}: {shown}")
    for path in DOCUMENTS
    for shown in dict.fromkeys(shown_commands(path))
]
# What stands for something else in a document.
OF_OTHER_SITES = {item.command for number, item in DECLARED.items() if number not in ITEMS}
STANDS_FOR = re.compile(r"phaseN|\bN\b|…|CMD|NAME|HOST|\[|DIR|FILE|PATH|--help")


@pytest.mark.parametrize("shown", CASES)
def test_a_command_that_a_document_shows_exists(shown: str) -> None:
    tool, _, rest = shown.partition(" ")
    if tool == "fab":
        _fab_takes(rest)
    elif tool == "make":
        targets = re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.M)
        assert all(word in targets for word in rest.split() if "=" not in word)
    elif tool == "lab":
        known = re.findall(r'command\("(\w+)"', (PROJECT / "lab/cli.py").read_text())
        assert rest.split()[0] in known


def _fab_takes(rest: str) -> None:
    if rest in ("…", "--help"):
        return
    rest = rest.removeprefix("--help ")
    words = shlex.split(STANDS_FOR.sub(lambda found: "phase5" if found[0] == "phaseN" else "X", rest))
    while words[:1] in (["-H"], ["--pairs"]):
        words = words[2:]
    if not words or words[0].startswith("-"):
        assert words in ([], ["--list"], ["-l"]), f"fab {rest}"
        return
    if words[0] in OF_OTHER_SITES:
        return
    contexts = NAMESPACE.to_contexts()
    parsed = Parser(contexts=contexts, initial=None).parse_argv(words)
    assert parsed[0].name is not None
    assert not parsed.remainder, f"fab {rest}: {parsed.remainder}"


def on_paper() -> Iterator[str]:
    """What the manual of 0.1 shows to be typed."""
    yield from (command_of(item, ("ika",)) for item in ITEMS.values())
    for step in steps().values():
        yield from (line.removeprefix("$ ").partition(" #")[0] for line in step.hand if line.startswith("$ fab "))
        for text in (step.check, step.check_ja, step.remedy, step.remedy_ja):
            yield from re.findall(r"`(fab [^`]+)`", text)


@pytest.mark.parametrize("shown", dict.fromkeys(on_paper()))
def test_a_command_that_the_manual_on_paper_shows_exists(shown: str) -> None:
    _fab_takes(shown.removeprefix("fab "))
