from __future__ import annotations

from pathlib import Path

import pytest

from irekae.model.errors import SwapError
from verify.credentials import Credentials, load_credentials


def write(folder: Path, text: str, mode: int = 0o600) -> None:
    path = folder / "secrets.toml"
    path.write_text(text)
    path.chmod(mode)


def test_without_the_file_nothing_is_known(tmp_path: Path) -> None:
    assert load_credentials(tmp_path) == Credentials()


def test_secrets_are_read_and_never_shown(tmp_path: Path) -> None:
    write(tmp_path, '[pop]\npassword = "one"\n[gate]\npassword = "two"\n[sudo]\npassword = "three"\n')
    known = load_credentials(tmp_path)
    assert (known.pop, known.gate, known.sudo) == ("one", "two", "three")
    assert known.values() == ["one", "two", "three"]
    assert not {"one", "two", "three"} & set(repr(known).replace("(", " ").split())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    write(tmp_path, "", mode)
    with pytest.raises(SwapError, match="may be read by others") as error:
        load_credentials(tmp_path)
    assert error.value.status == 2


@pytest.mark.parametrize(
    "text",
    [
        "[ssh]\npassword = 'x'\n",
        "[pop]\npasword = 'x'\n",
        "pop = 'x'\n",
        "[pop]\npassword = 3\n",
        '[pop]\npassword="a\\nb"',
    ],
)
def test_what_is_not_known_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    with pytest.raises(SwapError):
        load_credentials(tmp_path)


def test_a_broken_file_s_message_holds_no_secret(tmp_path: Path) -> None:
    write(tmp_path, '[pop]\npassword = "hunter2\n')
    with pytest.raises(SwapError) as error:
        load_credentials(tmp_path)
    assert "hunter2" not in str(error.value)


def test_the_pairs_password_is_nobody_elses_and_a_host_may_have_its_own(tmp_path: Path) -> None:
    write(tmp_path, '[sudo]\npassword = "pair"\n[sudo.hosts]\nika = "A\'s"\ndennou = "own"\n')
    known = load_credentials(tmp_path)
    assert known.sudo_on("tako", "ika", True) == "A's", "a machine keeps its password when the names change places"
    assert known.sudo_on("ika", "tako", True) == "pair"
    assert (known.sudo_on("dennou", "dennou", False), known.sudo_on("outside", "outside", False)) == ("own", "")
    assert {"pair", "A's", "own"} <= set(known.values())


def test_a_hosts_password_must_be_one_line(tmp_path: Path) -> None:
    write(tmp_path, "[sudo.hosts]\nika = 5\n")
    with pytest.raises(SwapError, match=r"sudo\.hosts"):
        load_credentials(tmp_path)
