"""Mail on the wrong machine: found before the exchange, told of before the way back (1.6)."""

from __future__ import annotations

import pytest

from irekae.model.items import Item, On, find_item, item
from irekae.subjects import stranded_mail
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import exchange, mail


@pytest.fixture(autouse=True)
def _items(items: dict[str, Item]) -> None:
    for number in ("6.1", "7.2"):
        item(number, "", f"Item {number}", on=On.PAIR)(lambda swap: None)


def test_mail_that_came_to_production_behind_the_copy_is_told_by_user(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    mail(ika, "asada", 3)
    mail(tako, "asada", 2)
    mail(ika, "ueno", 1)
    assert stranded_mail.came_behind(swap.for_pair(find_item("6.1"))) == [
        "mail came behind the copy: asada: 3 messages on ika, 2 on tako",
        "mail came behind the copy: ueno: 1 messages on ika, 0 on tako",
    ]


def test_mail_of_the_standbys_own_refuses_nothing(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    mail(ika, "asada", 2)
    mail(tako, "asada", 2)
    mail(tako, "chikuwa1", 1)
    assert stranded_mail.came_behind(swap.for_pair(find_item("6.1"))) == []


def test_mail_in_a_home_that_the_copy_leaves_alone_stays_where_it_is(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    mail(ika, "chikuwa1", 6)
    mail(tako, "asada", 1)
    assert stranded_mail.came_behind(swap.for_pair(find_item("6.1"))) == []


def test_mail_that_came_to_the_new_production_is_told_of_by_machine_and_user(
    swap: Swap, ika: FarEnd, tako: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    mail(ika, "asada", 2)
    mail(ika, "ueno", 1)
    mail(tako, "asada", 3)
    exchange(swap)
    assert swap.exchanged
    stranded_mail.tell_mail_that_stays(swap)
    assert capsys.readouterr().out == (
        "  1.6 mail stays on the machine that becomes tako again, below /home: asada: 3 messages on ika, 2 on tako\n"
    )


def test_a_home_that_cannot_be_read_does_not_stop_the_way_back(
    swap: Swap, ika: FarEnd, tako: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    mail(ika, "asada", 2)
    tako.put("/home", "")
    exchange(swap)
    stranded_mail.tell_mail_that_stays(swap)
    said = capsys.readouterr().out
    assert said.startswith("  1.6 whether mail has arrived on the new production host is not known: ")
    assert "/home" in said
