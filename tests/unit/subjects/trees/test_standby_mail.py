"""Mail that only the standby holds is told by user and count, and goes only where somebody has decided so."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from irekae.model.errors import Status, SwapError
from irekae.site.site import needed
from irekae.subjects.preflight import mail as preflight
from irekae.subjects.trees import standby_mail
from irekae.subjects.trees.doomed import Doomed
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy, mail

ONE = "From a@b Thu Nov 25 12:00:00 2010\nSubject: one\n\n>From here on\n\n"
TWO = "From c@d Thu Nov 25 12:01:00 2010\nMessage-ID: <2@d>\nStatus: RO\n\ntwo\n\n"


@pytest.fixture
def pair(swap: Swap, ika: FarEnd, tako: FarEnd) -> Swap:
    """Both hosts have mail of asada's; the standby has more of it, and of two homes that are its own."""
    for far in (ika, tako):
        mail(far, "asada", 2)
    tako.put("/home/asada/Maildir/cur/late:2,S", "mail")
    tako.put("/home/chikuwa1/Maildir/new/1", "a builder's")
    tako.put("/home/gate/Mailbox", ONE)
    return for_copy(swap)


def test_messages_are_told_apart_whatever_their_flags_and_homes_of_the_standby_alone_stay(
    pair: Swap, tako: FarEnd
) -> None:
    tako.path("/home/asada/Maildir/new/1").rename(tako.path("/home/asada/Maildir/cur/1:2,RS"))
    assert standby_mail.alone(pair) == {"asada": 1}


def test_messages_of_a_mailbox_file_are_compared_one_by_one(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.put("/home/koyama/Mailbox", ONE)
    tako.put("/home/koyama/Mailbox", TWO + ONE.replace("Subject", "X-UID: 7\nSubject") + "\n")
    assert standby_mail.alone(pair)["koyama"] == 1
    ika.put("/home/koyama/Mailbox", (ONE + TWO.replace("Status: RO\n", "")).replace("\n", "\r\n"))
    assert "koyama" not in standby_mail.alone(pair)


def test_a_spool_that_production_does_not_have_is_not_written_over(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.put("/var/mail/kato", ONE)
    tako.put("/var/mail/ueno", ONE)
    ika.put("/var/mail/ueno", TWO)
    assert standby_mail.alone(pair) == {"asada": 1, "ueno": 1}


def test_it_is_an_obstacle_and_3_1_is_refused_until_it_is_decided(pair: Swap) -> None:
    [obstacle] = preflight.on_standby_alone(pair)
    assert "tako: mailboxes hold mail that ika lacks, and 3.1 would delete it: asada: 1 messages" in str(obstacle)
    assert 'may_delete = ["asada"] in [mail]' in str(obstacle)
    with pytest.raises(SwapError, match="mail of 1 users that is on tako alone") as raised:
        standby_mail.want_decided(pair, "fab phase3.home")
    assert raised.value.status is Status.REFUSED


@pytest.mark.parametrize("word", ["asada", "*"])
def test_what_is_decided_is_told_and_goes(pair: Swap, word: str) -> None:
    pair.site = replace(pair.site, mail=replace(needed(pair.site.mail), may_delete=[word]))
    assert list(preflight.on_standby_alone(pair)) == []
    standby_mail.want_decided(pair, "fab phase3.home")
    assert pair.standby.record.notes == [
        "mail that is here alone goes with 3.1: asada: 1 messages",
        "mail that is here alone goes, and is kept for a rollback: asada: 1 messages",
    ]


def test_what_an_earlier_copy_brought_and_its_owner_has_fetched_since_is_nobodys_loss(
    pair: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    tako.path("/home/asada/Maildir/cur/late:2,S").unlink()
    pair.standby.record.change("copy /home from ika", {"kind": "copy", "tree": "/home", "replaced": "0.4/1"})
    standby_mail.remember_brought(pair)
    ika.path("/home/asada/Maildir/new/0").unlink()
    tako.put("/home/asada/Maildir/new/own", "came to the standby since")
    assert standby_mail.alone(pair) == {"asada": 1}


def test_the_memory_of_another_swap_does_not_count(pair: Swap) -> None:
    standby_mail.remember_brought(pair)
    assert standby_mail.alone(pair) == {"asada": 1}


def test_many_users_are_folded(pair: Swap) -> None:
    lines = standby_mail.told({f"user{number:02}": 1 for number in range(30)})
    assert (len(lines), lines[-1]) == (21, "… and 10 more users")


def test_deleted_files_are_told_by_home(pair: Swap) -> None:
    paths = ["kato/a", "kato/b", "ueno/caf\\#303\\#251"]
    standby_mail.tell_deleted(pair.standby, Doomed([[f"*deleting   {path}" for path in paths]]))
    assert pair.standby.record.notes == [
        "here alone, deleted and kept for a rollback: kato: 2 files, kato/a among them",
        "here alone, deleted and kept for a rollback: ueno: 1 files, ueno/café among them",
    ]


def test_of_a_copy_whose_end_nobody_saw_the_messages_count_that_it_has_written(
    pair: Swap, ika: FarEnd, tako: FarEnd
) -> None:
    tako.path("/home/asada/Maildir/cur/late:2,S").unlink()
    pair.standby.record.change("copy /home from ika", {"kind": "copy", "tree": "/home", "replaced": "0.4/1"})
    ika.path("/home/asada/Maildir/new/0").unlink()
    tako.put("/home/asada/Maildir/new/own", "came to the standby since")
    assert standby_mail.alone(pair) == {"asada": 2}
    standby_mail.remember_written(pair, ["asada/Maildir/new/0", "asada/doc/own:2,", "asada/Maildir/cur/1:2,S"])
    assert standby_mail.alone(pair) == {"asada": 1}
