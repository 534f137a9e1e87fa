"""The import contract of docs/architecture.md: imports point one way."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
OURS = ("irekae", "tasks", "verify", "lab", "fabfile", "tests")

# verify shares with tasks the declared facts, never the way of looking.
SHARED_FACTS = (
    "irekae.site.inventory",
    "irekae.site.jump",
    "irekae.site.manual",
    "irekae.site.site",
    "irekae.site.spoken",
    "irekae.site.machines",
    "irekae.model.copied",
    "irekae.model.errors",
    "irekae.model.findings",
    "irekae.model.language",
    "irekae.model.legible",
    "irekae.model.seat_files",
    "irekae.model.typed",
    "irekae.model.units",
    "irekae.model.secrecy",
    "irekae.model.results",
)
CONTRACT = {
    "irekae": ("irekae",),
    "tasks": ("irekae", "tasks"),
    "fabfile.py": ("irekae", "tasks"),
    "verify": (*SHARED_FACTS, "verify"),
    "conftest.py": (*SHARED_FACTS, "verify"),
    "lab": ("lab",),
}
# The last one reads known_hosts with paramiko, and connects to nobody.
FABRIC = {"irekae/host/remote.py", "fabfile.py", "irekae/cli/program.py", "irekae/site/known_hosts.py"}


def modules(top: str) -> list[Path]:
    path = PROJECT / top
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Every module that is imported, also within functions; `from a import b` counts as a.b."""
    package = path.relative_to(PROJECT).parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = [*package[: len(package) - node.level + 1]] if node.level else []
            base = ".".join([*parts, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == top or name.startswith(f"{top}.") for top in allowed)


@pytest.mark.parametrize("top", CONTRACT)
def test_imports_point_one_way(top: str) -> None:
    wrong = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in modules(top)
        for name in imported(path)
        if name.split(".")[0] in OURS and not within(name, CONTRACT[top])
    ]
    assert not wrong, "\n".join(wrong)


def test_the_manuals_own_words_are_for_the_checks_alone() -> None:
    """The tasks go by site.toml: what is held against it must not be where they look."""
    users = {
        str(path.relative_to(PROJECT)): name.removeprefix("irekae.site.manual").strip(".")
        for top in ("irekae", "tasks", "fabfile.py")
        for path in modules(top)
        for name in imported(path)
        if within(name, ("irekae.site.manual",))
    }
    assert users == {"irekae/report/gather.py": "manual_path"}


def test_what_comes_from_outside_gets_its_type_in_one_file() -> None:
    """msgspec's own ways are not safe where two threads use a type for the first time."""
    ways = ("msgspec.convert(", "msgspec.json.decode(", "msgspec.json.Decoder(")
    users = {
        str(path.relative_to(PROJECT))
        for top in ("irekae", "tasks", "verify")
        for path in modules(top)
        for way in ways
        if way in path.read_text()
    }
    # The second one asks for no type.
    assert users == {"irekae/model/typed.py", "irekae/host/entries.py"}


def test_fabric_stands_behind_one_file() -> None:
    users = {
        str(path.relative_to(PROJECT))
        for top in CONTRACT
        for path in modules(top)
        for name in imported(path)
        if name.split(".")[0] in ("fabric", "paramiko", "invoke")
    }
    # verify asks the hosts over connections of its own.
    assert {user for user in users if not user.startswith("verify/")} <= FABRIC


def test_lab_needs_nothing_but_python() -> None:
    foreign = {name.split(".")[0] for path in modules("lab") for name in imported(path)}
    image = {name for name in foreign if name in {path.stem for path in (PROJECT / "lab/profiles").rglob("*.py")}}
    assert foreign - image - {"lab"} <= set(sys.stdlib_module_names)


# Top down: each imports only from those below it.
PACKAGES = ("cli", "board", "report", "procedure", "proof", "subjects", "swap", "host", "site", "model")


def test_the_packages_of_the_machinery_stand_one_upon_the_other() -> None:
    wrong = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for place, package in enumerate(PACKAGES)
        for path in modules(f"irekae/{package}")
        for name in imported(path)
        if name.startswith("irekae.") and not within(name, tuple(f"irekae.{below}" for below in PACKAGES[place:]))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_module_of_the_machinery_lives_in_a_package() -> None:
    folder = PROJECT / "irekae"
    assert [path.name for path in folder.glob("*.py")] == ["__init__.py"]
    assert {path.parent.name for path in folder.glob("*/__init__.py")} == set(PACKAGES)


def test_every_package_says_what_lives_there() -> None:
    for path in (PROJECT / "irekae").rglob("__init__.py"):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert said.endswith("."), path


@pytest.mark.parametrize("far_end", ["network.watchdog", "databases.far"])
def test_the_seat_shares_words_with_a_far_end_and_no_code(far_end: str) -> None:
    """What runs on a host is sent there as a text; the seat may import the package, for that text, and its words."""
    package, shared = f"irekae.subjects.{far_end}", ("words", "program")
    wrong = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in modules("irekae")
        for name in imported(path)
        if name.startswith(f"{package}.") and package.replace(".", "/") not in str(path.parent)
        if name.removeprefix(f"{package}.").split(".")[0] not in shared
    ]
    assert not wrong, "\n".join(wrong)
