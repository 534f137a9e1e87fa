"""What is written at the seat is whole, and the operator's alone whatever the umask is."""

from __future__ import annotations

import ast
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from irekae.model import seat_files
from irekae.model.errors import Status, SwapError

PROJECT = Path(__file__).resolve().parents[3]
FAR_ENDS = (
    "irekae/host/agent",
    "irekae/subjects/network/watchdog",
    "irekae/proof/outage/far_",
    "verify/far",
    "irekae/subjects/databases/far/",
)
WRITING = {"write_text", "write_bytes", "mkdir", "touch", "mkstemp", "NamedTemporaryFile"}
# Private to one run below a folder of mkdtemp's, and gone at its end.
OWN_FOLDER = "verify/connection.py"


@pytest.fixture(params=[0o000, 0o022, 0o027, 0o077, 0o177], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_folders_are_the_operators_alone(umask: int, tmp_path: Path) -> None:
    path = tmp_path / "report/wiki/page.html"
    seat_files.write(path, b"text")
    assert path.read_bytes() == b"text"
    assert [mode(place) for place in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]


def test_what_is_published_can_be_read_by_everybody(umask: int, tmp_path: Path) -> None:
    path = tmp_path / "report/acceptance.html"
    seat_files.write(path, b"text", seat_files.PUBLISHED)
    seat_files.publish(path.parent)
    assert (mode(path), mode(path.parent)) == (0o644, 0o755)


def test_a_file_that_others_could_read_is_closed_to_them(umask: int, tmp_path: Path) -> None:
    path = tmp_path / "checks.json"
    path.write_bytes(b"old")
    path.chmod(0o666)
    seat_files.write_json(path, {"a": 1})
    assert path.read_bytes() == b'{\n "a": 1\n}\n'
    assert mode(path) == 0o600


def test_a_file_that_cannot_be_written_is_named_and_what_was_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "checks.json"
    path.write_bytes(b"old")

    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SwapError, match=r"checks.json cannot be written") as raised:
        seat_files.write(path, b"new")
    assert raised.value.status is Status.WRONG_USE
    assert "No space left" in raised.value.detail
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(SwapError, match="file/inner cannot be written"):
        seat_files.write(tmp_path / "file/inner", b"x")
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    seat_files.write(pipe, b"plan")
    assert os.read(reading, 10) == b"plan"
    os.close(reading)
    assert pipe.is_fifo()


def test_a_link_keeps_leading_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    seat_files.write(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def _writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    given = [*node.args, *(word.value for word in node.keywords if word.arg == "mode")]
    modes = [arg.value for arg in given if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return called in WRITING or (called == "open" and any(set(word) & set("wax+") for word in modes if len(word) < 4))


def test_one_place_writes_at_the_seat() -> None:
    modules = [path for top in ("irekae", "tasks", "verify") for path in (PROJECT / top).rglob("*.py")]
    writing = {
        path.relative_to(PROJECT).as_posix()
        for path in modules
        if any(_writes(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert {path for path in writing if not path.startswith(FAR_ENDS)} - {OWN_FOLDER} == {"irekae/model/seat_files.py"}
