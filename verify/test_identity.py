"""Who the host is: names and addresses (5.1, 5.3), its boot (8.1), clock and disks (0.2)."""

from __future__ import annotations

import re
from typing import Any

from irekae.site.site import NamedFile, Site
from verify.evidence import start
from verify.facts import Facts, interface_files
from verify.interfaces import held_on, of_name
from verify.marks import item
from verify.mounts import WRITTEN, fstab_options, mounts_of
from verify.naming import foreign_lines, names_of, said
from verify.needs import needs
from verify.record import Record
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
    told = fqdn or facts.command("fqdn")["err"].strip()
    remedy = f"5.1: /etc/hosts: {entry.fqdn} as the first name on the line of {name}"
    cause = "/etc/hosts has another name first, or none"
    check.expect(fqdn.lower() == entry.fqdn.lower(), f"hostname -f {entry.fqdn}", told, cause=cause, remedy=remedy)


@item("5.3", "production", "standby")
def test_host_has_its_address_and_no_other(server: Server, site: Site, check: Record) -> None:
    """The interface has the address of the name, and no other host's.

    自分の IP アドレスだけを持つ
    """
    named = " or ".join(interface_files(server.facts, site, server.entry.address)) or "the interface's file"
    remedy = f"5.3: {named}; 6.1: restart the network"
    held = held_on(server.host)
    interface = of_name(site, held, server.entry.address) or "an interface"
    check.saw(*server.said())
    found = "; ".join(f"{one}: {' '.join(addresses)}" for one, addresses in held.items() if addresses)
    own = server.entry.addresses
    check.expect(
        set(own) <= set(held.get(interface, [])),
        f"{' and '.join(own)} on {interface}",
        found,
        remedy=remedy,
        cause="phase 6 was not done, or another interface has it",
    )
    others = {one for host in server.world.inventory.hosts.values() for one in host.addresses} - set(own)
    foreign = sorted(others & {address for addresses in held.values() for address in addresses})
    check.expect(
        not foreign,
        "no address of another host",
        ", ".join(foreign) or "none",
        remedy=remedy,
        cause="an address of before the exchange was not given up",
    )


@item("5.1", "production", "standby")
def test_file_bears_the_host_s_name(server: Server, named_file: NamedFile, check: Record) -> None:
    """The file has this host's name in it, and not the other's.

    設定ファイルのホスト名が正しい
    """
    path, entry, other = named_file.path, server.entry, server.other.entry
    check.saw(server.facts.of_file(path))
    text = server.facts.text(path)
    remedy = f"5.1: put {entry.name}'s names into {path}"
    check.expect(
        text is not None,
        f"{path} can be read",
        server.facts.file(path).get("error", "yes"),
        remedy=remedy,
        cause="the file is gone",
    )
    if named_file.editor == "hosts":
        _hosts_file_maps(server, check, remedy)
        return
    lines = said(named_file.editor, text or "")
    if named_file.editor in ("hostname", "one_line"):
        names = (entry.name, entry.label, entry.fqdn) if named_file.editor == "hostname" else (entry.fqdn,)
        content = " / ".join(line.strip() for line in lines)
        found = server.facts.quoted(path, content) if content else "nothing"
        same = content.lower() in [name.lower() for name in names]
        check.expect(same, f"{names[-1]} alone", found, cause=PHASE5, remedy=remedy)
        return
    own, foreign = names_of(entry, lines), foreign_lines(entry, other, lines)
    told = server.facts.quoted(path, " / ".join(own[:3])) if own else "it isn't"
    check.expect(bool(own), f"{entry.name}'s name in it", told, cause=PHASE5, remedy=remedy)
    told = server.facts.quoted(path, " / ".join(foreign[:3])) if foreign else "no such line"
    check.expect(
        not foreign,
        f"no line that names {other.name} alone",
        told,
        cause=PHASE5,
        remedy=f"5.1: put {entry.name}'s name into these lines of {path}; a line that is about {other.name} on purpose "
        f"names {entry.name} too, unless it lists the host's own names, or stands in a comment; with names = false in "
        "site.toml the file is not looked at",
    )


def _hosts_file_maps(server: Server, check: Record, remedy: str) -> None:
    """hosts(5) as the resolver library reads it: each name that stands there has its host's address."""
    entry, other = server.entry, server.other.entry
    names = [name for host in (entry, other) for name in (host.name, host.label, host.fqdn)]
    commands = {name: {"argv": ["getent", "-s", "hosts:files", "ahostsv4", name]} for name in dict.fromkeys(names)}
    began = start()
    answers = server.backend.far("ask", {"commands": commands})["commands"]
    known = {name: _mapped(answer["out"]) for name, answer in answers.items()}
    told = "\n".join(
        f"{name}: {' '.join(sorted(found)) or 'nothing'} {first}" for name, (found, first) in known.items()
    )
    check.saw(began.heard("getent -s hosts:files ahostsv4 …", told, f"on {server.name}"))
    first = known[entry.name][1] or "nothing"
    cause = "the line of the name begins with another one" if known[entry.name][0] else PHASE5
    check.expect(
        first.lower() == entry.fqdn.lower(), f"{entry.name} is {entry.fqdn}", first, cause=cause, remedy=remedy
    )
    for host in (entry, other):
        # Debian gives a host's own name 127.0.1.1 where it has no address for ever.
        right = {host.address, "127.0.1.1"} if host is entry else {host.address}
        found = {name: known[name][0] for name in (host.name, host.label, host.fqdn)}
        wrong = {name: addresses for name, addresses in found.items() if addresses - right}
        told = ", ".join(f"{name}: {' '.join(sorted(addresses))}" for name, addresses in wrong.items())
        check.expect(not wrong, f"{host.name} has no other address", told or "none", cause=PHASE5, remedy=remedy)


def _mapped(getent: str) -> tuple[set[str], str]:
    """The addresses of `getent ahostsv4`, and the name that the library holds for the host's own."""
    lines = [line.split() for line in getent.splitlines() if line.strip()]
    return {words[0] for words in lines}, next((words[2] for words in lines if len(words) > 2), "")


def _stands_in(address: str, line: str) -> bool:
    """Whether the whole address stands in a line, of whichever syntax."""
    signs = "0-9a-fA-F:" if ":" in address else "0-9."
    return re.search(rf"(?<![{signs}]){re.escape(address)}(?![{signs}])", line) is not None


@item("5.3", "production", "standby")
def test_file_bears_the_host_s_address(server: Server, addressed_file: NamedFile, check: Record) -> None:
    """The file has this host's address in it, where the host's own is meant.

    設定ファイルの IP アドレスが正しい
    """
    path, entry, other = addressed_file.path, server.entry, server.other.entry
    check.saw(server.facts.of_file(path))
    text = server.facts.text(path) or ""
    lines = said(addressed_file.editor, text)
    remedy = f"5.3: put {entry.address} into {path}"
    of_interface = addressed_file.of_interface
    for address in entry.addresses if of_interface else (entry.address,):
        own = [line for line in lines if _stands_in(address, line)]
        check.expect(bool(own), f"{address} in it", " / ".join(own) or "it isn't", cause=PHASE5, remedy=remedy)
    if of_interface:
        foreign = [line for line in lines if any(_stands_in(address, line) for address in other.addresses)]
        check.expect(
            not foreign,
            f"{' and '.join(other.addresses)} not in it",
            " / ".join(foreign) or "no such line",
            remedy=remedy,
            cause="5.3 was not done on this host, or was undone",
        )


@needs("boot")
@item("8.1", "production", "standby")
def test_host_was_booted_with_its_name(server: Server, site: Site, check: Record) -> None:
    """The host has been booted since its name and its address were changed.

    改名後に再起動されている
    """
    facts, boot = server.facts, server.boot.result()
    declared = [file.path for file in site.files if file.of_interface]
    for path in dict.fromkeys(("/etc/hostname", *declared, *interface_files(facts, site, server.entry.address))):
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
def test_disks_have_room(server: Server, site: Site, check: Record) -> None:
    """No file system is full, and none that must be written to is read-only.

    ディスクに空きがある
    """
    facts = server.facts
    mounts = {mount["path"]: mount for mount in facts.raw["mounts"]}
    check.expect(
        "/" in mounts,
        "/ among the file systems",
        ", ".join(mounts),
        remedy="look into /proc/mounts",
        cause="/proc/mounts cannot be read",
    )
    home = [site.home.path] if site.home else []
    own = [
        *home,
        *([site.mail.queue] if site.mail else []),
        *([site.dns.namedb] if site.dns and site.dns.namedb else []),
    ]
    written = mounts_of(list(mounts), [*WRITTEN, *own, site.site.state])
    declared = fstab_options(facts.text("/etc/fstab") or "")
    for path, mount in mounts.items():
        must = path in written or any(path.startswith(f"{one}/") for one in home) or "rw" in declared.get(path, ())
        if mount["read_only"] and not must:
            check.saw(facts.of(f"df {path}", f"{mount['kind']}, mounted to be read alone"))
            continue
        _has_room(mount, check, facts)
        check.expect(
            not mount["read_only"],
            f"{path} can be written to",
            "it is read-only" if mount["read_only"] else "it can",
            cause="the kernel has mounted it so after an error of the disk, or fstab says ro",
            remedy=f"look into dmesg; when the disk is sound: mount -o remount,rw {path}",
        )


def _has_room(mount: dict[str, Any], check: Record, facts: Facts) -> None:
    path = mount["path"]
    room = mount["free"] / mount["blocks"] if mount["blocks"] else 1.0
    inodes = mount["free_inodes"] / mount["inodes"] if mount["inodes"] else 1.0
    check.saw(facts.of(f"df {path}", f"free: {room:.1%} of the blocks, {inodes:.1%} of the inodes"))
    remedy, cause = f"make room on {path}, then look what could not be written meanwhile", f"{path} is full"
    check.expect(room >= FULL, f"{FULL:.0%} of {path} free", f"{room:.1%}", cause=cause, remedy=remedy)
    check.expect(inodes >= FULL, f"{FULL:.0%} of {path}'s inodes free", f"{inodes:.1%}", cause=cause, remedy=remedy)
