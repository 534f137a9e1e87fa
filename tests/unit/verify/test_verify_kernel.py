"""Further routes, rules, queues, mount options: told where somebody has set them, not where they come and go."""

from __future__ import annotations

import pytest

from verify.far import kernel

ROUTES = {
    "-6": """\
::1 dev lo proto kernel metric 256 pref medium
2001:db8:5::/64 dev eth0 proto kernel metric 256 pref medium
2001:db8:6::/64 dev eth0 proto ra metric 100 expires 2591995sec pref medium
fe80::/64 dev eth0 proto kernel metric 256 pref medium
default via 2001:db8:5::1 dev eth0 metric 1024 onlink pref medium
blackhole 2001:db8:77::/48 dev lo metric 1024 error -22 pref medium
local ::1 dev lo table local proto kernel metric 0 pref medium
""",
    "-4": """\
default via 192.0.2.1 dev eth0 onlink
192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.10
prohibit 203.0.113.0/24 table 77
172.17.0.0/16 dev docker0 table 78 scope link
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
""",
}
RULES = "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n"


def said(*words: str) -> list[str]:
    if words[0] == "tc":
        return ["qdisc noqueue 0: dev lo root refcnt 2", "qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 loss 30%"]
    return (RULES if words[-1] == "rule" else ROUTES[words[1]]).splitlines()


def test_routes_and_rules_beyond_the_main_table_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "said", said)
    found = kernel.kernel()
    assert found["further route"] == [
        "IPv4 prohibit 203.0.113.0/24 table 77",
        "IPv6 blackhole 2001:db8:77::/48 dev lo metric 1024",
        "IPv6 default via 2001:db8:5::1 dev eth0 metric 1024 onlink",
    ]
    assert found["routing rule"] == ["0: from all lookup local", "32766: from all lookup main"]
    assert found["limit of traffic"] == ["qdisc netem 8001: dev eth0 root limit 1000 loss 30%"]


def test_a_mount_is_told_by_what_it_keeps_out_and_those_that_come_and_go_are_not() -> None:
    mounts = [
        "/dev/vda1 / ext4 rw,relatime 0 0",
        "tmpfs /dev/shm tmpfs rw,nosuid,nodev,noexec 0 0",
        "proc /proc proc rw,nosuid,hidepid=2 0 0",
        "tmpfs /run/user/1000 tmpfs rw,nosuid 0 0",
        "/dev/sdb1 /media/stick vfat ro 0 0",
    ]
    told = ["/: open", "/dev/shm: nodev,noexec,nosuid", "/proc: hidepid=2,nosuid"]
    assert list(kernel.mount_options(mounts)) == [line.replace(",", ", ") for line in told]


@pytest.mark.parametrize(
    ("profile", "left_out"),
    [("/usr/sbin/named (enforce)", False), ("snap.lxd.daemon (enforce)", True), ("libvirt-77a (enforce)", True),
     ("docker-default (enforce)", True), ("/usr/bin/man//null-/usr/bin/x (complain)", True)],
)  # fmt: skip
def test_profiles_of_containers_come_and_go(profile: str, left_out: bool) -> None:
    assert bool(kernel.OF_OTHERS.fullmatch(profile)) is left_out


def test_two_looks_at_this_system_are_alike() -> None:
    assert kernel.kernel() == kernel.kernel()
