"""Operators' slips, and hosts that are believed about themselves: an item acts only in its time and place."""

from __future__ import annotations

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived, differences, want
from tests.faults.hostile import must

SSHD = "sshd -T -C user=root,host=x,addr=192.0.2.99 | grep -qi '^permitrootlogin no$'"


SLIPS = ("phase0.prework", "phase1.pause", "phase1.retire", "phase2.open-root", "phase3.crontabs",
         "phase3.pop-secrets", "phase3.databases", "phase5.names", "phase6.pause-again")  # fmt: skip


def _refused(bench: Bench, *words: str, said: str, status: int = 3) -> None:
    told = bench.fab(*words, want=status)
    if said not in told:
        raise NotSurvived(f"fab {' '.join(words)} does not say {said!r}:\n{told[-1500:]}")


@fault("place/after-the-reboot", "items of phases 0 to 6 are typed behind the point of no return", "after phase 8",
       "refused with exit status 3, naming what stands on them; neither host has changed", seconds=60)  # fmt: skip
def after_the_reboot(bench: Bench) -> str:
    """One slip for each kind of harm: root's door, services, live data, names, the network."""
    bench.references()
    bench.at(8)
    bench.resume(8)
    before = bench.settled()
    known = bench.fab("--list")
    slips = [slip for slip in SLIPS if slip in known]
    for slip in slips:
        _refused(bench, slip, said="must not be done now: later work stands on it")
    production, standby = (machine.name for machine in bench.cast.profile.pair)
    _refused(bench, "-H", standby, "phase1.pause", said="must not be done now")
    _refused(bench, "-H", standby, "phase10", said=f"concerns {production} only", status=2)
    _refused(bench, "-H", standby, "phase11", said="phase 11 may not start")
    for machine in "ab":
        must(bench, machine, SSHD, "root is refused")
    want(differences(before, bench.settled(), mtimes=False), "changed by a slip")
    return f"{len(slips) + 3} refused"


@fault("place/mended", "a setting of phase 7 is lost and done again", "after phase 8",
       "it is done; the reboot is due again on that host alone, and the end waits for it", seconds=60)  # fmt: skip
def mended(bench: Bench) -> str:
    """As after a check of phase 9 that failed."""
    bench.references()
    bench.at(8)
    bench.resume(8)
    bench.on("b", bench.cast["takes-no-mail"])
    production = bench.cast.production.name
    bench.fab("-H", production, "phase7.mail-production")
    if "due again: 7.2 came after it" not in bench.fab("status"):
        raise NotSurvived("status does not tell that the reboot is due again")
    _refused(bench, "phase11", said=f"8.1 Reboot: unknown on {production}")
    boot = bench.driver.boot_id("b"), bench.driver.boot_id("a")
    bench.fab("phase8")
    if (bench.driver.boot_id("b") != boot[0], bench.driver.boot_id("a") != boot[1]) != (True, False):
        raise NotSurvived("not exactly the host that was due has rebooted")
    return "done, due again, rebooted"


LIE = "sed -i 's/\"name_before\": \"@standby@\"/\"name_before\": \"@production@\"/' /var/lib/irekae/run.json; " \
      "mkdir -p /var/lib/irekae/exchange; printf confirmed > /var/lib/irekae/exchange/state"  # fmt: skip


@fault(
    "place/hostile-standby",
    "root of the standby writes into its own memory that it is the old production host "
    "and that the exchange is confirmed",
    "before phase 2",
    "refused with exit status 3 and both facts; root's door on production stays shut, its crontab and keys its own",
)
def hostile_standby(bench: Bench) -> str:
    """Believed, it swapped the roles for the seat: production was opened for the standby's key."""
    bench.at(2)
    kept = bench.on("a", "cat /root/.ssh/authorized_keys /var/spool/cron/crontabs/root 2>/dev/null; true")
    bench.on("b", bench.cast.ours(LIE))
    for words in (("phase2",), ("phase3",), ("resume",), ("status",), ("rollback", "--to", "phase1")):
        _refused(bench, *words, said="what the hosts say cannot all be true")
    must(bench, "a", SSHD, "root is refused on production")
    if bench.on("a", "cat /root/.ssh/authorized_keys /var/spool/cron/crontabs/root 2>/dev/null; true") != kept:
        raise NotSurvived("root's keys or crontab on production are not what they were")
    return "5 commands refused"


@fault("place/memory-of-one-kind", "run.json of the standby is [], null, a number, half a file; its journal holds "
       "wrong types", "before phase 2",
       "one clear refusal, or the lines are passed over and counted; never a traceback")  # fmt: skip
def memory_of_one_kind(bench: Bench) -> str:
    """What a hand or root of the host may leave there."""
    bench.at(2)
    path = "/var/lib/irekae/run.json"
    bench.on("b", f"cp -p {path} /root/run.json")
    name = bench.cast.standby.name
    other = f'{{"id": "..", "today": "20260101", "name_before": "{name}"}}'
    for text in ("[]", "null", "5", "{", '{"id": "x"}', other):
        bench.on("b", f"printf '%s' '{text}' > {path}")
        _refused(bench, "status", said=f"run.json on {name} cannot be read")
    line = '{"event": "done", "item": [], "at": 5}'
    bench.on("b", f"cp -p /root/run.json {path}; printf '%s\\n' '{line}' >> /var/lib/irekae/journal.jsonl")
    if "are no entries of ours" not in bench.fab("status"):
        raise NotSurvived("a line of wrong types is not told")
    return "6 refused, one line passed over"


@fault("place/lost-memory", "/var/lib/irekae is removed on one host", "after phase 2",
       "told apart from a stranger with the way out, which asks for fingerprints")  # fmt: skip
def lost_memory(bench: Bench) -> str:
    """The disk was replaced, or somebody tidied up."""
    bench.at(2)
    bench.on("b", "rm -rf /var/lib/irekae")
    _refused(bench, "phase2", said="has lost what it remembered")
    _refused(bench, "begin", "--why", "its disk is new", said="nobody has compared")
    bench.fab("begin", "--why", "its disk is new", "--yes")
    if "+ done" in bench.fab("status"):
        raise NotSurvived("the swap is not ended")
    return "refused; ended with a reason and a word"


@fault("place/two-addresses", "the standby takes production's address as well, production is off", "before phase 1",
       "told as one machine at both addresses, with both facts")  # fmt: skip
def two_addresses(bench: Bench) -> str:
    """As a neighbour or a slip of the hand may leave it."""
    bench.at(1)
    bench.lab("power", "a", "off")
    address = f"{bench.cast.production.address}/24 dev {bench.cast.standby.interface}"
    bench.on("b", f"ip addr add {address}")
    bench.lab("run", "ip", "neigh", "flush", "all")
    _refused(bench, "status", said="one machine answers at both addresses")
    bench.on("b", f"ip addr del {address}")
    told = bench.fab("status", want=4)
    if "silent since 20" not in told:
        raise NotSurvived(f"since when it is silent is not told: {told[-600:]}")
    return "told; then the other host alone, and since when this one is silent"


@fault("place/resume", "the operator resumes after a failure in phase 3", "phase 3",
       "it goes on to the end of phase 3 and begins no other; --through goes on", seconds=60)  # fmt: skip
def resume(bench: Bench) -> str:
    """Once it went on to the point of no return."""
    bench.at(2)
    bench.resume(2)
    bench.killer("phase3", at=3)
    bench.fab("resume")
    said = bench.fab("resume")
    if "nothing was interrupted" not in said or "`fab phase4`" not in said:
        raise NotSurvived(f"resume begins a phase: {said[-600:]}")
    if any(entry.get("phase") == 4 for machine in "ab" for entry in bench.journal(machine)):
        raise NotSurvived("phase 4 has begun")
    return "ended with phase 3"


@fault("place/changed-since-the-boot", "fstab of the new production is edited, a service of it begun by hand from a "
       "copy of its configuration", "after phase 8",
       "the checks name both; 8.1 once more, which reboots it and asks first, and both are as the boot left them",
       seconds=90)  # fmt: skip
def changed_since_the_boot(bench: Bench) -> str:
    """Everything answers as it should, until the next boot."""
    bench.at(8)
    bench.resume(8)
    name, conf = bench.cast.production.name, bench.cast["named-conf"]
    suite = ("run", "pytest", "verify/test_boot.py", f"--hosts={name}", "-q", "--json", "report/boot.json")
    bench.lab(*suite)
    stop = f"service {bench.cast['named']} stop"
    bench.on("b", f"echo '# x' >> /etc/fstab; {stop}; cp {conf} {conf}.x; named -u bind -c {conf}.x")
    said = bench.lab(*suite, ok=False)
    if "/etc/fstab" not in said or f"named -u bind -c {conf}.x" not in said:
        raise NotSurvived(f"the checks do not name both:\n{said[-1500:]}")
    boot = bench.driver.boot_id("b")
    bench.fab("-H", name, "phase8.restart")
    if bench.driver.boot_id("b") == boot:
        raise NotSurvived("8.1 has not rebooted it once more")
    bench.lab(*suite)
    return "named, rebooted, as the boot left it"


@fault("place/boot-not-kept", "what the boot left cannot be written down on the new production", "in phase 8",
       "8.1 is unfinished, exit status 4; done again it does not reboot once more", seconds=60)  # fmt: skip
def boot_not_kept(bench: Bench) -> str:
    """A folder has the place of the file."""
    bench.at(8)
    bench.on("b", "mkdir -p /var/lib/irekae/booted.json/x")
    _refused(bench, "-H", bench.cast.production.name, "phase8", said="what the boot left could not be kept", status=4)
    boot = bench.driver.boot_id("b")
    bench.on("b", "rm -r /var/lib/irekae/booted.json")
    bench.resume(8)
    if bench.driver.boot_id("b") != boot:
        raise NotSurvived("it was rebooted twice")
    must(bench, "b", "[ -f /var/lib/irekae/booted.json ]", "what the boot left is kept")
    return "unfinished, then kept"
