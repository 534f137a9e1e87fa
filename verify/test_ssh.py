"""ssh: root cannot log in (9.3, 9.12, 4.4)."""

from __future__ import annotations

from datetime import datetime

from irekae.site.site import Site
from verify.by_hand import act
from verify.marks import item
from verify.needs import needs
from verify.record import Record
from verify.sshd import other_daemons, running_sshd
from verify.world import Server


def _remedy(server: Server) -> str:
    return f"9.3, 4.2: PermitRootLogin no in sshd_config, then {act(server, 'restart', 'ssh')}"


def _attempts(server: Server, method: str, check: Record) -> list[str]:
    """Keep all attempts as evidence, and return the outcomes of those by `method`."""
    made = server.root_attempts.result()
    check.saw(*[attempt.evidence for attempt in made])
    return [attempt.outcome for attempt in made if attempt.method == method]


@needs("root_attempts")
@item("9.3", "production")
@item("9.12", "standby")
def test_root_is_not_let_in_by_key(server: Server, check: Record) -> None:
    """Root is refused with each of the operator's keys.

    root は鍵でログインできない
    """
    nothing = _attempts(server, "none", check)
    check.expect(
        nothing == ["refused"],
        "no login without any proof",
        ", ".join(nothing),
        remedy=_remedy(server),
        cause="sshd takes an empty password, or asks for none",
    )
    outcomes = _attempts(server, "publickey", check)
    if not outcomes:
        check.not_made(
            "the seat has no key that could be tried (ansible_ssh_private_key_file in hosts.ini, or an agent)"
        )
    refused = set(outcomes) <= {"refused", "not offered"}
    check.expect(
        refused,
        "every key is refused",
        ", ".join(outcomes),
        cause="root's authorized_keys and PermitRootLogin",
        remedy=_remedy(server),
    )


@needs("root_attempts")
@item("9.3", "production")
@item("9.12", "standby")
def test_root_is_not_let_in_by_password(server: Server, check: Record) -> None:
    """Root is refused with a password.

    root はパスワードでログインできない
    """
    outcomes = _attempts(server, "password", check)
    if not outcomes:
        check.not_made(
            "hosts.ini has no outside host with a `third` address; from the seat, failed passwords would ban it"
        )
    refused = set(outcomes) <= {"refused", "not offered"}
    check.expect(
        refused,
        "the password is refused",
        ", ".join(outcomes),
        remedy=_remedy(server),
        cause="PermitRootLogin lets root in by password, and any is right",
    )


@needs("all_facts", "sshd")
@item("9.3", "production")
@item("9.12", "standby")
def test_sshd_admits_root_from_nowhere(server: Server, check: Record) -> None:
    """The running sshd's own view: PermitRootLogin is no for every caller.

    どこからの root ログインも許可されない
    """
    view = server.sshd.result()
    check.saw(*view.evidence)
    check.expect(
        view.running is not None,
        "sshd listens on the ssh port",
        view.running.line if view.running else "nobody",
        cause="sshd doesn't run, or on another port than hosts.ini's ansible_port",
        remedy=f"{act(server, 'start', 'ssh')}; sshd -t",
    )
    check.expect(
        len(view.effective) > 3,
        "asked for several callers",
        ", ".join(view.effective),
        cause="hosts.ini names too few hosts",
        remedy="hosts.ini",
    )
    cause = "PermitRootLogin in sshd_config, in a Match block, or on sshd's command line"
    for caller, value in view.effective.items():
        check.expect(value == "no", f"no from {caller}", value, cause=cause, remedy=_remedy(server))


@needs("all_facts", "sshd")
@item("9.3", "production")
@item("9.12", "standby")
def test_no_line_of_sshd_s_configuration_admits_root(server: Server, site: Site, check: Record) -> None:
    """Every PermitRootLogin in sshd's files is no, in Match blocks too, and there is one that counts for all.

    sshd_config のどの行も root を許可しない
    """
    view = server.sshd.result()
    check.saw(server.facts.of_file(site.root_door.sshd_config))
    check.saw(server.facts.of("PermitRootLogin in all files", "\n".join(map(str, view.rules)) or "none"))
    check.expect(
        site.root_door.sshd_config in view.changed,
        "sshd_config can be read",
        ", ".join(view.changed) or "no file",
        cause="the file is gone, or [root_door] sshd_config in site.toml is another",
        remedy="put it back: dpkg -V openssh-server",
    )
    everywhere = [rule for rule in view.rules if rule.where == "everywhere"]
    check.expect(
        bool(everywhere),
        "a PermitRootLogin outside of Match blocks",
        f"{len(everywhere)} of them",
        remedy=_remedy(server),
        cause="the line is gone: sshd's default lets root in by key",
    )
    for rule in view.rules:
        place = f"{rule.path}:{rule.line} ({rule.where})"
        check.expect(
            rule.value == "no",
            f"no at {place}",
            rule.value,
            cause="a door was opened and not closed",
            remedy=_remedy(server),
        )


@needs("all_facts", "sshd")
@item("9.3", "production")
@item("9.12", "standby")
def test_sshd_runs_with_the_configuration_that_is_on_disk(server: Server, check: Record) -> None:
    """The running sshd has read its files after they were last changed.

    sshd は現在の設定を読み込んでいる
    """
    view = server.sshd.result()
    check.saw(server.facts.of_file("/run/sshd.pid"), server.facts.of_command("ss", _ssh_lines(server)))
    told = view.running.line if view.running else "no sshd on the ssh port"
    cause = "the running sshd is not the one that wrote /run/sshd.pid; it may have another configuration"
    check.expect(
        view.read_at is not None, "/run/sshd.pid is of the running sshd", told, cause=cause, remedy=_remedy(server)
    )
    for path, changed in view.changed.items():
        check.expect(
            changed <= (view.read_at or 0),
            f"{path} is older than the daemon's reading of it",
            f"changed {_clock(changed)}, read {_clock(view.read_at or 0)}",
            cause="the file was edited and the daemon not reloaded",
            remedy=act(server, "restart", "ssh"),
        )


@needs("all_facts")
@item("9.3", "production")
@item("9.12", "standby")
def test_no_second_sshd(server: Server, check: Record) -> None:
    """No other sshd listens than the one on the ssh port; that one may have several ports.

    別の sshd が動いていない
    """
    check.saw(server.facts.of_command("ss", _ssh_lines(server)))
    running = running_sshd(server.facts, server.entry.port)
    own = f"tcp/{server.entry.port}"
    check.expect(
        running is not None,
        f"sshd on {own}",
        running.line if running else "nobody",
        cause="sshd doesn't run; who asked this came in by another way",
        remedy=act(server, "start", "ssh"),
    )
    others = other_daemons(server.facts, running) if running else []
    cause = "a second sshd was started, with a configuration of its own"
    check.expect(not others, "no other sshd", "; ".join(others) or "none", cause=cause, remedy="end the other one")


def _ssh_lines(server: Server) -> list[str]:
    return [one.line for one in server.facts.listeners if any(owner.startswith("sshd") for owner in one.owners)]


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().isoformat(timespec="seconds")


@item("4.4", "standby")
def test_root_has_no_authorized_keys(server: Server, check: Record) -> None:
    """Root's authorized_keys is put away.

    root の authorized_keys がない
    """
    for path in ("/root/.ssh/authorized_keys", "/root/.ssh/authorized_keys2"):
        there = server.host.file(path).exists
        check.saw(*server.said())
        check.expect(
            not there,
            f"no {path}",
            "it is there" if there else "none",
            remedy=f"4.4: mv {path} {path}.bk",
            cause="4.4 was not done, or the file was made anew",
        )
