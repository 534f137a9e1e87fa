"""0.2 against hosts that are not as they should be: everything that can be read beforehand is told, all at once."""

from __future__ import annotations

import re

from tests.driver import Lab

IKA, TAKO = "198.51.100.21", "198.51.100.22"
# On production: an interface that is not what its file says, and files that cannot be replaced.
ON_A = f"""
sed -i 's/inet static/inet manual/; s/^\\taddress.*/\\tup ip addr add {IKA}\\/24 dev eth0/' /etc/network/interfaces
printf '#!/bin/sh\\nip addr add {TAKO}/24 dev eth0\\n' >/etc/network/if-up.d/more; chmod 755 /etc/network/if-up.d/more
mv /etc/motd /run/motd.dynamic; ln -s /run/motd.dynamic /etc/motd
mkdir -p /home/more; mount -t tmpfs none /home/more
mount --bind /etc/mailname /etc/mailname
service apache2 stop >/dev/null
sed -i 's/^#*ListenAddress.*//' /etc/ssh/sshd_config; echo 'ListenAddress {IKA}' >>/etc/ssh/sshd_config
mv /usr/bin/rrsync /usr/bin/rrsync.away
"""
TOLD_OF_A = (
    "/etc/network/interfaces:7: eth0 is `manual`, not `static`",
    "`ifquery eth0` says no address, not 198.51.100.21",
    "/etc/network/if-up.d/more puts 198.51.100.22 up too",
    "/etc/motd is a symbolic link to /run/motd.dynamic",
    "/home/more is a file system of its own",
    "/etc/mailname is a mount by itself",
    "apache2 is declared on, and does not run",
    "names 198.51.100.21: ListenAddress 198.51.100.21",
    "/usr/bin/rrsync is missing",
)
# On the standby: its address on a bridge and an alias, another that nobody declared, and a cloned machine-id.
ON_B = f"""
ip link add br0 type bridge; ip link set br0 address $(cat /sys/class/net/eth0/address); ip link set br0 up
ip addr del {TAKO}/24 dev eth0; ip link set eth0 master br0; ip addr add {TAKO}/24 dev br0
ip addr add 2001:db8::22/64 dev eth0 nodad; ip addr add 198.51.100.77/24 dev eth0
"""
TOLD_OF_B = (
    "br0 holds 198.51.100.22, not eth0",
    "eth0 belongs to br0",
    "eth0 holds 2001:db8::22/64 too",
    "eth0 holds 198.51.100.77/24 too",
)


def test_everything_that_stands_in_the_way_is_told_at_once_each_with_its_remedy(lab: Lab) -> None:
    lab.on("a", ON_A)
    lab.on("b", ON_B)
    said = lab.refused("fab", "phase0.preflight")
    missing = [line for line in TOLD_OF_A if not _tells(said, "ika", line)]
    missing += [line for line in TOLD_OF_B if not _tells(said, "tako", line)]
    assert not missing, f"{missing}\n{said}"
    obstacles = re.findall(r"^ +(?:ika|tako): .*", said, re.M)
    assert said.count("remedy: ") >= len(TOLD_OF_A) + len(TOLD_OF_B)
    assert len(obstacles) >= len(TOLD_OF_A) + len(TOLD_OF_B)
    assert "no swap has begun" in lab.refused("fab", "phase1")


def _tells(said: str, host: str, line: str) -> bool:
    return any(f"{host}: " in told and line in told for told in said.splitlines())
