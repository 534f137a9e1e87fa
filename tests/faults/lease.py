"""The operator's machine dies after phase 2 and never comes back: the standby itself closes root's way in."""

from __future__ import annotations

import shlex
import time

from lab.layout import SEAT_ADDRESS
from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived

PROMISE = (
    "root login is refused again by the deadline of one minute (cron looks each minute); a later resume opens the \
door under a lease again, and closes it"
)
STANDBY = "198.51.100.22"
LATEST = 150  # seconds: the lease's minute, cron's minute, sshd's restart, and a loaded machine


def root_login(bench: Bench) -> str:
    """What root meets on the standby with a key that is in its authorized_keys: "in", "refused" or "nobody answers"."""
    seat = bench.driver.seat
    argv = ["ssh", "-i", f"{seat}/id_ed25519", "-o", f"UserKnownHostsFile={seat}/known_hosts", "-o", "BatchMode=yes"]
    words = shlex.join([*argv, "-o", "ConnectTimeout=5", f"root@{STANDBY}", "echo", "in"])
    said = bench.lab("run", "sh", "-c", f"{words} 2>&1", ok=False)
    if said.splitlines()[-1:] == ["in"]:
        return "in"
    return "refused" if "Permission denied" in said else "nobody answers"


def _open_and_die(bench: Bench) -> None:
    bench.at(2)
    # Of the test's own making: root's authorized_keys on the standby lets the seat in, if sshd lets root in.
    seat = (bench.driver.seat / "id_ed25519.pub").read_text(encoding="utf-8").strip()
    bench.on(
        "b", f"mkdir -p /root/.ssh; echo '{seat}' >> /root/.ssh/authorized_keys; chmod 600 /root/.ssh/authorized_keys"
    )
    # Root is refused often here: fail2ban would shut the seat out altogether.
    bench.on(
        "b",
        f"printf '[sshd]\\nignoreip = {SEAT_ADDRESS}\\n' > /etc/fail2ban/jail.d/zz-seat.local; "
        "fail2ban-client reload >/dev/null",
    )
    if root_login(bench) != "refused":
        raise NotSurvived("root is not refused before phase 2")
    with bench.site(r"^lease = \d+", "lease = 1"):
        bench.resume(2)
    if root_login(bench) != "in":
        raise NotSurvived("the door was never open: this proves nothing")


def _go_on(bench: Bench) -> None:
    """Somebody resumes a day later: the door is opened under a lease, used and closed."""
    bench.fab("resume", "--through", "2")
    if root_login(bench) != "in":
        raise NotSurvived("resume did not open the door again")
    if "irekae-door" not in bench.on("b", "ls /etc/cron.d"):
        raise NotSurvived("resume opened the door again without a lease")
    bench.resume(4)
    if root_login(bench) != "refused":
        raise NotSurvived("root may still log in after phase 4")


@fault("lease/operator-dies", "the operator's machine dies and never comes back", "after phase 2", PROMISE,
       selected=True, seconds=150)  # fmt: skip
def operator_dies(bench: Bench) -> str:
    """Nobody does anything any more."""
    _open_and_die(bench)
    began = time.monotonic()
    bench.wait("root is refused again", lambda: root_login(bench) == "refused", LATEST)
    seen = f"refused again {time.monotonic() - began:.0f} s after phase 2"
    _go_on(bench)
    return seen


@fault("lease/reboot", "the operator's machine dies, and the standby is without power over the deadline",
       "after phase 2", PROMISE, seconds=150)  # fmt: skip
def reboot(bench: Bench) -> str:
    """The lease is on disk: cron's @reboot closes the door."""
    _open_and_die(bench)
    deadline = int(bench.on("b", "cat /var/lib/irekae/door/deadline"))
    bench.lab("power", "b", "off")
    bench.wait("the deadline is over", lambda: time.time() > deadline, LATEST)
    bench.lab("power", "b", "on")
    began = time.monotonic()
    bench.wait("root is refused again", lambda: root_login(bench) == "refused", LATEST)
    seen = f"refused {time.monotonic() - began:.0f} s after the standby was up again"
    _go_on(bench)
    return seen
