"""Are the two machines who they are taken for, and two at all."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.site.machines import fingerprint
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap


@each_host
def names(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """The host calls itself what hosts.ini calls it."""
    entry, other = host.entry, swap.inventory.other(host.entry.name)
    said = str(host.link.facts["hostname"]).split(".")[0].casefold()
    if said == entry.name.casefold():
        return
    if said in (other.name.casefold(), other.label.casefold()):
        yield Obstacle(
            f"{entry.address} calls itself {said}, not {entry.name}: hosts.ini has the two interchanged, or it is half "
            "renamed",
            "exchange ansible_host, ipv6 and fqdn of the two in hosts.ini, then `fab trust` at every seat, and have a "
            "site.toml that fits (`fab init --out FOLDER` writes one by that hosts.ini); if hosts.ini is right: "
            f"`hostname {entry.name}` on it, and /etc/hostname likewise",
        )
    elif said != entry.label.casefold():
        yield Obstacle(
            f"{entry.address} calls itself {said}, not {entry.label}: wrong machine, wrong name, or half renamed",
            f"if hosts.ini is right: `hostname {entry.label}` on it, and /etc/hostname likewise; if it is to be called "
            f"{said}: write that in hosts.ini and site.toml, then `fab trust` at every seat",
        )
    elif other.name == other.label and not knows_itself_as(host.look(*ADDRESSES_OF, entry.name).text, entry.address):
        # Where both have a name of our own in hosts.ini, each form takes the place of the same form.
        yield Obstacle(
            f"{entry.address} calls itself {said}, not {entry.name}: 5.1 would give that name to the other one",
            f"write {said} for {entry.name} in hosts.ini and site.toml, then `fab trust` at every seat; or name it "
            f"{entry.name} too, in its /etc/hosts",
        )


ADDRESSES_OF = ("getent", "ahostsv4")
NOT_FOUND = 2  # getent(1): not in the database


def knows_itself_as(said: str, address: str) -> bool:
    """Does a host find itself by a name: what it says of that name's addresses, its own address."""
    return any(line.split()[:1] == [address] or line.startswith("127.") for line in said.splitlines())


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
