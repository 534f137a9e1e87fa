"""Whether the hosts can be asked at all (0.2): made before all other checks."""

from __future__ import annotations

from verify.evidence import start
from verify.marks import item, part_of
from verify.record import Record
from verify.world import Server, World


@item("0.2", "production", "standby", "backup")
def test_host_can_be_asked(server: Server, check: Record) -> None:
    """The host lets the operator in by ssh, and his sudo does what the checks need.

    ホストに ssh と sudo で問い合わせられる
    """
    backup = server.world.site.backup if server.is_backup else None
    users = [backup.user] if backup else ["root"]
    for user in users:
        began = start()
        done = server.backend.call(["id", "-un"], become=user)
        said = done.out.decode(errors="replace").strip()
        check.saw(began.heard(f"sudo -u {user} id -un", said, f"on {server.name}"))
        check.expect(
            said == user, f"sudo to {user}", said, cause="sudo runs something else", remedy="look into sudoers"
        )


@part_of("pop")
@item("9.9", "production")
def test_another_computer_can_be_asked(world: World, check: Record) -> None:
    """The other computer, from which the public's questions are asked, lets the operator in.

    他の計算機から問い合わせられる
    """
    if world.outside is None:
        check.not_made("hosts.ini has no outside host")
    began = start()
    done = world.connections.to(world.outside).call(["id", "-un"])
    said = done.out.decode(errors="replace").strip()
    check.saw(began.heard("id -un", said, f"on {world.outside.name}"))
    check.expect(
        done.status == 0,
        f"{world.outside.name} runs a command",
        said or f"status {done.status}",
        cause="the login shell of the operator there runs nothing",
        remedy="log in there by hand, and see what `id` says",
    )
