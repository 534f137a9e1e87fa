"""The connection: pinned keys and nothing else, root through sudo, and what it is when it dies."""

from __future__ import annotations

import base64
import shlex
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from irekae.host import interrupt, login, remote
from irekae.host.remote import HostError, Link, Lost
from irekae.model.errors import Status, SwapError
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import Machine, Pins, fingerprint
from tests.unit.sshd import Sshd, ed25519_key, text_of

Start = Callable[..., Sshd]


def without_sudo(line: str) -> str:
    """The command line without sudo, in this Python."""
    return line.replace("sudo -n -- python3", sys.executable, 1)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, paramiko.PKey]:
    folder = tmp_path_factory.mktemp("keys")
    found: dict[str, paramiko.PKey] = {name: ed25519_key(folder / name) for name in ("ika", "tako", "stranger")}
    found["rsa"] = paramiko.RSAKey.generate(2048)
    ed25519_key(folder / "login")
    found["folder"] = folder  # type: ignore[assignment]
    return found


@pytest.fixture
def pins(keys: dict[str, paramiko.PKey]) -> Pins:
    return Pins([Machine("ika", [text_of(keys["ika"])]), Machine("tako", [text_of(keys["tako"])])])


@pytest.fixture
def start() -> Iterator[Start]:
    begun: list[Sshd] = []

    def one(*shown: paramiko.PKey, command: Callable[[str], str] = without_sudo, login: bool = True) -> Sshd:
        begun.append(Sshd(list(shown), command, login))
        return begun[-1]

    yield one
    for sshd in begun:
        sshd.close()


@pytest.fixture
def connect(
    inventory: Inventory, pins: Pins, keys: dict[str, paramiko.PKey], tmp_path: Path
) -> Iterator[Callable[..., Link]]:
    links: list[Link] = []

    def one(sshd: Sshd | int, **changes: object) -> Link:
        port = sshd if isinstance(sshd, int) else sshd.port
        entry: HostEntry = replace(
            inventory.production, address="127.0.0.1", port=port, user="op", key_file=f"{keys['folder']}/login"
        )
        inventory.hosts["ika"] = entry
        root = bool(changes.get("root", True))
        link = Link(inventory, entry, changes.get("pins", pins), str(tmp_path / "state"), root)  # type: ignore[arg-type]
        links.append(link)
        return link

    yield one
    for link in links:
        link.close()


def test_a_pinned_machine_is_let_in_and_its_agent_answers(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    link = connect(start(keys["ika"]))
    assert link.machine.first_name == "ika"
    assert link.facts["run"] is None
    (tmp_path / "file").write_bytes(b"\xff\0")
    assert base64.b64decode(link.ask("read", path=f"{tmp_path}/file")["data"]) == b"\xff\0"
    assert link.ask("read", path=f"{tmp_path}/none") is None


def test_either_machine_of_the_pair_may_answer(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    assert connect(start(keys["tako"])).machine.first_name == "tako"


def test_a_stranger_is_refused_with_both_fingerprints_before_any_login(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    sshd = start(keys["stranger"])
    with pytest.raises(SwapError, match=r"a stranger answers at ika \(127.0.0.1\)") as raised:
        connect(sshd)
    assert raised.value.status is Status.REFUSED
    shown, *pinned = raised.value.detail.splitlines()
    assert shown.startswith(f"shown:  {fingerprint(text_of(keys['stranger']))}")
    assert pinned[0].startswith(f"pinned: {fingerprint(text_of(keys['ika']))}")
    assert "first called tako" in pinned[1]
    assert sshd.asked == []
    assert not sshd.transports[0].is_authenticated()


def test_the_operators_own_known_hosts_vouch_for_nobody(
    start: Start,
    connect: Callable[..., Link],
    keys: dict[str, paramiko.PKey],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sshd = start(keys["stranger"])
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {text_of(keys['stranger'])}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SwapError, match="a stranger answers"):
        connect(sshd)


def test_only_key_types_that_are_pinned_are_asked_for(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    """Else a host that has other types too would show one that nobody pinned."""
    sshd = start(keys["stranger"], keys["rsa"])
    pinned = Pins([Machine("ika", [text_of(keys["rsa"])]), Machine("tako", [text_of(keys["rsa"])])])
    assert connect(sshd, pins=pinned).machine.first_name == "ika"


def test_a_refused_login_is_told(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(SwapError, match="refuses the login") as raised:
        connect(start(keys["ika"], login=False))
    assert "ansible_user" in raised.value.hint


def test_a_host_that_nobody_answers_for_is_told(start: Start, connect: Callable[..., Link]) -> None:
    sshd = start()
    sshd.close()
    with pytest.raises(SwapError, match=r"ika \(127.0.0.1:\d+\) cannot be reached"):
        connect(sshd.port)


def test_a_host_that_is_no_ssh_server_is_told(start: Start, connect: Callable[..., Link]) -> None:
    with pytest.raises(SwapError, match="cannot be reached"):
        connect(start())  # it has no host key, so it hangs up


NO_SUDO = "cat > /dev/null & echo 'sudo: a password is required' >&2; exit 1"


def test_no_root_is_told_with_what_sudo_said(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    with pytest.raises(SwapError, match="no root on ika through sudo") as raised:
        connect(start(keys["ika"], command=lambda line: NO_SUDO))
    assert raised.value.detail == "sudo: a password is required"


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
import json, re, sys
mark = re.search(r"print\\('(\\w+)'", sys.argv[1])[1][::-1]
print(mark, flush=True)
sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))
for line in sys.stdin.buffer:
    if line.strip():
        print(mark + (json.dumps({"ok": {"kind": "dir"}}) if b'"mark"' in line else sys.argv[2]), flush=True)
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


def test_no_python_is_told(start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]) -> None:
    with pytest.raises(SwapError) as raised:
        connect(start(keys["ika"], command=lambda line: "echo 'sudo: python3: command not found' >&2; exit 1"))
    assert "python3: command not found" in raised.value.detail


def test_an_error_of_the_host_keeps_its_kind_and_says_what_was_asked(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    link = connect(start(keys["ika"]))
    with pytest.raises(HostError) as raised:
        link.ask("mkdir", path=f"{tmp_path}/hosts.ini/below")
    assert raised.value.kind == "ENOTDIR"
    assert raised.value.what == f"ika: {tmp_path}/hosts.ini/below: Not a directory"
    assert raised.value.detail == f"while doing: mkdir {tmp_path}/hosts.ini/below"
    with pytest.raises(HostError) as raised:
        link.ask("nonsense", secret="$6$hash")
    assert raised.value.kind == "bug"
    assert "$6$" not in str(raised.value)
    assert link.ask("stat", path="/")["kind"] == "dir"


def test_a_connection_that_dies_is_lost_and_stays_lost(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    sshd = start(keys["ika"])
    link = connect(sshd)
    sshd.cut()
    for _ in range(2):
        with pytest.raises(Lost, match="the connection to ika was lost") as raised:
            link.ask("stat", path="/")
        assert raised.value.status is Status.INCOMPLETE


def test_an_answer_that_was_given_up_is_never_taken_for_the_next_ones(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    link = connect(start(keys["ika"]))
    with link.patience(0.2), pytest.raises(Lost):
        link.ask("run", argv=["sh", "-c", f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo late"])
    (tmp_path / "go").touch()
    with pytest.raises(Lost, match="lost"):
        link.ask("stat", path="/")


def test_words_of_two_threads_do_not_mix(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path
) -> None:
    link = connect(start(keys["ika"]))
    wrong: list[str] = []

    def ask(name: str) -> None:
        for _ in range(50):
            found = link.ask("run", argv=["echo", name])
            if base64.b64decode(found["out"]) != f"{name}\n".encode():
                wrong.append(name)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_operator_who_wants_an_end_is_heeded_before_anything_is_asked(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey]
) -> None:
    link = connect(start(keys["ika"]))
    interrupt.ask_to_stop()
    interrupt._told.yes = False
    try:
        with pytest.raises(KeyboardInterrupt):
            link.ask("stat", path="/")
        assert link.ask("stat", path="/"), "told once, a thread may tidy up"
    finally:
        interrupt.forget()


@pytest.mark.parametrize(
    ("run", "said"), [("{", "Expecting"), ('{"id": "x"}', "it lacks today, name_before"), ("5", "it lacks")]
)
def test_a_broken_memory_is_refused_before_anything_is_built_on_it(
    start: Start, connect: Callable[..., Link], keys: dict[str, paramiko.PKey], tmp_path: Path, run: str, said: str
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "run.json").write_text(run)
    with pytest.raises(SwapError, match=r"run.json on ika cannot be read") as raised:
        connect(start(keys["ika"]))
    assert raised.value.status is Status.REFUSED
    assert said in raised.value.detail


def test_bytes_travel_as_they_are() -> None:
    assert remote.decode(remote.encode(bytes(range(256)))) == bytes(range(256))
