"""Phase 6 with neighbours and links that do what they like: the way home has an end, and the watchdog hears again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from irekae.host.far_program import joined
from irekae.subjects.network import watchdog
from tests.lab.exchange_net import HARDWARE, NEW, OLD, Net

NEIGHBOUR = (Path(__file__).parent / "neighbour.py").read_text()
# The watchdog's socket on one end of a cable, whose other end speaks.
HEARS = """
import json

def heard(wire):
    end = time.monotonic() + 20.0
    while time.monotonic() < end:
        speaker.send(arp(b"\\2\\0\\0\\0\\0\\1", "10.0.0.1", "10.0.0.2"))
        wire.look()
        if any(kind == ARP for kind, _ in wire.frames()):
            return True
        time.sleep(0.05)
    return False

def cable():
    subprocess.run(["ip", "link", "del", "test0"], stderr=subprocess.DEVNULL)
    subprocess.run(["ip", "link", "add", "test0", "type", "veth", "peer", "name", "test1"], check=True)
    for end in ("test0", "test1"):
        subprocess.run(["ip", "link", "set", end, "up"], check=True)
    speaker = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    speaker.bind(("test1", 0))
    return speaker

wire = Wire("test0")
found = {"there is none yet": wire.index == 0}
speaker = cable()
found["made"] = heard(wire)
subprocess.run(["ip", "link", "set", "test0", "down"], check=True)
wire.frames()
subprocess.run(["ip", "link", "set", "test0", "up"], check=True)
found["down and up"] = heard(wire)
speaker = cable()
found["made anew"] = heard(wire)
subprocess.run(["ip", "link", "set", "test0", "address", "02:00:00:00:00:99"], check=True)
found["another hardware address"] = heard(wire) and spell(wire.mac) == "02:00:00:00:00:99"
subprocess.run(["ip", "link", "del", "test0"], check=True)
print(json.dumps(found))
"""


@contextmanager
def neighbour(net: Net, claims: dict[str, str]) -> Iterator[None]:
    """Somebody on the network who says of each address, to whoever probes for it, that this hardware address has it."""
    words = [f"{address}={mac}" for address, mac in claims.items()]
    process = net.lab.start("console", "outside", "python3", "-c", NEIGHBOUR, "eth0", *words,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "CLAIMS\n"
    try:
        yield
    finally:
        process.communicate("\n", timeout=60)


def test_a_neighbour_who_claims_both_addresses_in_the_hosts_names_keeps_neither_from_home(net: Net) -> None:
    other = {"a": "b", "b": "a"}
    hardware = {machine: mac for mac, machine in HARDWARE.items()}
    seat = net.paused("prepare-ika")
    with neighbour(net, {OLD[machine][0]: hardware[other[machine]] for machine in OLD}):
        net.kill(seat)
        net.wait("both are home", lambda: all(net.place(machine) == OLD[machine] for machine in OLD))
    net.want_settled(OLD)
    assert "it is this host's" in net.logs()
    code, said = net.exchange()
    assert code == 0, said
    assert net.is_at(NEW)


def test_the_watchdog_hears_an_interface_that_goes_and_comes_again(net: Net) -> None:
    source = joined(Path(watchdog.__file__).parent, ("wire",))
    found = net.lab.python("outside", f"from __future__ import annotations\n{source}\n{HEARS}")
    assert found == dict.fromkeys(found, True)
