"""Debian's files of exim4: values and macros are set once, or taken out, and nothing else is touched."""

from __future__ import annotations

import pytest

from irekae.model.items import Item, On, find_item, item
from irekae.subjects.mail import system_of
from irekae.subjects.mail.debian_exim import value_of, with_macros, with_values
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.mail.cases import EximCase

TEXT = b"# a comment\n\ndc_readhost=''\ndc_other_hostnames=\"a.x:b.x\"\nCFILEMODE='644'\n"


def test_a_value_is_set_where_it_stood_and_else_at_the_end() -> None:
    wanted = {"dc_other_hostnames": "c.x", "dc_local_interfaces": "127.0.0.1 ; ::1"}
    after = with_values(TEXT, wanted)
    assert after.decode() == (
        "# a comment\n\ndc_readhost=''\ndc_other_hostnames='c.x'\nCFILEMODE='644'\n"
        "dc_local_interfaces='127.0.0.1 ; ::1'\n"
    )
    assert with_values(after, wanted) == after
    assert value_of(TEXT, "dc_other_hostnames") == "a.x:b.x"
    assert value_of(after, "dc_local_interfaces") == "127.0.0.1 ; ::1"


def test_macros_come_and_go_and_an_administrators_own_stay() -> None:
    own = b"MAIN_TLS_ENABLE = yes\n# hold_domains = x\n"
    held = with_macros(own, {"queue_only": "true", "hold_domains": "*"})
    assert held == own + b"queue_only = true\nhold_domains = *\n"
    assert with_macros(held, {"queue_only": None, "hold_domains": None}) == own
    assert with_macros(b"", {"queue_only": None}) == b""


@pytest.mark.parametrize("split", ["true", "false"])
def test_at_rest_exim_queues_only_until_it_has_a_role(
    swap: Swap, ika: FarEnd, items: dict[str, Item], split: str
) -> None:
    item("1.3", "", "Item 1.3", on=On.PAIR)(lambda swap: None)
    case = EximCase(swap)
    case.lay_out(ika)
    ika.put("/etc/exim4/update-exim4.conf.conf", f"dc_use_split_config='{split}'\n")
    ika.path("/etc/exim4/conf.d/main").mkdir(parents=True)
    host, system = swap.for_pair(find_item("1.3")).production, system_of(swap.site)
    system.rest(host)
    path = "/etc/exim4/conf.d/main/000_localmacros" if split == "true" else "/etc/exim4/exim4.conf.localmacros"
    assert ika.path(path).read_text() == "queue_only = true\nhold_domains = *\n"
    ika.ran.clear()
    system.rest(host)
    assert ika.ran == [["update-exim4.conf"]], "whoever wrote them may have been ended before that"
    undo = [one["undo"] for one in host.record.entries if one["event"] == "change"]
    assert undo[0]["argv"] == ["update-exim4.conf"], "in reverse it comes last, when the files are back"
    system.take_none(host)
    assert ika.path(path).read_text().splitlines() == [
        "MAIN_LOCAL_DOMAINS = localhost", f"MAIN_QUALIFY_DOMAIN = {swap.site.mail_origin}"
    ]  # fmt: skip
    system.take_mail(host)
    assert ika.path(path).read_text() == ""
    assert ika.ran[-1] == ["update-exim4.conf"]
