"""The evidence on the hosts: the same at every seat, whatever happens to one copy; what has vanished is noticed."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from typing import cast

import pytest

from irekae.host.agent.base import Answer
from irekae.host.remote import Lost
from irekae.model.errors import SwapError
from irekae.swap import evidence
from irekae.swap.evidence import Kind, Reading, all_of, keep
from irekae.swap.swap import Swap
from tests.unit.farend import STATE, FarEnd

Survey = dict[str, list[int]]
VALUE: Survey = {"ports": [25, 53]}


@pytest.fixture
def hosts(swap: Swap) -> tuple[FarEnd, FarEnd]:
    ika, tako = (cast(FarEnd, swap.links[name]) for name in ("ika", "tako"))
    return ika, tako


def again(swap: Swap) -> Swap:
    """The swap as another seat sees it: with what the hosts remember alone."""
    for name in swap.links:
        swap.refresh(name)
    return swap


def kept(swap: Swap) -> list[Survey]:
    return [one.value for one in all_of(again(swap), Kind.SURVEY, Survey)]


def path(digest: str) -> str:
    return f"{STATE}/evidence/{digest}.json.gz"


def test_a_record_lies_on_both_hosts_for_root_alone_and_can_be_read_by_a_person(
    swap: Swap, hosts: tuple[FarEnd, FarEnd]
) -> None:
    digest = keep(swap, Kind.SURVEY, VALUE)
    for far in hosts:
        file = far.path(path(digest))
        assert json.loads(gzip.decompress(file.read_bytes())) == VALUE
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
    assert kept(swap) == [VALUE]


def test_a_host_that_was_away_is_given_what_it_lacks(swap: Swap, hosts: tuple[FarEnd, FarEnd]) -> None:
    away = swap.links.pop("tako")
    digest = keep(swap, Kind.SURVEY, VALUE)
    swap.links["tako"] = away
    assert kept(swap) == [VALUE]
    assert hosts[1].path(path(digest)).exists()
    swap.links.pop("ika")
    assert kept(swap) == [VALUE]


@pytest.mark.parametrize("name", ["ika", "tako"])
def test_a_copy_that_was_lost_comes_back_from_the_other(swap: Swap, name: str) -> None:
    digest = keep(swap, Kind.SURVEY, VALUE)
    file = cast(FarEnd, swap.links[name]).path(path(digest))
    whole = file.read_bytes()
    file.unlink()
    assert kept(swap) == [VALUE]
    assert file.read_bytes() == whole


def bomb(data: bytes) -> bytes:
    return gzip.compress(b"0" * (evidence.LARGEST + 1))


@pytest.mark.parametrize(
    "hurt",
    [
        lambda data: b"",
        lambda data: data[:-3],
        lambda data: b"no gzip",
        lambda data: gzip.compress(json.dumps({"ports": [25]}).encode()),
        bomb,
    ],
)
def test_a_copy_that_was_altered_is_none(
    swap: Swap, hosts: tuple[FarEnd, FarEnd], hurt: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "LARGEST", 1 << 20)
    digest = keep(swap, Kind.SURVEY, VALUE)
    for far in hosts:
        file = far.path(path(digest))
        whole = file.read_bytes()
        file.write_bytes(hurt(whole))
        assert kept(swap) == [VALUE]
        assert file.read_bytes() == whole
    assert Reading(swap).missing() == []


def test_what_is_gone_from_both_hosts_is_named(swap: Swap, hosts: tuple[FarEnd, FarEnd]) -> None:
    digest = keep(swap, Kind.SURVEY, VALUE)
    for far in hosts:
        far.path(path(digest)).unlink()
    assert kept(swap) == []
    (line,) = Reading(again(swap)).missing()
    assert line.startswith("survey of 20")
    assert line.endswith(digest)


def test_records_of_two_seats_stand_beside_each_other(swap: Swap) -> None:
    for count in range(3):
        keep(swap, Kind.SURVEY, {"ports": [count]})
    keep(swap, Kind.EXPLANATION, {"ports": []})
    keep(swap, Kind.SURVEY, {"ports": [0]})
    assert kept(swap) == [{"ports": [0]}, {"ports": [1]}, {"ports": [2]}]


def test_what_is_too_large_is_refused_and_nothing_is_kept(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "TOTAL", 100)
    with pytest.raises(SwapError, match="evidence holds more than"):
        keep(swap, Kind.SURVEY, {"ports": list(range(1000))})
    monkeypatch.setattr(evidence, "KEPT", 100)
    with pytest.raises(SwapError, match="the survey is too large to be kept"):
        keep(swap, Kind.SURVEY, {"ports": list(range(1000))})
    assert kept(swap) == []
    assert Reading(swap).missing() == []


def test_one_host_that_is_lost_meanwhile_keeps_nobody_from_keeping(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    tako = swap.links["tako"]

    def ask(op: str, **arguments: object) -> Answer:
        raise Lost("tako", op)

    with monkeypatch.context() as away:
        away.setattr(tako, "ask", ask)
        keep(swap, Kind.SURVEY, VALUE)
        away.setattr(swap.links["ika"], "ask", ask)
        with pytest.raises(Lost):
            keep(swap, Kind.SURVEY, VALUE)
    assert kept(swap) == [VALUE]


def test_what_no_version_of_ours_wrote_is_refused_by_name(swap: Swap, hosts: tuple[FarEnd, FarEnd]) -> None:
    text = b'{"ports": "all"}'
    digest = hashlib.sha256(text).hexdigest()
    for far in hosts:
        far.path(path(digest)).parent.mkdir(parents=True)
        far.path(path(digest)).write_bytes(gzip.compress(text))
        far.ask("append", entry={"event": "evidence", "kind": "survey", "digest": digest})
    with pytest.raises(SwapError, match=f"the survey {digest[:12]} of the hosts does not say what it should"):
        kept(swap)


def test_a_reading_asks_each_host_once_for_each_record(swap: Swap, hosts: tuple[FarEnd, FarEnd]) -> None:
    for count in range(3):
        keep(swap, Kind.SURVEY, {"ports": [count]})
    records = Reading(again(swap))
    for far in hosts:
        far.asked.clear()
    found = records.all_of(Kind.SURVEY, Survey)
    assert records.all_of(Kind.SURVEY, Survey) == found
    assert records.missing() == []
    assert [far.asked.count("read") for far in hosts] == [3, 3]


def test_a_copy_that_is_altered_between_two_readings_is_noticed(swap: Swap, hosts: tuple[FarEnd, FarEnd]) -> None:
    digest = keep(swap, Kind.SURVEY, VALUE)
    assert Reading(swap).missing() == []
    for far in hosts:
        far.path(path(digest)).write_bytes(b"altered")
    assert len(Reading(swap).missing()) == 1
