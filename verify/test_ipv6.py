"""IPv6: whatever a name stands for is served at all of its addresses (9.4, 9.7)."""

from __future__ import annotations

from typing import Any

from irekae.site.site import Site
from verify.dns_client import question
from verify.evidence import SEAT, start
from verify.far import public
from verify.marks import item, part_of
from verify.record import Record
from verify.six import Service, addresses, asking, has_no_six, services, trouble
from verify.world import Server, World

REMEDY = "9.7: take the AAAA record out of the zone, or let the service listen there: ss -ltn; ip6tables -S; ip -6 addr"


@part_of("web.pages")
@item("9.4", "production")
def test_services_answer_over_ipv6_too(world: World, server: Server, site: Site, check: Record) -> None:
    """A name that has an IPv6 address serves its pages and its mail there as over IPv4; so do host and name server.

    IPv6 アドレスを持つ名前は IPv6 でもサービスする
    """
    wanted = services(site)
    known, seen = addresses(asking(server, site, check), [service.name for service in wanted])
    check.saw(*seen)
    if known is None:
        if site.dns:
            check.not_made("the name server gives no answer (told by 9.7)")
        check.not_made("no name server of production's resolv.conf gives an answer")
    questions = {
        f"{service.told()} at {address}": service.at(address)
        for service in wanted
        for address in known.get(service.name, [])
    }
    if server.entry.ipv6:
        door = Service(server.entry.fqdn, port=server.entry.port)
        questions[f"{door.told()} at {server.entry.ipv6}"] = door.at(server.entry.ipv6)
        questions |= _names(server.entry.ipv6, site)
    if not questions:
        check.expect(True, "what has an IPv6 address answers there", "no name has one")
        return
    six, four = _asked(world, questions, server.entry.address, check)
    served = [name for name in questions if not trouble(four[name], questions[name])]
    if not served:
        check.not_made("no service answers over IPv4 (told by 9.1)")
    wrong = {name: told for name in served if (told := trouble(six[name], questions[name]))}
    check.expect(
        not wrong,
        f"{len(served)} services answer over IPv6 as over IPv4",
        "; ".join(f"{name}: {told}" for name, told in wrong.items()) or "all of them",
        cause="the address is nobody's, the service doesn't listen there, or a packet rule for IPv6 shuts it",
        remedy=REMEDY,
    )


def _names(address: str, site: Site) -> dict[str, dict[str, Any]]:
    """What the name server is asked there."""
    asked = {"kind": "dns", "address": address}
    return {
        f"{zone} by {transport} at {address}": {
            **asked, "transport": transport, "hex": question(zone, "SOA", recurse=False).to_wire().hex()
        }
        for zone in site.zones[:1]
        for transport in ("udp", "tcp")
    }  # fmt: skip


def _asked(
    world: World, questions: dict[str, dict[str, Any]], four: str, check: Record
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answers that another computer gets, and those at the IPv4 address `four`: what fails there too is no affair
    of IPv6. Where the other computer has no IPv6, those that the seat gets.
    """
    twins = {f"{name}, by {four}": {**question, "address": four} for name, question in questions.items()}
    for name in ([world.outside.name] if world.outside else []) + [SEAT]:
        began = start()
        if name == SEAT:
            answers = public.main({"questions": questions | twins})["answers"]
        else:
            answers = world.from_outside(questions | twins).answers
        said = {one: trouble(answers[one], asked) or "it answers" for one, asked in (questions | twins).items()}
        check.saw(began.heard("services over IPv6", "\n".join(f"{one}: {told}" for one, told in said.items()), name))
        six = {one: answers[one] for one in questions}
        if not has_no_six(six):
            return six, {one: answers[f"{one}, by {four}"] for one in questions}
    names = ", ".join(dict.fromkeys(question["address"] for question in questions.values()))
    return check.not_made(f"neither the seat nor the outside host has IPv6, to ask at {names}")
