"""The system itself, for the survey: packages, mounts, routes, and what the kernel does with packets."""

from __future__ import annotations

import os
import re
from typing import Sequence

from irekae.host.agent.base import operation
from irekae.host.agent.facts import text_of
from irekae.host.agent.seen import Rows
from irekae.host.agent.seen_programs import said

OF_THE_KERNEL = re.compile(r"/(?:proc|sys|dev|run)(?:/|$)")
OPTIONS_OF_MOUNTS = ("ro", "rw", "nosuid", "nodev", "noexec", "usrquota", "grpquota", "usrjquota", "noacl")
# Routers, leases and routing daemons give them, and take them back; the kernel makes those of its own addresses.
OF_NOBODY = re.compile(r" proto (?:ra|kernel|redirect|dhcp|bgp|ospf|isis|rip|babel|bird|zebra)\b| table local\b")
OF_MACHINE = re.compile(r" (?:dev|proto|src|metric|pref|error|expires|hoplimit) \S+| onlink\b| linkdown\b")
SWITCHES = (
    "net/ipv4/ip_forward",
    "net/ipv4/tcp_syncookies",
    "net/ipv4/icmp_echo_ignore_all",
    "net/ipv4/conf/all/rp_filter",
    "net/ipv4/ip_local_port_range",
    "net/ipv6/conf/all/disable_ipv6",
    "net/ipv6/conf/all/forwarding",
    "fs/protected_symlinks",
    "fs/protected_hardlinks",
    "fs/suid_dumpable",
    "kernel/randomize_va_space",
)


@operation
def op_seen_system() -> dict[str, Rows]:
    """ "package": what is installed; "mount": where, with what keeps programs, devices or writing out; "route": without
    the interface, which each machine calls as it likes; "IPv6 route" and "routing rule": what somebody has given the
    host beyond; "kernel": switches that a service may stand on."""
    packages = [
        line.split("\t") for line in said(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}\t${Package}\t${Version}\n"])
    ]
    mounts: Rows = {}
    for line in text_of("/proc/self/mounts").splitlines():
        _, place, kind, options = line.split()[:4]
        if not OF_THE_KERNEL.match(place):
            kept = [word for word in options.split(",") if word.partition("=")[0] in OPTIONS_OF_MOUNTS]
            mounts[place] = f"{kind} ({','.join(sorted(kept))})"
    routes = {
        re.sub(r" (?:dev|proto|src|metric) \S+", "", line).strip(): "is a route" for line in said(["ip", "route"])
    }
    switches = {name: text_of(f"/proc/sys/{name}") for name in SWITCHES if os.path.exists(f"/proc/sys/{name}")}
    installed = {words[1]: words[2] for words in packages if len(words) == 3 and words[0].startswith("ii")}
    further = dict.fromkeys(routes_v6(said(["ip", "-6", "route"])), "is a route")
    rules = {
        f"IPv{way[1]} {' '.join(line.split())}": "is a rule"
        for way in ("-4", "-6")
        for line in said(["ip", way, "rule"])
    }
    beyond = {"IPv6 route": further, "routing rule": rules}
    return {"package": installed, "mount": mounts, "route": routes, **beyond, "kernel": switches}


def routes_v6(lines: Sequence[str]) -> list[str]:
    """Routes that somebody has set for good, without what each machine calls as it likes."""
    return [" ".join(OF_MACHINE.sub("", line).split()) for line in lines if not OF_NOBODY.search(line)]
