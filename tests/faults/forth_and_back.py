"""A swap, and the swap back: behind the point of no return that is the way."""

from __future__ import annotations

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived, Pair, missing, want

OWN = (
    "/etc/hostname",
    "/etc/hosts",
    "/etc/mailname",
    "/etc/gate/gate.conf",
    "/etc/network/interfaces",
    "/etc/motd",
    "/etc/exim4/update-exim4.conf.conf",
    "/var/qmail/control/me",
    "/var/qmail/control/defaulthost",
)
# Their serial numbers only ever grow: compared without them.
ZONES = ("/usr/local/bind/etc/namedb/localhost.zone", "/usr/local/bind/etc/namedb/localhost.rev")
# The second swap's baseline (0.3) asks the services too: it sends a mail, reads it, and writes a page.
ASKED = ("/home/popcheck/", "/home/itpass/ml/", "/home/hiki/data/")


@fault("forth-and-back/a-b-a", "the swap is found to be unwanted behind the point of no return", "after phase 8",
       "rollback refuses and names the way; a swap with the roles exchanged brings production back to the first "
       "machine with all of its data, its names, its address and its services", seconds=150)  # fmt: skip
def forth_and_back(bench: Bench) -> str:
    """A user writes a file and gets a mail while the second machine is production: both must come back as well."""
    before = bench.before
    bench.at(1)
    zones = _zones(bench)
    bench.resume(8)
    said = bench.fab("rollback", "--to", "phase1", want=3)
    if "point of no return" not in said or "fab begin" not in said:
        raise NotSurvived(f"the refusal does not tell the way: {said}")
    bench.on("b", "su asada -c 'echo new > /home/asada/new; echo a mail > /home/asada/Maildir/new/1.2.there'")
    bench.fab("begin", "--why", "the new machine is too slow")
    bench.resume(8)
    now = bench.settled()
    want(_home_again(before, now), "not back")
    if _zones(bench) != zones:
        raise NotSurvived(f"zones are not back: {zones} became {_zones(bench)}")
    there = bench.on("a", "cat /home/asada/new /home/asada/Maildir/new/1.2.there /home/asada/Maildir/cur/1.2.there* "
                     "2>/dev/null; true")  # fmt: skip
    if there != "new\na mail\n":
        raise NotSurvived(f"what came in between is lost: {there!r}")
    return "refused; swapped back"


def _zones(bench: Bench) -> list[str]:
    return [bench.on(machine, f"grep -v serial {' '.join(ZONES)}") for machine in "ab"]


def _home_again(before: Pair, now: Pair) -> list[str]:
    """What machine a, production again, has not as it had it before the first swap."""
    found = []
    for machine in "ab":
        was, is_ = before[machine], now[machine]
        found += [
            f"{machine}: {key}: {was[key]} became {is_[key]}"
            for key in ("hostname", "addresses")
            if was[key] != is_[key]
        ]
        found += [f"{machine}: {path}: {was['files'][path]} became {is_['files'][path]}" for path in OWN
                  if was["files"][path][:3] != is_["files"][path][:3]]  # fmt: skip
    was, is_ = before["a"], now["a"]
    if was["running"] != is_["running"]:
        found.append(f"a: running: {was['running']} became {is_['running']}")
    found += [f"a: {line}" for line in missing(was, is_, now)]
    for path, entry in was["files"].items():
        # Pipes hold nothing, and the copy makes none.
        users = path.startswith(("/home/", "/var/spool/cron")) and not path.startswith(ASKED) and entry[0][0] != "p"
        if users and is_["files"].get(path, [])[:3] != entry[:3]:
            found.append(f"a: {path}: {entry} became {is_['files'].get(path)}")
    found += [f"a: account {name}" for name, account in was["accounts"].items() if is_["accounts"].get(name) != account]
    return found
