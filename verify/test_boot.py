"""What booted is what is there: nothing that a boot or a daemon reads has changed since the boot of 8.1."""

from __future__ import annotations

from irekae.model.findings import Finding
from irekae.site.site import Site
from verify.boot import Boot
from verify.marks import item
from verify.needs import needs
from verify.record import Record
from verify.selection import Role, about
from verify.world import Server

NONE_KEPT = "nothing of it was kept at the end of 8.1"
BOOT_AGAIN = "8.1: fab phase8.restart once more, which keeps it"


def _boot(server: Server, check: Record) -> Boot:
    """What 8.1 kept; where it kept nothing, the check can't be made."""
    boot = server.boot.result()
    if not boot.is_kept:
        check.not_made(
            f"8.1 has kept nothing of {server.name}'s boot: it does once phase 8 may begin, by `fab -H {server.name} "
            "phase8.restart`"
        )
    return boot


@needs("boot")
@item("8.1", "production", "standby")
def test_what_booted_is_what_is_there(server: Server, check: Record) -> None:
    """Everything that a boot or a daemon reads is unchanged since the boot, or since the daemon last read it.

    起動時または各デーモンの読み込み時から設定ファイルとプログラムが変わっていない
    """
    boot = _boot(server, check)
    check.saw(boot.evidence())
    found = list(boot.files())
    check.differs(*found)
    count = boot.looked_at("paths")
    check.expect(
        count > 0,
        "each file as the boot left it",
        f"{count} paths, {len(found)} differences",
        cause=NONE_KEPT,
        remedy=BOOT_AGAIN,
    )


@needs("boot")
@item("8.1", "production", "standby")
def test_daemons_are_those_of_the_boot(server: Server, check: Record) -> None:
    """Each daemon runs the program, arguments and environment that the boot gave it; nobody is new or gone.

    デーモンは起動時と同じプログラムと引数で動いている
    """
    boot = _boot(server, check)
    check.saw(boot.evidence())
    found = list(boot.daemons())
    check.differs(*found)
    count = boot.looked_at("daemons")
    check.expect(
        count > 0,
        "every daemon as the boot left it",
        f"{count} daemons, {len(found)} differences",
        cause=NONE_KEPT,
        remedy=BOOT_AGAIN,
    )


@needs("boot")
@item("8.1", "production", "standby")
def test_running_system_is_as_the_boot_left_it(server: Server, check: Record) -> None:
    """Listeners, mounts, addresses, routes, packet rules and kernel settings are as after the boot.

    待ち受けポート, マウント, アドレス, 経路, パケットフィルタは起動時のままである
    """
    boot = _boot(server, check)
    check.saw(boot.evidence())
    found = list(boot.system())
    check.differs(*found)
    count = boot.looked_at("listeners")
    check.expect(
        count > 0,
        "the running system as the boot left it",
        f"{count} listeners, {len(found)} differences",
        cause=NONE_KEPT,
        remedy=BOOT_AGAIN,
    )


@needs("disk")
@item("8.1", "production", "standby")
def test_next_boot_mounts_and_connects_alike(server: Server, role: Role, site: Site, check: Record) -> None:
    """Whatever fstab mounts is mounted already, and the interface comes up by itself.

    次の起動でもマウントとネットワークは同じになる
    """
    disk, began = server.disk.result()
    found = disk["next_boot"]
    interfaces = found["interfaces"]
    told = " ".join(interfaces) if interfaces is not None else "ifupdown is not in charge"
    check.saw(began.heard("/etc/fstab; ifquery --list", told, f"on {server.name}"))
    remedy = "mount it and look, or take the line out of /etc/fstab; `noauto` for what is mounted by hand"
    lines = Finding.of_each(
        dict.fromkeys(found["fstab"], "not mounted"),
        role=about(role),
        subject="/etc/fstab, a line that no boot has followed:",
        was="mounted",
        remedy=remedy,
    )
    check.alike("every line of /etc/fstab is mounted", f"{len(lines)} are not", *lines)
    if interfaces is None:
        return
    name = found["interface"]
    remedy = f"5.3: `auto {name}` in {site.network.interfaces or '/etc/network/interfaces'}"
    check.expect(name in interfaces, f"{name} comes up at boot", told, cause="the host would be lost", remedy=remedy)
