"""What every mail system's adapter does, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from irekae.model.errors import SwapError
from irekae.model.items import Item, On, find_item, item
from irekae.site.site import Site, load_site, needed
from irekae.subjects.mail import SYSTEMS, queue, service_of, system_of
from irekae.swap.swap import Swap
from tasks.phase_07_services import mail_production
from tests.unit.farend import FarEnd
from tests.unit.subjects.mail.cases import CASES, Case


@pytest.fixture(autouse=True)
def _items(items: dict[str, Item]) -> None:
    for number in ("0.2", "1.6", "4.1"):
        item(number, "", f"Item {number}", on=On.PAIR)(lambda swap: None)


@pytest.fixture(params=sorted(SYSTEMS))
def case(request: pytest.FixtureRequest, swap: Swap, ika: FarEnd, tako: FarEnd) -> Case:
    found = CASES[request.param](swap)
    for far in (ika, tako):
        found.lay_out(far)
        far.commands = found.commands(far)
    return found


def carried(swap: Swap) -> Swap:
    """What production's queue has of local mail is held and carried."""
    view = swap.for_pair(find_item("1.6"))
    queue.hold(view.production, view)
    view = swap.for_pair(find_item("4.1"))
    queue.carry(view)
    return view


def test_there_is_a_table_of_site_toml_for_each(case: Case) -> None:
    assert case.swap.site.mail
    assert system_of(case.swap.site).name == case.swap.site.mail.system
    assert service_of(case.swap.site) in case.swap.site.services.values()


def test_what_was_held_is_queued_on_the_other_machine_once(case: Case, ika: FarEnd, tako: FarEnd) -> None:
    case.put(ika, "one", "asada@itpass.x", "gaibu@far.x")
    case.put(ika, "two", "ueno@itpass.x")
    for _ in range(2):
        view = carried(case.swap)
        queue.place(view.standby, view)
    assert case.local(tako) == ["one", "two"]
    assert case.local(ika) == []
    assert sum(message["remote"] for message in queue.queued(view.production, case.swap.site)) == 1


def test_the_way_back_withdraws_them_there_and_queues_them_here(case: Case, ika: FarEnd, tako: FarEnd) -> None:
    case.put(ika, "one", "asada@itpass.x")
    view = carried(case.swap)
    queue.place(view.standby, view)
    for host in (view.standby, view.production):
        for entry in reversed([one for one in host.record.entries if one.get("undo", {}).get("kind") == "mail"]):
            queue.take_back(host, case.swap, entry["undo"])
    assert (case.local(tako), case.local(ika)) == ([], ["one"])


def test_a_message_that_was_delivered_there_is_told_and_comes_again(case: Case, ika: FarEnd, tako: FarEnd) -> None:
    case.put(ika, "one", "asada@itpass.x")
    view = carried(case.swap)
    queue.place(view.standby, view)
    case.deliver(tako)
    queue.take_back(view.standby, case.swap, {"step": "carried"})
    assert any("comes on the old machine once more" in note for note in view.standby.record.notes)


def test_a_message_is_told_without_its_people(case: Case, ika: FarEnd) -> None:
    case.put(ika, "one", "asada@itpass.x")
    [message] = queue.queued(case.swap.for_pair(find_item("1.6")).production, case.swap.site)
    told = queue.described(message)
    assert "1 local recipients" in told
    assert "asada" not in told
    assert message["size"] > 0
    assert message["at"] > 1_600_000_000


def test_local_mail_that_comes_while_it_rests_is_held_too(case: Case, ika: FarEnd, tako: FarEnd) -> None:
    case.submit(ika, "late", "asada@itpass.x")
    [message] = queue.queued(case.swap.for_pair(find_item("1.6")).production, case.swap.site)
    assert message["new"] + message["local"] == 1
    view = carried(case.swap)
    queue.place(view.standby, view)
    assert (case.local(ika), case.local(tako)) == ([], ["late"])


def test_nothing_is_taken_from_a_queue_that_is_being_worked_on(case: Case, ika: FarEnd) -> None:
    case.put(ika, "one", "asada@itpass.x")
    with case.running(ika), pytest.raises(SwapError, match="runs"):
        carried(case.swap)
    assert case.local(ika) == ["one"]


def test_the_roles_are_taken_twice_without_a_second_change(case: Case, ika: FarEnd, tako: FarEnd) -> None:
    view = case.swap.for_pair(find_item("4.1"))
    system = system_of(case.swap.site)
    for _ in range(2):
        system.take_mail(view.standby)
        system.take_none(view.production)
        done = view.standby.record.changes, view.production.record.changes
    system.take_mail(view.standby)
    system.take_none(view.production)
    assert (view.standby.record.changes, view.production.record.changes) == done
    assert set(case.taken(tako)) >= {*case.swap.site.domains, "localhost"}
    assert case.taken(ika) == ["localhost"]


def test_it_must_say_itself_that_it_takes_the_domains(case: Case, tako: FarEnd) -> None:
    view, system = case.swap.for_pair(find_item("4.1")), system_of(case.swap.site)
    system.take_mail(view.standby)
    system.want_known(view.standby, case.swap.site.domains)
    with pytest.raises(SwapError, match=r"not (know|take mail for) more\.x"):
        system.want_known(view.standby, [*case.swap.site.domains, "more.x"])


def test_7_2_asks_for_no_name_that_neither_site_toml_nor_the_manual_gives(case: Case, tako: FarEnd) -> None:
    """Production need not take mail for its full name: where [mail] domains lacks it, nobody asks for it."""
    view, mail = case.swap.for_pair(find_item("4.1")), needed(case.swap.site.mail)
    view.site = replace(view.site, mail=replace(mail, domains=["itpass.x", "virtual.x"]))
    said = case.commands(tako)

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        status, text = said(argv, stdin)
        own = view.standby.entry.fqdn if argv[0].endswith("showctl") else ""
        return (3, "") if argv[-1] == "status" else (status, text + own)

    tako.commands = commands
    mail_production(view.standby, view)
    assert set(case.taken(tako)) == {"itpass.x", "virtual.x", "localhost"}


def test_a_host_that_is_as_site_toml_says_is_no_obstacle(case: Case, ika: FarEnd) -> None:
    view, system = case.swap.for_pair(find_item("0.2")), system_of(case.swap.site)
    system.take_mail(view.production)
    assert list(system.obstacles(view.production)) == []


def test_a_domain_that_production_takes_and_site_toml_lacks_is_one(case: Case, ika: FarEnd) -> None:
    """7.2 would leave it out, whichever mail system it is."""
    view, mail = case.swap.for_pair(find_item("0.2")), needed(case.swap.site.mail)
    system_of(case.swap.site).take_mail(view.production)
    case.swap.site = replace(case.swap.site, mail=replace(mail, domains=mail.domains[1:]))
    told = [str(one) for one in system_of(case.swap.site).obstacles(view.production)]
    if system_of(case.swap.site).name == "exim4":
        assert told == [], "its full name, which exim knows as @"
    else:
        assert all(mail.domains[0] in one for one in told)
        assert told
    case.swap.site = replace(case.swap.site, mail=replace(mail, domains=mail.domains[:1]))
    assert any(mail.domains[1] in str(one) for one in system_of(case.swap.site).obstacles(view.production))


def test_a_host_without_its_programs_is_one(case: Case, ika: FarEnd) -> None:
    ika.commands = lambda argv, stdin: (127, "")
    view = case.swap.for_pair(find_item("0.2"))
    assert len(list(system_of(case.swap.site).obstacles(view.production))) == 1


def test_its_files_and_programs_are_asked_for(case: Case) -> None:
    system = system_of(case.swap.site)
    assert all(path.startswith("/") for path in system.files())
    assert system.files()
    assert system.programs()
    assert system.looks


def test_a_site_that_names_no_system_has_qmail(swap: Swap) -> None:
    site: Site = load_site(swap.inventory)
    assert site.qmail
