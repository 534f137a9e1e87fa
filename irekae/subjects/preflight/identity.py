"""Are the two machines who they are taken for, and two at all."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.site.machines import fingerprint
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap


@each_host
def names(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """The host calls itself what hosts.ini calls it."""
    said = str(host.link.facts["hostname"])
    if said.split(".")[0] not in (host.name, host.entry.label):
        yield Obstacle(
            f"calls itself {said}, not {host.entry.label}: wrong machine, or half renamed",
            f"if it is the right machine: `hostname {host.entry.label}` on it, and /etc/hostname likewise",
        )


def clones(swap: Swap) -> Iterable[Obstacle]:
    """A machine copied from the other one has its machine-id and its host keys: then nothing tells them apart."""
    ours, theirs = swap.production.link, swap.standby.link
    name = swap.standby.name
    if ours.facts["machine_id"] == theirs.facts["machine_id"]:
        yield Obstacle(
            f"both machines have the machine-id {ours.facts['machine_id']}: one is a clone of the other",
            f"on {name}: `rm /etc/machine-id /var/lib/dbus/machine-id; dbus-uuidgen --ensure=/etc/machine-id`, then "
            "make it known anew (`fab trust` at every seat)",
        )
    for key in sorted(set(ours.machine.keys) & set(theirs.machine.keys)):
        yield Obstacle(
            f"both machines have the host key {key.split()[0]} {fingerprint(key)}: one is a clone of the other",
            f"on {name}: `rm /etc/ssh/ssh_host_*; dpkg-reconfigure openssh-server`, then make it known anew",
        )
