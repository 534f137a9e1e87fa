"""What others did to a file since we wrote it stays, whichever verb comes again; where it touches, a person decides."""

from __future__ import annotations

import pytest

from irekae.host.host import Host
from irekae.host.overlay import Planned
from irekae.host.since import keep_as_mended
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

MOTD = "/etc/motd"


def host_of(swap: Swap, number: str = "5.1") -> Host:
    return swap.host(
        Item(number, "x", "", "", On.PRODUCTION, lambda *_: None, "M", EXACT, False, False, False), On.PRODUCTION
    )


def swapped(text: bytes) -> bytes:
    return text.replace(b"ika", b"\0").replace(b"tako", b"ika").replace(b"\0", b"tako")


def edit(swap: Swap) -> bool:
    """The item, carried out once."""
    host = host_of(swap)
    host.record.event("started")
    done = host.edit(MOTD, swapped, dated=False)
    host.record.event("done")
    return done


def attempt(swap: Swap) -> SwapError:
    host = host_of(swap)
    host.record.event("started")
    with pytest.raises(SwapError, match=r"was edited by somebody else, where 5.1 edits it too") as raised:
        host.edit(MOTD, swapped, dated=False)
    host.record.event("failed")
    return raised.value


def crashed(swap: Swap, ika: FarEnd, since: str) -> None:
    """An edit that was announced and never made, and what somebody has made of the file meanwhile."""
    ika.put(MOTD, "welcome\nika\nbye\n")
    host = host_of(swap)
    host.record.event("started")
    host.record.change("edit", {"kind": "restore"}, (MOTD,), wrote={MOTD: None})
    ika.put(MOTD, since)


def test_a_repeated_item_leaves_what_was_done_to_its_file_since(swap: Swap, ika: FarEnd) -> None:
    ika.put(MOTD, "ika\n")
    assert edit(swap)
    for text in ("tako\nnote\n", "tako, the old one\n", "note\n"):
        ika.put(MOTD, text)
        assert not edit(swap)
        assert ika.path(MOTD).read_text() == text


def test_an_original_that_was_put_back_is_edited_again(swap: Swap, ika: FarEnd) -> None:
    ika.put(MOTD, "ika\n")
    edit(swap)
    ika.put(MOTD, "ika\n")
    assert edit(swap)
    assert ika.path(MOTD).read_text() == "tako\n"


def test_an_edit_that_a_crash_kept_from_being_made_is_made_with_what_came_since(swap: Swap, ika: FarEnd) -> None:
    crashed(swap, ika, "welcome\nika\nbye\nnote\n")
    assert edit(swap)
    assert ika.path(MOTD).read_text() == "welcome\ntako\nbye\nnote\n"
    assert not edit(swap)
    assert ika.path(MOTD).read_text() == "welcome\ntako\nbye\nnote\n"


def test_where_it_touches_it_is_refused_again_and_again_until_somebody_has_looked(swap: Swap, ika: FarEnd) -> None:
    crashed(swap, ika, "welcome\nsquid\nbye\n")
    for _ in range(2):
        error = attempt(swap)
        assert "    squid" in error.detail
        assert 'fab done 5.1 --host ika --why "…"' in error.hint
    assert ika.path(MOTD).read_text() == "welcome\nsquid\nbye\n"


def test_what_a_person_mended_after_the_refusal_stays_and_the_rest_is_done(swap: Swap, ika: FarEnd) -> None:
    crashed(swap, ika, "welcome\nsquid\nbye\n")
    attempt(swap)
    ika.put(MOTD, "welcome\noctopus\nbye\n")
    edit(swap)
    assert ika.path(MOTD).read_text() == "welcome\noctopus\nbye\n"
    ika.put(MOTD, "welcome\ncuttlefish\nbye\n")
    assert not edit(swap), "it is his from now on"


def test_a_persons_word_makes_it_right_in_a_plan_and_from_then_on(swap: Swap, ika: FarEnd) -> None:
    crashed(swap, ika, "welcome\nsquid\nbye\n")
    view = swap.as_plan()
    ground = view.grounds["ika"]
    assert isinstance(ground, Planned)
    ground.trusting = True
    host_of(view).edit(MOTD, swapped)
    assert (view.plan, ground.mended) == ([], [MOTD])
    keep_as_mended(host_of(swap).record, MOTD)
    assert not edit(swap)


def test_a_plan_tells_a_refusal_and_goes_on(swap: Swap, ika: FarEnd) -> None:
    crashed(swap, ika, "welcome\nsquid\nbye\n")
    ika.put("/etc/other", "ika\n")
    view = swap.as_plan()
    host = host_of(view)
    for path in (MOTD, "/etc/missing", "/etc/other"):
        host.edit(path, swapped, dated=False)
    assert [(change.what.split()[0], change.refused) for change in view.plan] == [
        ("/etc/motd", True), ("/etc/missing", True), ("edit", False),
    ]  # fmt: skip


# --- put ---


def put(swap: Swap, text: bytes, number: str = "5.1") -> bool:
    host = host_of(swap, number)
    host.record.event("started")
    done = host.put(MOTD, text)
    host.record.event("done")
    return done


def test_put_again_leaves_what_was_added_and_merges_what_is_new(swap: Swap, ika: FarEnd) -> None:
    ika.put(MOTD, "old\n")
    assert put(swap, b"a\nb\n")
    ika.put(MOTD, "a\nb\nnote\n")
    assert not put(swap, b"a\nb\n")
    assert put(swap, b"A\nb\n", "6.2"), "in another phase too"
    assert ika.path(MOTD).read_text() == "A\nb\nnote\n"
    assert not put(swap, b"A\nb\n", "6.2")


def test_put_refuses_where_it_touches_and_shows_nothing_that_is_secret(swap: Swap, ika: FarEnd) -> None:
    ika.path("/etc").mkdir(exist_ok=True)
    put(swap, b"one\n")
    ika.put(MOTD, "theirs\n")
    host = host_of(swap)
    with pytest.raises(SwapError) as raised:
        host.put(MOTD, b"two\n", 0o600)
    assert "theirs" not in str(raised.value)
    assert ika.path(MOTD).read_text() == "theirs\n"


def test_put_keeps_the_mode_that_somebody_set(swap: Swap, ika: FarEnd) -> None:
    put(swap, b"one\n")
    ika.path(MOTD).chmod(0o600)
    assert not put(swap, b"one\n")
    assert put(swap, b"two\n")
    assert ika.files()[MOTD] == (0o600, b"two\n")


def test_put_of_what_was_computed_from_what_is_there_takes_nothing_for_a_clash(swap: Swap, ika: FarEnd) -> None:
    put(swap, b"key\n")
    ika.put(MOTD, "theirs\n")
    assert host_of(swap).put(MOTD, b"theirs\nkey\n", afresh=True)


def test_an_edit_from_what_is_there_knows_no_original(swap: Swap, ika: FarEnd) -> None:
    ika.put(MOTD, "one\n")
    host_of(swap).edit(MOTD, lambda text: text.replace(b"one", b"two"), dated=False, afresh=True)
    ika.put(MOTD, "one\nnote\n")
    assert host_of(swap).edit(MOTD, lambda text: text.replace(b"one", b"two"), dated=False, afresh=True)
    assert ika.path(MOTD).read_text() == "two\nnote\n"
