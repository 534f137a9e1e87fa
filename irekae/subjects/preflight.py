"""Everything that would stand in the way of a swap, found before it begins (0.2). Nothing is changed."""

import time

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.items import On
from irekae.site.site import Site
from irekae.swap.swap import Swap

CLOCK = 60.0  # seconds that the hosts' clocks may differ
NEEDED = ("/usr/bin/rsync", "/usr/bin/rrsync", "/usr/bin/ssh-keygen", "/usr/sbin/sshd")
SLACK = 256 << 20  # bytes that must stay free on the receiver


def obstacles(swap: Swap) -> list[str]:
    """Reasons why the swap may not begin, of both hosts; empty when it may."""
    found: list[str] = []
    for host in (swap.production, swap.standby):
        found += [f"{host.name}: {reason}" for reason in _host(host, swap.site)]
    return found + _clocks(swap) + _space(swap)


def _host(host: Host, site: Site) -> list[str]:
    found = []
    name = host.link.facts["hostname"]
    if name.split(".")[0] not in (host.name, host.entry.label):
        found.append(f"calls itself {name}, not {host.entry.label}: wrong machine, or half renamed")
    if host.entry.address not in host.query("ip", "-4", "-o", "addr").text.replace("/", " ").split():
        found.append(f"has not the address {host.entry.address}")
    wanted = [file.path for file in site.files] + [
        site.copy.pop_secrets,
        site.copy.crontabs,
        site.dns.namedb,
        site.home.path,
    ]
    wanted += [f"{site.mail.control}/{name}" for name in ("locals", "rcpthosts", "defaulthost", "me")]
    wanted += [mailing_list.bouncer for mailing_list in site.mail.lists if host.role is On.PRODUCTION]
    found += [f"{path} is missing" for path in (*wanted, *NEEDED) if not host.exists(path)]
    for service in site.services.values():
        state = ServiceHandle(host, service).state()
        if not state.known:
            found.append(f"no service {service.init!r} ({state.detail})")
    queue = host.look(f"{site.mail.bin}/qmail-qstat")
    if queue.status == 0:
        host.say("mail " + queue.text.strip().replace("\n", ", "))
    else:
        found.append("qmail-qstat fails: " + queue.err.decode("utf-8", "replace").strip())
    return found


def _clocks(swap: Swap) -> list[str]:
    found = []
    for host in (swap.production, swap.standby):
        before = time.time()
        theirs = host.link.ask("facts")["time"]
        off = theirs - (before + time.time()) / 2
        if abs(off) > CLOCK:
            found.append(f"{host.name}: its clock is {off:+.0f} s off this seat's")
    return found


def _space(swap: Swap) -> list[str]:
    home = swap.site.home.path
    ours = swap.production.query("du", "-sxk", home, ok=(0, 1), timeout=24 * 3600).text.split()
    held = swap.standby.query("du", "-sxk", home, ok=(0, 1), timeout=24 * 3600).text.split()
    need = 1024 * (int(ours[0]) - int(held[0])) + SLACK
    free = swap.standby.link.ask("space", path=home)["free"]
    if need > free:
        return [f"{swap.standby.name}: {home} needs {need >> 20} MiB more, {free >> 20} MiB are free"]
    return []
