"""A swap, and the swap back: behind the point of no return that is the way."""

from __future__ import annotations

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived, Pair, is_data, missing, want


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
    home = bench.cast.ours("/home/@user@")
    bench.on("b", bench.cast.ours(f"su @user@ -c 'echo new > {home}/new; echo a mail > {home}/Maildir/new/1.2.there'"))
    bench.fab("begin", "--why", "the new machine is too slow")
    bench.resume(8)
    now = bench.settled()
    want(_home_again(bench, before, now), "not back")
    if _zones(bench) != zones:
        raise NotSurvived(f"zones are not back: {zones} became {_zones(bench)}")
    there = bench.on("a", f"cd {home}; cat new Maildir/new/1.2.there Maildir/cur/1.2.there* 2>/dev/null; true")
    if there != "new\na mail\n":
        raise NotSurvived(f"what came in between is lost: {there!r}")
    return "refused; swapped back"


def _zones(bench: Bench) -> list[str]:
    zones = " ".join(bench.cast.facts["back"]["zones"])
    return [bench.on(machine, f"grep -v serial {zones}") for machine in "ab"] if zones else []


def _home_again(bench: Bench, before: Pair, now: Pair) -> list[str]:
    """What machine a, production again, has not as it had it before the first swap."""
    own, asked = bench.cast.facts["back"]["own"], tuple(bench.cast.facts["back"]["asked"])
    found = [f"{path}: on neither host" for path in own if not any(path in before[one]["files"] for one in "ab")]
    for machine in "ab":
        was, is_ = before[machine], now[machine]
        found += [
            f"{machine}: {key}: {was[key]} became {is_[key]}"
            for key in ("hostname", "addresses")
            if was[key] != is_[key]
        ]
        for path in own:
            one, other = was["files"].get(path, []), is_["files"].get(path, [])
            if one[:3] != other[:3]:
                found.append(f"{machine}: {path}: {one} became {other}")
    was, is_ = before["a"], now["a"]
    if was["running"] != is_["running"]:
        found.append(f"a: running: {was['running']} became {is_['running']}")
    found += [f"a: {line}" for line in missing(was, is_, now)]
    for path, entry in was["files"].items():
        # Pipes hold nothing, and the copy makes none.
        if (
            is_data(was, path)
            and not path.startswith(asked)
            and entry[0][0] != "p"
            and is_["files"].get(path, [])[:3] != entry[:3]
        ):
            found.append(f"a: {path}: {entry} became {is_['files'].get(path)}")
    found += [f"a: account {name}" for name, account in was["accounts"].items() if is_["accounts"].get(name) != account]
    return found
