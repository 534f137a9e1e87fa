"""What the kernel does beyond what boot scripts usually set: further routes, rules, swap, limits. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verify.far.next_boot import lines
from verify.far.system import ELSEWHERE, OWN_KINDS, said, settings

FLEETING = re.compile(r" proto (ra|kernel|redirect|dhcp|bgp|ospf|isis|rip|eigrp|babel|bird|zebra)\b| table local\b")
"""Routes that routers, leases and routing daemons give and take back."""
COUNTED = re.compile(r" (?:expires|error|pref|hoplimit|refcnt|users|age) \S+| linkdown| dead\b| rt_offload| offload")
OF_GUESTS = re.compile(r" dev (veth|docker|br-|vnet|tap|tun|wg|cali|cni|flannel|lxc|vir)")
USUAL = re.compile(r"qdisc (noqueue|mq|pfifo_fast|fq_codel|fq|noop|pfifo) ")
PROFILES = "/sys/kernel/security/apparmor/profiles"
OF_OTHERS = re.compile(r"(snap[.-]|/snap/|libvirt-|lxc-|docker|cri-|crun|podman|:).*|.*//null-.*")
"""Profiles that come and go with containers, and those that the kernel makes while it learns."""
SYSTEMS = {"/dev", "/dev/shm", "/proc", "/run", "/run/lock", "/sys", "/tmp", "/var/tmp"}
CLOSED = ("noexec", "nosuid", "nodev")
SWITCHES = (
    "fs/file-max",
    "fs/nr_open",
    "fs/aio-max-nr",
    "fs/protected_symlinks",
    "fs/protected_hardlinks",
    "fs/protected_regular",
    "fs/suid_dumpable",
    "fs/inotify/max_user_instances",
    "fs/inotify/max_user_watches",
    "fs/inotify/max_queued_events",
    "kernel/modules_disabled",
    "kernel/pid_max",
    "kernel/threads-max",
    "kernel/sem",
    "kernel/shmall",
    "kernel/shmmax",
    "kernel/shmmni",
    "kernel/sysrq",
    "kernel/unprivileged_userns_clone",
    "kernel/randomize_va_space",
    "kernel/panic",
    "kernel/kptr_restrict",
    "kernel/dmesg_restrict",
    "kernel/modprobe",
    "kernel/yama/ptrace_scope",
    "vm/overcommit_memory",
    "vm/overcommit_ratio",
    "vm/swappiness",
    "vm/max_map_count",
    "vm/panic_on_oom",
    "vm/mmap_min_addr",
    "net/core/rmem_max",
    "net/core/wmem_max",
    "net/core/netdev_max_backlog",
    "net/core/default_qdisc",
    "net/core/bpf_jit_enable",
    "net/ipv4/ip_default_ttl",
    "net/ipv4/ip_no_pmtu_disc",
    "net/ipv4/ip_nonlocal_bind",
    "net/ipv4/ip_unprivileged_port_start",
    "net/ipv4/tcp_sack",
    "net/ipv4/tcp_rmem",
    "net/ipv4/tcp_wmem",
    "net/ipv4/tcp_timestamps",
    "net/ipv4/tcp_window_scaling",
    "net/ipv4/tcp_max_syn_backlog",
    "net/ipv4/tcp_abort_on_overflow",
    "net/ipv4/tcp_congestion_control",
    "net/ipv4/tcp_fin_timeout",
    "net/ipv4/tcp_keepalive_time",
    "net/ipv4/tcp_synack_retries",
    "net/ipv4/tcp_retries2",
    "net/ipv4/conf/all/accept_local",
    "net/ipv4/conf/all/accept_redirects",
    "net/ipv4/conf/all/accept_source_route",
    "net/ipv4/conf/all/arp_ignore",
    "net/ipv4/conf/all/arp_announce",
    "net/ipv4/conf/default/accept_source_route",
    "net/ipv4/conf/default/arp_ignore",
    "net/ipv4/conf/default/arp_announce",
    "net/ipv6/conf/all/accept_ra",
    "net/ipv6/conf/all/accept_redirects",
    "net/ipv6/conf/default/disable_ipv6",
    "net/ipv6/conf/default/accept_ra",
    "net/ipv6/conf/default/forwarding",
)


def kernel() -> dict[str, list[str]]:
    """Everything, by subject, each as lines that can be compared one by one."""
    return {
        "further route": sorted(set(further_routes())),
        "routing rule": sorted({" ".join(line.split()) for way in ("-4", "-6") for line in said("ip", way, "rule")}),
        "limit of traffic": sorted(set(limits_of_traffic(said("tc", "qdisc", "show")))),
        "swap": sorted(" ".join(line.split()[:2]) for line in lines("/proc/swaps")[1:]),
        "AppArmor profile": sorted(line for line in lines(PROFILES) if not OF_OTHERS.fullmatch(line)),
        "mount option": sorted(set(mount_options(lines("/proc/self/mounts")))),
        "kernel switch": list(settings(SWITCHES)),
    }


def further_routes() -> Iterator[str]:
    """IPv6's routes, and IPv4's of other tables than the main one, that somebody has given the host for good."""
    for way in ("-4", "-6"):
        for line in said("ip", way, "-o", "route", "show", "table", "all"):
            in_main = " table " not in f" {line} "
            if not FLEETING.search(line) and not OF_GUESTS.search(line) and not (way == "-4" and in_main):
                yield f"IPv{way[1]} {' '.join(COUNTED.sub('', line).split())}"


def limits_of_traffic(shown: list[str]) -> Iterator[str]:
    """Queues that delay, drop or limit: others than the kernel's usual ones."""
    for line in shown:
        if line.startswith("qdisc ") and not USUAL.match(line) and not OF_GUESTS.search(line):
            yield COUNTED.sub("", line).strip()


def mount_options(mounts: list[str]) -> Iterator[str]:
    """What keeps programs, devices, users or writing out of a file system that programs count on."""
    for line in mounts:
        words = line.split()
        if len(words) > 3 and (
            words[1] in SYSTEMS or not (OWN_KINDS.fullmatch(words[2]) or ELSEWHERE.fullmatch(words[1]))
        ):
            options = words[3].split(",")
            told = [one for one in options if one in CLOSED or one.startswith("hidepid=")]
            told += ["ro"] if "ro" in options and words[1] in SYSTEMS else []  # of the others system.py tells it
            yield f"{words[1]}: {', '.join(sorted(told)) or 'open'}"
