"""The language of a command, of its help and of its refusals, asked of `fab` in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.typed import PROJECT, fab


@pytest.mark.parametrize(
    ("words", "locale", "said"),
    [
        ([], "ja_JP.UTF-8", "マシンがまだひとつも登録されていない"),
        ([], "C.UTF-8", "no machine is pinned yet"),
        (["--lang", "ja"], "C.UTF-8", "マシンがまだひとつも登録されていない"),
        (["--lang=en"], "ja_JP.UTF-8", "no machine is pinned yet"),
        (["-H", "squid"], "ja_JP.UTF-8", "というホストはない"),
        (["-H", "squid"], "C.UTF-8", "no host 'squid'"),
    ],
)
def test_a_command_speaks_the_language_of_whoever_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], locale: str, said: str
) -> None:
    monkeypatch.delenv("IREKAE_LANG")
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setenv("PYTHONUTF8", "1")
    done = fab(tmp_path, *words, "progress")
    assert done.returncode in (2, 3)
    assert said in done.stderr


def test_the_site_says_which_language_where_the_environment_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("IREKAE_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONUTF8", "1")
    site = (PROJECT / "site.toml").read_text().replace("[site]\n", '[site]\nlang = "ja"\n')
    assert "登録されていない" in fab(tmp_path, "status", site=site).stderr


@pytest.mark.parametrize("words", ["--lang ja --list", "--list --lang ja", "--lang=ja --help status"])
def test_help_speaks_it_too(tmp_path: Path, words: str) -> None:
    done = fab(tmp_path, *words.split())
    assert done.returncode == 0, done.stderr
    assert "phase とホストの一覧" in done.stdout.replace("\n", "")


def test_a_language_that_nobody_speaks_here_is_wrong_use(tmp_path: Path) -> None:
    done = fab(tmp_path, "status", "--lang", "fr")
    assert done.returncode == 2
    assert "no language 'fr'" in done.stderr
