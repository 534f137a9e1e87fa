"""The lab of the tests of phase 6: a seat that can be stopped at any point, and who answers for which address."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.driver import Lab

HERE = Path(__file__).parent
OLD = {"a": ("198.51.100.21", "ika"), "b": ("198.51.100.22", "tako")}
NEW = {"a": ("198.51.100.22", "tako"), "b": ("198.51.100.21", "ika")}
HARDWARE = {"02:00:c6:33:64:15": "a", "02:00:c6:33:64:16": "b"}
SETTLED = ("", "reverted", "confirmed")
EXCHANGE = "/var/lib/irekae/exchange"


@dataclass(frozen=True)
class Pair:
    """A pair of a lab: address and name of each machine before the exchange and after it.

    Attributes:
        six: the IPv6 address of each machine before it.
        hardware: hardware address → machine.
        profile: which pair of the lab's; empty: its default.
    """

    old: dict[str, tuple[str, str]]
    new: dict[str, tuple[str, str]]
    hardware: dict[str, str]
    six: dict[str, str] = field(default_factory=dict)
    profile: str = ""


PAIR_2011 = Pair(OLD, NEW, HARDWARE)


class Net:
    """The lab of these tests, and what happens in it."""

    def __init__(self, site: Path, pair: Pair = PAIR_2011) -> None:
        self.lab = Lab(os.environ.get("IREKAE_TEST_LAB", "labnet"), site, pair.profile)
        self.pair = pair
        self.watch: subprocess.Popen[str] | None = None

    def on(self, machine: str, script: str) -> str:
        return self.lab("console", machine, "sh", "-c", script)

    def seat(self, *words: str) -> subprocess.Popen[str]:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return self.lab.start("run", sys.executable, str(HERE / "seat_exchange.py"), *words, **pipes)

    def paused(self, point: str) -> subprocess.Popen[str]:
        """An exchange that has got as far as the point, and waits there."""
        seat = self.seat("exchange", "--pause", point)
        assert seat.stdout is not None
        said = ""
        for line in seat.stdout:
            said += line
            if line.startswith("PAUSED"):
                return seat
        raise AssertionError(said)

    def go_on(self, seat: subprocess.Popen[str]) -> tuple[int, str]:
        said = seat.communicate("\n", timeout=400)[0]
        return seat.returncode, said

    def let_go(self, seat: subprocess.Popen[str]) -> None:
        """Past the point where it waits."""
        assert seat.stdin is not None
        seat.stdin.write("\n")
        seat.stdin.flush()

    def kill(self, seat: subprocess.Popen[str]) -> None:
        seat.send_signal(signal.SIGKILL)
        seat.communicate()

    def exchange(self) -> tuple[int, str]:
        end = time.monotonic() + 60
        while True:
            code, said = self.go_on(self.seat("exchange"))
            # The host has not noticed yet that the seat before this one is dead.
            if "is being worked on" not in said or time.monotonic() > end:
                return code, said

    def look(self, machine: str) -> tuple[str, str, str]:
        """Address, host name and state of the exchange of a machine just now."""
        shown = self.on(
            machine, f"ip -4 -o addr show dev eth0; echo ==; hostname; cat {EXCHANGE}/state 2>/dev/null; true"
        )
        addresses, _, rest = shown.partition("==")
        name, *state = rest.split()
        return (addresses.split()[3].split("/")[0] if addresses.strip() else "", name, state[0] if state else "")

    def state(self, machine: str) -> str:
        return self.look(machine)[2]

    def place(self, machine: str) -> tuple[str, str]:
        """Address and host name."""
        return self.look(machine)[:2]

    def wait(self, what: str, condition: Callable[[], bool], seconds: float = 150) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s: {what}\n{self.logs()}"
            time.sleep(1.0)

    def logs(self) -> str:
        return "".join(
            f"--- {m}: {self.place(m)}\n" + self.on(m, f"tail -n 25 {EXCHANGE}/watchdog.log") for m in self.pair.old
        )

    def is_at(self, places: dict[str, tuple[str, str]]) -> bool:
        return all((look := self.look(m))[:2] == place and look[2] in SETTLED for m, place in places.items())

    def want_settled(self, places: dict[str, tuple[str, str]]) -> None:
        self.wait(f"both at {places}", lambda: self.is_at(places))

    def watch_addresses(self) -> None:
        command = [
            "nsenter",
            f"--net=/run/netns/irekae-{self.lab.name}",
            sys.executable,
            str(HERE / "address_watch.py"),
        ]
        addresses = [*(place[0] for place in self.pair.old.values()), *self.pair.six.values()]
        self.watch = subprocess.Popen(
            [*command, "br0", *addresses], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def want_one_answer_each(self) -> None:
        """At no moment since the watch began did both machines answer for one address."""
        if self.watch is not None:
            assert {"a", "b"} not in self.holders()

    def holders(self) -> list[set[str]]:
        """Every set of machines that answered one question for one address, since the watch began."""
        assert self.watch is not None
        seen = json.loads(self.watch.communicate()[0])
        self.watch = None
        known = self.pair.hardware
        return [{known[mac] for mac in macs if mac in known} for sets in seen.values() for macs in sets]
