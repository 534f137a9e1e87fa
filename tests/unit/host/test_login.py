"""A login: sudo and its password, what a login shell says, what does not come to an end, what is no answer."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import paramiko
import pytest

from irekae.host import agent, login
from irekae.host.remote import Link, Lost
from irekae.model.errors import SwapError
from tests.unit.host.conftest import Start, without_sudo

# As sudo does: -p with its %%, the prompt on stderr, one line of input read byte by byte, then the command.
SUDO = """\
#!/bin/sh
while [ $# -gt 0 ]; do
    case $1 in
    -n) echo "sudo: パスワードが必要です" >&2; exit 1 ;;
    -p) prompt=$(printf %s "$2" | sed 's/%%/%/g'); shift ;;
    --) shift; break ;;
    esac
    shift
done
for attempt in 1 2 3; do
    printf %s "$prompt" >&2
    read -r word
    [ "$word" = "se cret" ] && exec "$@"
    echo "残念、また試してください。" >&2
done
exit 1
"""


@pytest.fixture
def sudo(tmp_path: Path) -> Callable[[str], str]:
    """A login shell on a host whose sudo wants a password."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sudo").write_text(SUDO)
    (tmp_path / "bin" / "sudo").chmod(0o755)
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    return lambda line: f"PATH={tmp_path}/bin:$PATH; {line}"


def _secret(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.toml").write_text(text)
    (tmp_path / "secrets.toml").chmod(0o600)


@pytest.mark.parametrize("before", ["", "echo 'We trust you have received the usual lecture' >&2; echo Password:; ",
                                    "set -v; echo \"$0\"; ", "printf 'no end of line'; "])  # fmt: skip
def test_the_password_goes_to_sudos_own_prompt_whatever_else_is_said(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path,
    sudo: Callable[[str], str], before: str,
) -> None:  # fmt: skip
    _secret(tmp_path, '[sudo]\npassword = "se cret"\n')
    sshd = start(keys["ika"], command=lambda line: before + sudo(line))
    assert connect(sshd).facts["pid"]
    assert "se cret" not in "".join(sshd.asked)


def test_what_echoes_the_command_line_is_no_prompt(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    """`set -x` shows the prompt as sudo is told it; a program that quotes its input must not get the password."""
    _secret(tmp_path, '[sudo]\npassword = "se cret"\n')
    with pytest.raises(SwapError) as raised:
        connect(
            start(
                keys["ika"], command=lambda line: f"printf %s {shlex.quote(line)} >&2; timeout 1 cat > {tmp_path}/got"
            )
        )
    assert "se cret" not in str(raised.value)
    assert b"se cret" not in (tmp_path / "got").read_bytes()


@pytest.mark.parametrize(("secret", "said"), [
    ('[sudo]\npassword = "wr ong"\n', "does not take the password"), ("", "パスワードが必要です"),
])  # fmt: skip
def test_a_password_that_is_wrong_or_missing_is_told_and_not_quoted(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path,
    sudo: Callable[[str], str], secret: str, said: str,
) -> None:  # fmt: skip
    _secret(tmp_path, secret)
    with pytest.raises(SwapError, match="no root on ika through sudo") as raised:
        connect(start(keys["ika"], command=sudo))
    assert said in raised.value.detail
    assert "wr ong" not in str(raised.value)


@pytest.mark.parametrize("noise", ["echo Welcome; echo 'to this host'; ", "printf '{\"ok\": 1}\\n'; ", "printf '> '; ",
                                   "echo oops >&2; ", "head -c 300000 /dev/zero; "])  # fmt: skip
def test_what_a_login_shell_says_is_no_answer(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], noise: str
) -> None:
    link = connect(start(keys["ika"], command=lambda line: noise + without_sudo(line)))
    assert link.ask("stat", path="/")["kind"] == "dir"


def test_a_login_shell_that_waits_is_told_with_what_it_said(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "START", 0.5)
    with pytest.raises(SwapError, match="does not come to an end") as raised:
        connect(start(keys["ika"], command=lambda line: "echo loading the world; exec sleep 3600"))
    assert "~/.bashrc" in raised.value.detail
    assert "loading the world" in raised.value.detail


@pytest.mark.parametrize("flood", ["yes Welcome", "yes | tr -d '\\n'", "yes >&2"])
def test_a_host_that_talks_without_end_is_cut_off(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], flood: str
) -> None:
    with pytest.raises(SwapError, match="no root on ika"):
        connect(start(keys["ika"], command=lambda line: flood))


# A far end that answers as it likes: it spells the mark right, and says what the test wants.
LIAR = """\
import re, sys
mark = re.search(r"print\\('(\\w+)'", sys.argv[1])[1][::-1]
print(mark, flush=True)
sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))
sys.stdin.buffer.readline()
print(mark + "kept", flush=True)
for line in sys.stdin.buffer:
    if line.strip():
        print(mark + sys.argv[2], flush=True)
"""


@pytest.mark.parametrize(
    "lie", ["[]", "null", "{}", "5", "[" * 100_000, '{"error": 5, "kind": 1}', "\\xff", '{"ok": {"pid": 1}']
)
def test_what_is_no_answer_of_the_agents_ends_the_conversation(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path, lie: str
) -> None:
    (tmp_path / "lie").write_text(LIAR)
    quoted = shlex.quote(lie)
    sshd = start(keys["ika"], command=lambda line: f"{sys.executable} {tmp_path}/lie {shlex.quote(line)} {quoted}")
    with pytest.raises(Lost) as raised:
        connect(sshd)
    assert "not the agent's" in raised.value.detail


def test_an_operator_without_root_is_asked_for_no_password(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    _secret(tmp_path, '[sudo]\npassword = "se cret"\n')
    sshd = start(keys["ika"], command=lambda line: line.replace("python3", sys.executable, 1))
    assert connect(sshd, root=False).facts["pid"]
    assert "sudo" not in "".join(sshd.asked)


def test_a_far_end_that_does_not_begin_as_the_agent_does_is_refused(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    (tmp_path / "lie").write_text(LIAR.replace('"kept"', '"whatever"'))
    sshd = start(keys["ika"], command=lambda line: f"{sys.executable} {tmp_path}/lie {shlex.quote(line)} x")
    with pytest.raises(SwapError, match="no root on ika") as raised:
        connect(sshd)
    assert "does not begin as our agent does" in raised.value.detail


def test_the_program_is_sent_until_the_host_keeps_it_and_then_no_more(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    sshd, sent = start(keys["ika"]), len(agent.program())
    for _ in range(2):  # whoever only looks leaves nothing
        link = connect(sshd)
        link.close()
    assert not (tmp_path / "state").exists()
    link = connect(sshd)
    link.ask("lock", name="1.1", who="a test")
    link.close()
    before = sshd.taken
    assert before > 3 * sent
    assert connect(sshd).ask("stat", path="/")["kind"] == "dir"
    assert sshd.taken - before < sent / 10


def test_a_kept_program_that_was_touched_is_not_run(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    sshd = start(keys["ika"])
    link = connect(sshd)
    link.ask("lock", name="1.1", who="a test")
    link.close()
    [kept] = (tmp_path / "state" / "agent").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    link = connect(sshd)
    link.ask("lock", name="1.1", who="a test")
    link.close()
    assert kept.read_bytes() == whole
