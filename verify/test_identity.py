"""Who the host is: names and addresses (5.1, 5.3), its boot (8.1), clock and disks (0.2)."""

from __future__ import annotations

from irekae.site.inventory import HostEntry
from irekae.site.site import NamedFile, Site
from verify.needs import needs
from verify.parsing import bears_name, hosts_lines, setting_lines
from verify.record import Record
from verify.selection import item
from verify.world import Server

CLOCK_TOLERANCE = 5.0
CLOCKS_AGREE = 2.0
"""Seconds: a clock may have been set since the boot, and in the first two of a boot nobody can edit a file."""
FULL = 0.02
"""Part of the blocks, or of the inodes, that must be free."""

pytestmark = needs("all_facts")
PHASE5 = "phase 5 was not done on this host, or was undone; 5.1 lists the files"


@item("5.1", "production", "standby")
def test_host_calls_itself_by_its_name(server: Server, check: Record) -> None:
    """The running system has its own name.

    稼働中のホスト名が正しい
    """
    entry, facts = server.entry, server.facts
    check.saw(facts.of_command("hostname"), facts.of_command("fqdn"))
    name, fqdn = facts.out("hostname").strip(), facts.out("fqdn").strip()
    remedy = "5.1: /etc/hostname and /etc/hosts; 8.1: reboot"
    check.expect(
        name in (entry.name, entry.label, entry.fqdn), f"hostname {entry.name}", name, cause=PHASE5, remedy=remedy
    )
    check.expect(fqdn == entry.fqdn, f"hostname -f {entry.fqdn}", fqdn, cause="/etc/hosts", remedy=remedy)


@item("5.3", "production", "standby")
def test_host_has_its_address_and_no_other(server: Server, site: Site, check: Record) -> None:
    """The interface has the address of the name, and no other host's.

    自分の IP アドレスだけを持つ
    """
    interface, remedy = site.network.interface, "5.3: /etc/network/interfaces; 6.1: restart the network"
    held = {one: server.host.interface(one).addresses for one in server.host.interface.names()}
    check.saw(*server.said())
    found = "; ".join(f"{one}: {' '.join(addresses)}" for one, addresses in held.items() if addresses)
    own = server.entry.address
    check.expect(own in held.get(interface, []), f"{own} on {interface}", found, remedy=remedy)
    others = {host.address for host in server.world.inventory.hosts.values()} - {own}
    foreign = sorted(others & {address for addresses in held.values() for address in addresses})
    check.expect(not foreign, "no address of another host", ", ".join(foreign) or "none", remedy=remedy)


@item("5.1", "production", "standby")
def test_file_bears_the_host_s_name(server: Server, named_file: NamedFile, check: Record) -> None:
    """The file has this host's name in it, and not the other's.

    設定ファイルのホスト名が正しい
    """
    path, entry, other = named_file.path, server.entry, server.other.entry
    check.saw(server.facts.of_file(path))
    text = server.facts.text(path)
    remedy = f"5.1: put {entry.name}'s names into {path}"
    check.expect(text is not None, f"{path} can be read", server.facts.file(path).get("error", "yes"), remedy=remedy)
    if named_file.editor == "hosts":
        _hosts_file_maps(text or "", entry, other, check, remedy)
        return
    if named_file.editor in ("hostname", "one_line"):
        names = (entry.name, entry.label, entry.fqdn) if named_file.editor == "hostname" else (entry.fqdn,)
        content = " / ".join(setting_lines(text or ""))
        found = server.facts.quoted(path, content) if content else "nothing"
        check.expect(content in names, f"{names[-1]} alone", found, cause=PHASE5, remedy=remedy)
        return
    if named_file.editor in ("perl", "shell"):
        # A comment says nothing to the program; old names in comments are shown to a person by 5.2.
        text = "\n".join(setting_lines(text or ""))
    own = bears_name(text or "", entry.label, entry.name)
    foreign = bears_name(text or "", other.label, other.name)
    check.expect(own, f"{entry.name}'s name in it", "it is" if own else "it isn't", cause=PHASE5, remedy=remedy)
    check.expect(
        not foreign, f"{other.name} not in it", "it is" if foreign else "it isn't", cause=PHASE5, remedy=remedy
    )


def _hosts_file_maps(text: str, entry: HostEntry, other: HostEntry, check: Record, remedy: str) -> None:
    """hosts(5) may name both hosts, but each with its own address."""
    names = hosts_lines(text)
    own = names.get(entry.address, [])
    wanted = f"{entry.address} is {entry.fqdn} and {entry.name}"
    check.expect(own[:1] == [entry.fqdn] and entry.name in own, wanted, " ".join(own) or "not there", remedy=remedy)
    for host in (entry, other):
        bearers = [address for address, found in names.items() if {host.name, host.label, host.fqdn} & set(found)]
        # Debian gives a host's own name 127.0.1.1 where it has no address for ever.
        wrong = [one for one in bearers if one != host.address and not (host is entry and one == "127.0.1.1")]
        check.expect(
            not wrong, f"{host.name} has no other address", ", ".join(wrong) or "none", cause=PHASE5, remedy=remedy
        )


@item("5.3", "production", "standby")
def test_file_bears_the_host_s_address(server: Server, addressed_file: NamedFile, check: Record) -> None:
    """The file has this host's address in it, where the host's own is meant.

    設定ファイルの IP アドレスが正しい
    """
    path, entry, other = addressed_file.path, server.entry, server.other.entry
    check.saw(server.facts.of_file(path))
    text = server.facts.text(path) or ""
    lines = setting_lines(text)
    remedy = f"5.3: put {entry.address} into {path}"
    own = [line for line in lines if entry.address in line.replace("/", " ").split()]
    check.expect(bool(own), f"{entry.address} in it", " / ".join(own) or "it isn't", cause=PHASE5, remedy=remedy)
    if addressed_file.editor == "interfaces":
        foreign = [line for line in lines if other.address in line.replace("/", " ").split()]
        check.expect(not foreign, f"{other.address} not in it", " / ".join(foreign) or "it isn't", remedy=remedy)


@needs("boot")
@item("8.1", "production", "standby")
def test_host_was_booted_with_its_name(server: Server, site: Site, check: Record) -> None:
    """The host has been booted since its name and its address were changed.

    改名後に再起動されている
    """
    facts, boot = server.facts, server.boot.result()
    for path in ("/etc/hostname", site.network.interfaces):
        changed = float(facts.file(path).get("ctime", 0))
        check.saw(facts.of(f"boot time; stat {path}", f"booted {facts.raw['boot']:.0f}, changed {changed:.0f}"))
        check.expect(
            0 < changed <= facts.raw["boot"] + CLOCKS_AGREE or boot.proves(path),
            f"{path} is older than the last boot, or as that left it",
            f"changed {changed - facts.raw['boot']:+.0f} s from the boot",
            cause="the file was edited after the reboot, which then proves nothing",
            remedy="8.1: reboot the host",
        )


@item("0.2", "production", "standby")
def test_clock_is_right(server: Server, check: Record) -> None:
    """The clock agrees with the seat's.

    時計が合っている
    """
    facts = server.facts
    check.saw(
        facts.of("date", f"{facts.offset:+.2f} s from the seat's clock, up to {facts.uncertain:.2f} s of it on the way")
    )
    check.expect(
        -CLOCK_TOLERANCE <= facts.offset <= CLOCK_TOLERANCE + facts.uncertain,
        f"within {CLOCK_TOLERANCE:g} s of the seat's clock",
        f"{facts.offset:+.1f} s",
        cause="the host's or the seat's clock is wrong",
        remedy="set the clock; logs and mails of the swap bear wrong times until then",
    )


@item("0.2", "production", "standby")
def test_disks_have_room(server: Server, check: Record) -> None:
    """No file system is full, or read-only.

    ディスクに空きがある
    """
    facts = server.facts
    mounts = facts.raw["mounts"]
    check.expect(any(mount["path"] == "/" for mount in mounts), "/ among the file systems", [m["path"] for m in mounts])
    for mount in mounts:
        path = mount["path"]
        room = mount["free"] / mount["blocks"] if mount["blocks"] else 1.0
        inodes = mount["free_inodes"] / mount["inodes"] if mount["inodes"] else 1.0
        check.saw(facts.of(f"df {path}", f"free: {room:.1%} of the blocks, {inodes:.1%} of the inodes"))
        if mount["kind"] in ("squashfs", "iso9660"):
            continue
        remedy = f"make room on {path}, then look what could not be written meanwhile"
        check.expect(room >= FULL, f"{FULL:.0%} of {path} free", f"{room:.1%}", remedy=remedy)
        check.expect(inodes >= FULL, f"{FULL:.0%} of {path}'s inodes free", f"{inodes:.1%}", remedy=remedy)
        check.expect(not mount["read_only"], f"{path} can be written to", "it is read-only", remedy="look into dmesg")
