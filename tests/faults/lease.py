"""The operator's machine dies after phase 2 and never comes back: the standby itself closes root's way in."""

from __future__ import annotations

import shlex
import time

from tests.faults.bench import Bench
from tests.faults.catalogue import SYSVINIT, fault
from tests.faults.compare import NotSurvived

PROMISE = (
    "root login is refused again by the deadline of one minute; a later resume opens the door under a lease again, and \
closes it"
)
LATEST = 150  # seconds: the lease's minute, cron's minute, sshd's restart, and a loaded machine
DOOR = "/var/lib/irekae/door"
SPARED = """
printf '[sshd]\\nignoreip = {seat}\\n' > /etc/fail2ban/jail.d/zz-seat.local; fail2ban-client reload > /dev/null
if sshd -T | grep -q persourcepenalties; then
    echo 'PerSourcePenaltyExemptList {seat}' > /etc/ssh/sshd_config.d/zz-seat.conf; service ssh restart
fi
"""
CRON_OFF = {
    "sysvinit": "update-rc.d cron disable 2>/dev/null; ls /etc/rc2.d | grep -q '^K..cron'",
    "systemd": "systemctl disable -q cron",
}
CRON_ON = {
    "sysvinit": "update-rc.d cron enable 2>/dev/null; service cron start",
    "systemd": "systemctl enable -q --now cron",
}


def root_login(bench: Bench) -> str:
    """What root meets on the standby with a key that is in its authorized_keys: "in", "refused" or "nobody answers"."""
    seat = bench.driver.seat
    argv = ["ssh", "-i", f"{seat}/id_ed25519", "-o", f"UserKnownHostsFile={seat}/known_hosts", "-o", "BatchMode=yes"]
    words = shlex.join([*argv, "-o", "ConnectTimeout=5", f"root@{bench.cast.standby.address}", "echo", "in"])
    said = bench.lab("run", "sh", "-c", f"{words} 2>&1", ok=False)
    if said.splitlines()[-1:] == ["in"]:
        return "in"
    return "refused" if "Permission denied" in said else "nobody answers"


def _open_and_die(bench: Bench, minutes: int = 1) -> None:
    bench.at(2)
    # Of the test's own making: root's authorized_keys on the standby lets the seat in, if sshd lets root in.
    seat = (bench.driver.seat / "id_ed25519.pub").read_text(encoding="utf-8").strip()
    bench.on(
        "b",
        f"mkdir -p /root/.ssh; echo 'command=\"echo in\" {seat}' >> /root/.ssh/authorized_keys; "
        "chmod 600 /root/.ssh/authorized_keys",
    )
    # Root is refused often here: fail2ban would shut the seat out altogether, and so would sshd's penalties (9.8).
    bench.on("b", SPARED.format(seat=bench.cast.profile.seat[0].ip))
    if root_login(bench) != "refused":
        raise NotSurvived("root is not refused before phase 2")
    with bench.setting("root_door", "lease", str(minutes)):
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


@fault("lease/operator-dies", "the operator's machine dies and never comes back", "after phase 2", PROMISE, seconds=150)
def operator_dies(bench: Bench) -> str:
    """Nobody does anything any more."""
    _open_and_die(bench)
    began = time.monotonic()
    bench.wait("root is refused again", lambda: root_login(bench) == "refused", LATEST)
    seen = f"refused again {time.monotonic() - began:.0f} s after phase 2"
    _go_on(bench)
    return seen


@fault("lease/reboot", "the operator's machine dies, and the standby is without power for a moment",
       "after phase 2", PROMISE + "; a boot ends the lease at once", seconds=150)  # fmt: skip
def reboot(bench: Bench) -> str:
    """The lease belongs to the boot: what runs before the network is up closes the door, though cron is off."""
    _open_and_die(bench, minutes=60)
    bench.on("b", CRON_OFF[bench.cast.profile.init])
    bench.lab("power", "b", "cycle")
    bench.wait("sshd answers", lambda: root_login(bench) != "nobody answers", LATEST)
    if root_login(bench) != "refused":
        raise NotSurvived("root may log in after a boot")
    bench.on("b", CRON_ON[bench.cast.profile.init])
    _go_on(bench)
    return "refused as soon as sshd answered, cron being off"


def _closes(bench: Bench, script: str, minutes: int = 60) -> str:
    """Open under a lease, do something to the standby, and see the door close; how long that took."""
    _open_and_die(bench, minutes)
    began = time.monotonic()
    bench.on("b", script)
    bench.wait("root is refused again", lambda: root_login(bench) == "refused", LATEST)
    return f"refused {time.monotonic() - began:.0f} s later"


@fault("lease/no-cron", "cron is killed and does not come back", "after phase 2", PROMISE, seconds=150)
def no_cron(bench: Bench) -> str:
    """The process on the boot's clock needs no cron."""
    seen = _closes(bench, "service cron stop; ! pgrep -x cron", minutes=1)
    bench.on("b", "service cron start")
    _go_on(bench)
    return seen


@fault("lease/no-watch", "the process that watches the deadline is killed", "after phase 2", PROMISE, seconds=150)
def no_watch(bench: Bench) -> str:
    """Cron needs no such process."""
    seen = _closes(bench, "pkill -KILL -f '[s]h /etc/irekae-door watch'", minutes=1)
    _go_on(bench)
    return seen


@fault("lease/empty-deadline", "the deadline's file is emptied", "after phase 2",
       "what cannot be read means that the lease is over", seconds=90)  # fmt: skip
def empty_deadline(bench: Bench) -> str:
    """As a full disk or a hand may leave it."""
    seen = _closes(bench, f": > {DOOR}/deadline")
    _go_on(bench)
    return seen


@fault("lease/memory-removed", "/var/lib/irekae is removed on the standby", "after phase 2",
       "the door closes all the same", seconds=90)  # fmt: skip
def memory_removed(bench: Bench) -> str:
    """The README says: remove it when the swap is old. Somebody does it too early."""
    return _closes(bench, "rm -r /var/lib/irekae")


@fault("lease/edited-config", "somebody edits sshd_config while the door is open", "after phase 2",
       "the edit stays; only what 2.1 put there goes", seconds=90)  # fmt: skip
def edited_config(bench: Bench) -> str:
    """The lease takes its own lines out of the file as it is then."""
    config = "/etc/ssh/sshd_config"
    seen = _closes(bench, f"echo 'MaxSessions 20' >> {config}; : > {DOOR}/deadline")
    if "MaxSessions 20" not in bench.on("b", f"cat {config}"):
        raise NotSurvived("the edit of sshd_config is gone")
    if "irekae" in bench.on("b", f"cat {config}"):
        raise NotSurvived("our lines are still in sshd_config")
    return seen


@fault("lease/key-not-let-in", "sshd_config on the standby has AllowUsers without root", "before phase 2",
       "2.1 refuses with it, before anything is copied; once it is mended, resume goes on", seconds=60)  # fmt: skip
def key_not_let_in(bench: Bench) -> str:
    """3.1 would find the door closed after the others' work of an hour."""
    bench.after(4)
    bench.at(2)
    config = "/etc/ssh/sshd_config"
    bench.on("b", f"cp -p {config} /root/was; sed -i '1i AllowUsers hayashi mori' {config}; service ssh restart")
    said = bench.fab("resume", "--through", "2", want=1)
    if "AllowUsers hayashi mori" not in said:
        raise NotSurvived(f"2.1 does not name AllowUsers: {said[-1000:]}")
    bench.on("b", f"sed -i '/^AllowUsers/d' {config}; service ssh restart")
    bench.resume(4)
    bench.want_after(4, "/root/was", f"{config}.")  # the dated copy is what 2.1 found
    return "told by 2.1, mended, resumed"


@fault("lease/no-keeper", "cron does not run on the standby", "before phase 2",
       "the door is not opened at all, and 2.1 says why", seconds=60, needs=(SYSVINIT,))  # fmt: skip
def no_keeper(bench: Bench) -> str:
    """Nothing is opened that one keeper alone would close; systemd has timers besides."""
    bench.at(2)
    bench.on("b", "service cron stop")
    said = bench.fab("resume", "--through", "2", want=1)
    if "cron does not run" not in said or root_login(bench) != "refused":
        raise NotSurvived(f"opened without cron: {said[-1000:]}")
    bench.on("b", "service cron start")
    bench.resume(4)
    bench.want_after(4)
    return "refused, cron started, resumed"


YESTERDAY = "#!/bin/sh\nexec /bin/date --date='1 day ago' \"$@\"\n"


@fault("lease/clock-set-back", "the standby's clock is set back by a day (a stand-in, for the lab's hosts have this "
       "machine's: `date` says so, and cron, which may wait for the old hour, is stopped)",
       "after phase 2", PROMISE, seconds=150)  # fmt: skip
def clock_set_back(bench: Bench) -> str:
    """The deadline is one of the boot's own clock; what is written down with an earlier time is read all the same."""
    date = "/usr/local/sbin/date"
    seen = _closes(bench, f"cat > {date} <<'E'\n{YESTERDAY}E\nchmod 755 {date}; pkill -STOP -x cron", minutes=1)
    if "the lease ran out" not in bench.on("b", "cat /var/lib/irekae/journal.jsonl"):
        raise NotSurvived("the end of the lease is not written down")
    said = bench.fab("status")
    if not any(line.startswith(" 2 ") and line.endswith("..") for line in said.splitlines()):
        raise NotSurvived(f"status does not tell that phase 2 is to be done again: {said[-1000:]}")
    bench.on("b", f"rm {date}; pkill -CONT -x cron")
    _go_on(bench)
    return seen
