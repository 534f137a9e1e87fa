"""The survey of before and of now, row by row: same, expected and why, or a new difference. Pure."""

import hashlib
from collections.abc import Iterator, Mapping

from irekae.model.results import Comparison
from irekae.proof.changes_since_copy import some
from irekae.proof.survey.looking import NOT_SEEN, Content, Kinds, Rows
from irekae.proof.survey.reasons import Change, Sight, lasting, reason

NONE = "none"


def compare(sight: Sight, before: Mapping[str, Kinds], now: Mapping[str, Kinds]) -> Iterator[Comparison]:
    """Every kind of rows of production's; what the public sees is under "outside", the rest by role."""
    here = before.get("standby", {}) if sight.exchanged else {}
    kept = now.get("standby", {}) if sight.exchanged else {}
    for place in ("production", "outside"):
        for kind, was in before.get(place, {}).items():
            is_ = now.get(place, {}).get(kind, {NOT_SEEN: "is not looked at any more"})
            others = (here.get(kind, {}), kept.get(kind, {})) if place == "production" else ({}, {})
            yield from of_kind(sight, kind, was, is_, *others)


def of_kind(sight: Sight, kind: str, was: Rows, is_: Rows, here: Rows, kept: Rows) -> Iterator[Comparison]:
    """One row for all that is the same, one for each that is not."""
    if NOT_SEEN in was:
        yield Comparison(f"{kind}: all", was[NOT_SEEN], "not compared", "expected difference")
        return
    if NOT_SEEN in is_:
        yield Comparison(f"{kind}: all", f"{len(was)} rows", is_[NOT_SEEN], "new difference", "production")
        return
    same = sum(1 for key in was if was[key] == is_.get(key))
    if same:
        yield Comparison(f"{kind}: {same} of {len(was)}", "as found", "the same", "same")
    for key in sorted({*was, *is_}):
        if was.get(key) != is_.get(key):
            twin = sight.of_the_other(key)
            same_twin = is_.get(twin) if twin != key and here.get(twin) == is_.get(twin) else None
            yield told(sight, Change(kind, key, was.get(key), is_.get(key), here.get(key), kept.get(key), same_twin))
        elif kind == "certificate" and key.endswith(": last day") and not lasting(was[key], sight):
            yield Comparison(f"{kind} {key}", was[key], f"{is_[key]}: soon over", "new difference", "production")


def told(sight: Sight, change: Change) -> Comparison:
    """A change with its reason."""
    old, new = change.was or NONE, change.is_ or NONE
    found = reason(change, sight)
    if found is None:
        remedy = sight.remedy(change.kind)
        return Comparison(change.name, old, new, "new difference", "production", remedy=remedy)
    return Comparison(change.name, old, f"{new} ({found.text})", "expected difference", "production")


def contents(was: Mapping[str, Content], is_: Mapping[str, Content]) -> Iterator[Comparison]:
    """What is in users' files: of those that have the same size and time, which no copy would look at again."""
    common = [path for path in was if path in is_ and was[path][:2] == is_[path][:2]]
    other = [path for path in common if was[path][2] != is_[path][2]]
    if len(common) > len(other):
        yield Comparison(f"contents: {len(common) - len(other)} of {len(common)} files", "as found", "the same", "same")
    homes: dict[str, list[str]] = {}
    for path in sorted(other):
        homes.setdefault(path.partition("/")[0], []).append(path)
    for home, paths in homes.items():
        seen = hashlib.sha256("".join(is_[path][2] for path in paths).encode()).hexdigest()[:12]
        new = f"other contents under the same size and time: {some(paths)} (now {seen})"
        yield Comparison(f"contents of {home}", f"digests of {len(paths)} files", new, "new difference", "production")
