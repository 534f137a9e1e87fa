"""Right before 6.1 whatever phase 3 copied must be the same on both hosts, or the exchange does not begin."""

import os

import pytest

from irekae.model.errors import Status, SwapError
from irekae.model.items import EXACT, Item, On
from irekae.subjects.last_look import want_nothing_written
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

ME = Item("6.1", "network", "", "", On.PAIR, lambda *_: None, "M", EXACT, False, False, False)


@pytest.fixture
def pair(swap: Swap, ika: FarEnd, tako: FarEnd) -> Swap:
    """Two hosts that hold the same."""
    for far in (ika, tako):
        for path, text in {
            "/home/asada/notes": "one",
            "/home/asada/Maildir/new/1": "mail",
            "/home/hayashi/.bash_history": "ls",
            "/usr/local/qpopper/pop.auth": "secret",
        }.items():
            os.utime(far.put(path, text), (1, 1))
        far.put("/home/gate/own", f"of {far.entry.name} alone")
    return swap.for_pair(ME)


def refused(pair: Swap) -> str:
    with pytest.raises(SwapError) as raised:
        want_nothing_written(pair)
    assert raised.value.status is Status.REFUSED
    return raised.value.detail


def test_two_hosts_that_hold_the_same_may_exchange(pair: Swap) -> None:
    want_nothing_written(pair)


def test_a_file_that_a_user_wrote_since_the_copy_is_named(pair: Swap, ika: FarEnd) -> None:
    ika.put("/home/asada/thesis", "a year's work")
    assert refused(pair) == "/home/asada/thesis: only on ika"


def test_mail_and_whatever_else_came_behind_the_copy_are_told_at_once(pair: Swap, ika: FarEnd) -> None:
    ika.put("/home/asada/thesis", "a year's work")
    ika.put("/home/asada/Maildir/new/2", "late")
    first, *others = refused(pair).splitlines()
    assert first == "mail came behind the copy: asada: 2 messages on ika, 1 on tako"
    assert sorted(others) == ["/home/asada/Maildir/new/2: only on ika", "/home/asada/thesis: only on ika"]


def test_one_that_was_written_over(pair: Swap, ika: FarEnd) -> None:
    ika.put("/home/asada/notes", "more")
    assert refused(pair).startswith("/home/asada/notes: changed since: file ")


def test_one_that_was_removed_and_one_made_unreadable(pair: Swap, ika: FarEnd) -> None:
    ika.path("/home/asada/notes").unlink()
    ika.path("/home/asada/Maildir").chmod(0)
    found = refused(pair)
    assert "/home/asada/notes: only on tako" in found
    assert "/home/asada/Maildir: changed since: dir 0000" in found


def test_a_whole_home_that_came_since(pair: Swap, ika: FarEnd) -> None:
    ika.put("/home/newcomer/x", "x")
    assert "/home/newcomer/x: only on ika" in refused(pair)


def test_many_paths_are_counted_and_some_are_named(pair: Swap, ika: FarEnd) -> None:
    for number in range(200):
        ika.put(f"/home/asada/n{number}", "x")
    lines = refused(pair).splitlines()
    assert len(lines) == 31
    assert lines[-1] == "… and 170 more"


def test_what_operators_do_in_their_own_homes_is_told(pair: Swap, ika: FarEnd) -> None:
    ika.put("/home/hayashi/.bash_history", "ls; fab status")
    want_nothing_written(pair)
    assert "an operator's own" in pair.production.record.notes[0]


def test_what_only_the_receiver_has_and_what_a_copy_replaced_does_not_count(pair: Swap, tako: FarEnd) -> None:
    tako.put("/home/.irekae-replaced/1/asada/x", "old")
    tako.put("/home/chikuwa1/x", "builder's")
    want_nothing_written(pair)


def test_pop_passwords_that_changed_since(pair: Swap, ika: FarEnd) -> None:
    ika.put("/usr/local/qpopper/pop.auth", "secret2")
    found = refused(pair)
    assert found == "/usr/local/qpopper/pop.auth: changed since 3.3"


def test_a_job_that_was_held_and_not_carried_over(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.put("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    tako.put("/etc/group", "root:x:0:\n")
    ika.put("/var/lib/irekae/held/var/spool/cron/atjobs/a1", "x")
    ika.put("/var/spool/cron/atjobs/a2", "x")
    assert refused(pair).splitlines() == [
        "/var/spool/cron/atjobs/a2: a job came since 1.7 held them",
        "/var/spool/cron/atjobs/a1: was not carried over by 3.2",
    ]


@pytest.mark.parametrize(("user", "group"), [("asada", "root"), ("root", "asada")])
def test_a_job_whose_owner_or_group_the_standby_has_not_stays_and_is_told(
    pair: Swap, ika: FarEnd, tako: FarEnd, user: str, group: str
) -> None:
    """A work account is outside the range of 3.4, so that 3.2 could give its job to nobody."""
    tako.put("/etc/passwd", f"{user}:x:0:0::/root:/bin/sh\n")
    tako.put("/etc/group", f"{group}:x:0:\n")
    ika.put("/var/lib/irekae/held/var/spool/cron/atjobs/a1", "x")
    want_nothing_written(pair)
    [told] = pair.production.record.notes
    assert told == "/var/spool/cron/atjobs/a1 stays here: root:root is not known on tako"


def test_what_no_copy_can_take_along_keeps_nobody_from_the_exchange(pair: Swap, ika: FarEnd) -> None:
    """Its paths are longer than rsync's; 0.2 and 3.1 have told it."""
    ika._survey = lambda **_: {"users": [], "groups": [], "too_long": ["asada/deep"]}  # type: ignore[attr-defined]
    ika.put("/home/asada/deep/x", "x")
    want_nothing_written(pair)
    ika.put("/home/asada/deeper", "x")
    assert refused(pair) == "/home/asada/deeper: only on ika"
