"""The rules of docs/phase6.md as a model, searched exhaustively.

A model, not the code: it says what the two watchdogs and any number of seats may do, in any order. Words between the
hosts may be lost or late without limit, deadlines may pass at any moment, and both hosts may crash and boot.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

BACK = ("returning", "reverted")


@dataclass(frozen=True)
class Side:
    """A host: its state, what it last heard of the other one, and what seats have asked of it since it booted."""

    word: str = "trial"
    heard: str = ""
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class World:
    promising: Side = field(default_factory=Side)
    deciding: Side = field(default_factory=Side)
    seen: frozenset[str] = frozenset()  # what seats have ever seen, and may act on at any later time


def hearing(world: World) -> Iterator[World]:
    yield replace(world, promising=replace(world.promising, heard=world.deciding.word))
    yield replace(world, deciding=replace(world.deciding, heard=world.promising.word))


def promising(side: Side) -> Iterator[Side]:
    if side.word == "trial":
        yield replace(side, word="returning")  # deadline, abort, or the other one gave up
        if "prepare" in side.asked:
            yield replace(side, word="prepared")
    if side.word == "prepared":
        if side.heard == "confirmed" or "confirm" in side.asked:
            yield replace(side, word="confirmed")
        if side.heard in BACK:
            yield replace(side, word="returning")
    if side.word == "returning":
        yield replace(side, word="reverted")


def deciding(side: Side) -> Iterator[Side]:
    if side.word == "trial":
        yield replace(side, word="returning")
        if side.heard == "prepared" and "confirm" in side.asked:
            yield replace(side, word="confirmed")
    if side.word == "returning":
        yield replace(side, word="reverted")


def crash(side: Side) -> Side:
    return Side("returning" if side.word == "trial" else side.word)


def seats(world: World) -> Iterator[World]:
    for who, side in (("promising", world.promising), ("deciding", world.deciding)):
        yield replace(world, seen=world.seen | {f"{who} {side.word}"})
    told = {
        ("promising", "prepare"): {"promising trial", "deciding trial"},
        ("deciding", "confirm"): {"promising prepared", "deciding trial"},
        ("promising", "confirm"): {"promising prepared", "deciding confirmed"},
    }
    for (who, word), needed in told.items():
        if needed <= world.seen:
            told_one: Side = getattr(world, who)
            asked: dict[str, Any] = {who: replace(told_one, asked=told_one.asked | {word})}
            yield replace(world, **asked)


def moves(world: World) -> Iterator[World]:
    yield from hearing(world)
    yield from seats(world)
    for side in (*promising(world.promising), crash(world.promising)):
        yield replace(world, promising=side)
    for side in (*deciding(world.deciding), crash(world.deciding)):
        yield replace(world, deciding=side)


def reachable() -> set[World]:
    found, front = {World()}, [World()]
    while front:
        for world in moves(front.pop()):
            if world not in found:
                found.add(world)
                front.append(world)
    return found


def test_never_is_one_host_confirmed_and_the_other_going_back() -> None:
    ends = {(world.promising.word, world.deciding.word) for world in reachable()}
    assert ("confirmed", "confirmed") in ends
    assert ("reverted", "reverted") in ends
    assert not [pair for pair in ends if "confirmed" in pair and set(pair) & {*BACK, "trial"}]


def test_from_everywhere_both_can_still_come_to_rest_on_the_same_side() -> None:
    worlds = reachable()
    before: dict[World, list[World]] = {}
    for world in worlds:
        for after in moves(world):
            before.setdefault(after, []).append(world)
    rest = {("confirmed", "confirmed"), ("reverted", "reverted")}
    front = [world for world in worlds if (world.promising.word, world.deciding.word) in rest]
    good = set(front)
    while front:
        for world in before.get(front.pop(), []):
            if world not in good:
                good.add(world)
                front.append(world)
    assert good == worlds
