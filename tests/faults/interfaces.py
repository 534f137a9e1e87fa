"""Interfaces that cannot be exchanged, and a file of theirs that somebody edits: told before anything is let go."""

from __future__ import annotations

from functools import partial

from tests.faults.bench import Bench
from tests.faults.catalogue import IFUPDOWN, fault
from tests.faults.chains import SAME
from tests.faults.compare import NotSurvived, differences, want

LIVE = "/etc/network/interfaces"
IKA, TAKO = "198.51.100.21", "198.51.100.22"
ADD = f"ip addr add {TAKO}/24 dev eth0"

# What is done to machine a, by which words it is told, and what mends it.
KINDS = {
    "manual": (f"sed -i.bak 's/inet static/inet manual/; s|^\\taddress|\\tup {ADD}; # |' {LIVE}",
               "is `manual`, not `static`", f"mv {LIVE}.bak {LIVE}"),
    "dhcp": (f"sed -i.bak 's/inet static/inet dhcp/' {LIVE}", "is `dhcp`, not `static`", f"mv {LIVE}.bak {LIVE}"),
    "twice": (f"printf 'iface eth0 inet static\\n\\taddress {TAKO}/24\\n' >/etc/network/interfaces.d/more && "
              f"sed -i.bak '1i source interfaces.d/*' {LIVE}", "eth0 is defined 2 times",
              f"mv {LIVE}.bak {LIVE}; rm /etc/network/interfaces.d/more"),
    "hotplug-less": (f"sed -i.bak '/^auto eth0/d' {LIVE}", "nothing brings eth0 up at boot", f"mv {LIVE}.bak {LIVE}"),
    "script": (f"printf '#!/bin/sh\\n{ADD}\\n' >/etc/network/if-up.d/more", "/etc/network/if-up.d/more puts",
               "rm /etc/network/if-up.d/more"),
    "alias": ("ip addr add 198.51.100.77/24 dev eth0 label eth0:1", "holds 198.51.100.77/24 too",
              "ip addr del 198.51.100.77/24 dev eth0"),
    "ipv6": ("ip addr add 2001:db8::21/64 dev eth0 nodad", "holds 2001:db8::21/64 too",
             "ip addr del 2001:db8::21/64 dev eth0"),
    "bridge": (f"ip link add br0 type bridge && ip link set br0 address $(cat /sys/class/net/eth0/address) up && "
               f"ip addr del {IKA}/24 dev eth0 && ip link set eth0 master br0 && ip addr add {IKA}/24 dev br0",
               "br0 holds 198.51.100.21, not eth0",
               f"ip link set eth0 nomaster; ip link del br0; ip addr add {IKA}/24 dev eth0"),
}  # fmt: skip


def in_phase_0(bench: Bench, kind: str) -> str:
    """Production's interface is of another kind from the beginning."""
    bench.lab("up")
    bench.lab("reset")
    broken, told, mended = KINDS[kind]
    bench.on("a", broken)
    said = bench.fab("phase0.preflight", want=3)
    line = next((line.strip() for line in said.splitlines() if told in line), "")
    if not line or "remedy: " not in said:
        raise NotSurvived(f"not told: {said[-800:]}")
    if "run.json" in bench.on("a", "ls /var/lib/irekae 2>/dev/null; true"):
        raise NotSurvived("the swap has begun")
    bench.on("a", mended)
    bench.fab("phase0.preflight")
    return line[:200]


def before_phase_5(bench: Bench, kind: str) -> str:
    """It becomes so when phase 0 is long past."""
    bench.after(5)
    bench.at(5)
    broken, told, mended = KINDS[kind]
    bench.on("a", broken)
    before = bench.on("a", f"cat {LIVE}")
    said = bench.fab("resume", "--through", "5", want=3)
    if told not in said:
        raise NotSurvived(f"not told: {said[-800:]}")
    if bench.on("a", f"cat {LIVE}") != before:
        raise NotSurvived(f"{LIVE} was changed")
    bench.on("a", mended)
    bench.resume(5)
    bench.want_after(5)
    return f"refused: {told}"


for _kind in KINDS:
    fault(
        f"interface/0-{_kind}",
        f"production's interface cannot be exchanged ({_kind})",
        "phase 0",
        "told with its remedy, exit status 3, nothing begins; mended, phase 0 passes",
        seconds=25,
        needs=(IFUPDOWN,),
    )(partial(in_phase_0, kind=_kind))
for _kind in ("manual", "script", "ipv6"):
    fault(f"interface/5-{_kind}", f"production's interface cannot be exchanged any more ({_kind})", "before phase 5",
          "5.3 refuses it, exit status 3, the file as it was; mended, " + SAME, seconds=60, needs=(IFUPDOWN,))(
              partial(before_phase_5, kind=_kind))  # fmt: skip


@fault("interface/6-edited", "somebody edits the interface's file", "between phases 5 and 6",
       "refused before anything is let go, the edit is kept; staged anew, both change places with it",
       needs=(IFUPDOWN,))  # fmt: skip
def edited(bench: Bench) -> str:
    """A line that somebody needs must be there afterwards."""
    bench.after(6)
    bench.at(6)
    bench.on("a", f"printf '# mine\\n' >>{LIVE}")
    said = bench.fab("resume", "--through", "6", want=None)
    if "was edited since 5.3" not in said:
        raise NotSurvived(f"not told: {said[-800:]}")
    home = differences(bench.after(5), bench.state(), mtimes=False)
    want([line for line in home if "addresses" in line or "hostname" in line], "not home")
    bench.fab("phase5.addresses")
    bench.resume(6)
    now = bench.on("a", f"cat {LIVE}")
    if "# mine" not in now or TAKO not in now:
        raise NotSurvived(f"the edit is lost: {now}")
    return "refused, the edit kept; staged anew, it went with the address"


@fault("boot/5-unguarded", "a boot with every hook of ours gone, as under a network manager that asks nobody",
       "between phases 5 and 6", "the host has its old address, and never the other one's; " + SAME,
       needs=(IFUPDOWN,))  # fmt: skip
def unguarded(bench: Bench) -> str:
    """The hooks are put back afterwards."""
    bench.after(6)
    bench.at(6)
    hooks = "/etc/network/if-pre-up.d/irekae /etc/cron.d/irekae-exchange"
    bench.on("a", f"tar -C / -cf /root/hooks.tar {hooks.replace('/etc', 'etc')} && rm {hooks}")
    bench.lab("power", "a", "cycle")
    shown = bench.on("a", "ip -4 -o addr show dev eth0")
    if IKA not in shown or TAKO in shown:
        raise NotSurvived(f"addresses after the boot: {shown}")
    bench.on("a", "tar -C / -xpf /root/hooks.tar && rm /root/hooks.tar")
    bench.resume(6)
    bench.want_after(6)
    return "the old address came up by itself"
