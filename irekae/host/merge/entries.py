"""Merges entry by entry, for passwd(5), shadow(5), group(5), gshadow(5) and subuid(5): the first field is the name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from irekae.host.merge.clash import Clash, Merged
from irekae.host.merge.lines import split
from irekae.model.legible import line

# A line's name, and which of the lines with that name it is; lines that are no entries stand for themselves.
Key = tuple[bytes, int]
_FIELDS = {
    7: ("name", "password", "UID", "GID", "comment", "home", "shell"),
    9: ("name", "password", "last change", "minimum age", "maximum age", "warning", "inactivity", "expiry", "rest"),
    4: ("name", "password", "GID or administrators", "members"),
    3: ("name", "first", "count"),
}


def merge_entries(base: bytes, ours: bytes, theirs: bytes, theirs_alone: frozenset[str] = frozenset()) -> Merged:
    """The merge of two files of entries that come from one.

    Each field is merged by itself, members of groups one by one. An entry that one side removed and the other one
    changed is a clash, and so is a field that both changed; theirs stands then.

    Args:
        base, ours, theirs: the files.
        theirs_alone: names whose entries stay as theirs has them.
    """
    was, want, now = (_entries(text) for text in (base, ours, theirs))
    clashes: list[Clash] = []
    result = dict(now)
    for key in [*was, *(key for key in want if key not in was)]:
        if want.get(key) == was.get(key) or key[0].decode("utf-8", "surrogateescape") in theirs_alone:
            continue
        merged, clash = _entry(key, was.get(key), want.get(key), now.get(key))
        if clash:
            clashes.append(clash)
        elif merged is None:
            result.pop(key, None)
        else:
            result[key] = merged
    kept = _in_order(result, list(now), list(want))
    return Merged(b"".join(entry + b"\n" for entry in kept), tuple(clashes))


def _entries(text: bytes) -> dict[Key, bytes]:
    seen: Counter[bytes] = Counter()
    found = {}
    for entry in split(text)[0]:
        name = entry if entry.startswith((b"#", b"+", b"-")) or b":" not in entry else entry.split(b":")[0]
        found[name, seen[name]] = entry
        seen[name] += 1
    return found


def _entry(key: Key, was: bytes | None, want: bytes | None, now: bytes | None) -> tuple[bytes | None, Clash | None]:
    """An entry that we changed: merged, or None where it goes; and the clash."""
    if now in (was, want):
        return want, None
    account = key[0].decode("utf-8", "surrogateescape")
    name = line(account)
    one, mine, other = (() if entry is None else (entry,) for entry in (was, want, now))
    if was is None or want is None or now is None:
        verb = "added twice" if was is None else "we remove it, it was changed" if want is None else "it was removed"
        return None, Clash(f"entry {name} ({verb}{_changed(was, now)})", one, mine, other, account)
    fields, wrong = _fields(was.split(b":"), want.split(b":"), now.split(b":"))
    if wrong:
        return None, Clash(f"entry {name} ({', '.join(wrong)})", one, mine, other, account)
    return b":".join(fields), None


def _changed(was: bytes | None, now: bytes | None) -> str:
    """Which fields somebody changed, by name."""
    if was is None or now is None:
        return ""
    old, new = was.split(b":"), now.split(b":")
    if len(old) != len(new):
        return ""
    names = _FIELDS.get(len(old), ())
    return "".join(f": {name}" for name, one, other in zip(names, old, new, strict=False) if one != other)


def _fields(was: Sequence[bytes], want: Sequence[bytes], now: Sequence[bytes]) -> tuple[list[bytes], list[str]]:
    if not len(was) == len(want) == len(now):
        return [], ["its fields"]
    names = _FIELDS.get(len(was), tuple(map(str, range(1, len(was) + 1))))
    merged, wrong = [], []
    for number, (old, mine, other) in enumerate(zip(was, want, now, strict=True)):
        if len(was) == 4 and number == 3:
            merged.append(_members(old, mine, other))
        elif other in (old, mine):
            merged.append(mine)
        elif mine == old:
            merged.append(other)
        else:
            wrong.append(names[number])
    return merged, wrong


def _members(was: bytes, want: bytes, now: bytes) -> bytes:
    """Members one by one: who joined by our doing, and who left by it, in a list that others change as well."""
    old, mine, other = ([member for member in field.split(b",") if member] for field in (was, want, now))
    stay = [member for member in other if member not in old or member in mine]
    return b",".join([*stay, *(member for member in mine if member not in old and member not in stay)])


def _in_order(result: Mapping[Key, bytes], theirs: Sequence[Key], ours: Sequence[Key]) -> list[bytes]:
    """Their order; an entry that only we have comes behind the one that it follows with us."""
    keys = [key for key in theirs if key in result]
    placed = set(keys)
    for number, key in enumerate(ours):
        if key in result and key not in placed:
            before = next((earlier for earlier in reversed(ours[:number]) if earlier in placed), None)
            keys.insert(keys.index(before) + 1 if before else 0, key)
            placed.add(key)
    return [result[key] for key in keys]
