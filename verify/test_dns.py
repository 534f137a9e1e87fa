"""DNS: production's name server (9.7), the standby's resolver (9.14), resolv.conf (7.6)."""

from __future__ import annotations

import dns.message

from irekae.site.site import Answer, Site, needed
from verify.by_hand import turn_off
from verify.causes import stands_on
from verify.dns_client import Declared, Reply, is_right, of_one_name, query, through, told
from verify.evidence import SEAT, start
from verify.far.calls import connect, datagram
from verify.kinds import init_of
from verify.marks import item, part_of
from verify.needs import needs
from verify.public import the_public_gets
from verify.record import Record
from verify.resolver import resolver_config
from verify.subjects import DnsCase
from verify.world import Server, World
from verify.zones import at_least

REMEDY = "9.7: named's log and `rndc status`; the zone files; `rndc reload`"
RESOLVER = "/etc/resolv.conf (7.6), and whether the name servers in it answer"


def _authoritative(world: World, server: Server, question: DnsCase, kind: str, check: Record) -> Reply:
    """What the name server says to everybody, with authority."""
    views = world.views()
    replies = {view.name: view.reply(question.name, kind, question.transport) for view in views}
    check.saw(*[reply.evidence for reply in replies.values()])
    asked, port = f"{question.name} {kind}", f"port 53, {question.transport}"
    the_public_gets(
        check,
        {who: reply.problem for who, reply in replies.items()},
        asked,
        init_of(world.site, "names"),
        port,
        server.name,
    )
    for who, reply in replies.items():
        cause, remedy = _behind(reply, server.name, port)
        check.expect(reply.rcode == "NOERROR", f"an answer to {who}", reply.told(), cause=cause, remedy=remedy)
        check.expect(
            reply.authoritative,
            "an authoritative answer",
            reply.told(),
            cause="the zone isn't loaded",
            remedy="9.7: rndc zonestatus, and named's log; the zone in named.conf",
        )
    return replies[views[0].name]


def _behind(reply: Reply, name: str, port: str) -> tuple[str, str]:
    """The likely cause of a reply that is none, or a refusal."""
    if not reply.rcode:
        return (
            f"bind of {name} doesn't run, or something shuts {port}",
            f"9.7: on {name}: rndc status; iptables -S INPUT; nft list ruleset",
        )
    if reply.rcode == "REFUSED":
        return (
            "allow-query shuts out who asks, or named.conf lacks the zone",
            "9.7: allow-query and the zone in named.conf",
        )
    return "the zone isn't loaded, or lacks the name", REMEDY


@stands_on("names")
@needs("zones", "other.zones", "outside_view", "seat_view")
@item("9.7", "production")
def test_zone_is_served(world: World, server: Server, zone: DnsCase, check: Record) -> None:
    """The zone is answered with authority, and as new as its file and every older copy of it.

    ゾーンに権威をもって最新の内容で答える
    """
    reply = _authoritative(world, server, zone, "SOA", check)
    view, name = server.zones.result(), zone.name.lower()
    check.saw(view.evidence)
    served, path, known = reply.serial or 0, view.files.get(name, ""), view.serials.get(name, {})
    check.expect(
        bool(path),
        f"{zone.name} in named.conf",
        path or "no zone of this name of which it is the master",
        cause="named.conf lacks the zone; what answers has it from another server, or read another file",
        remedy="9.7: write the zone into named.conf, then rndc reconfig",
    )
    check.expect(
        path in known,
        f"a zone file that named would load: {path}",
        view.problems.get(path, "it would"),
        cause="the file was damaged, or cannot be read, since bind read it",
        remedy=f"9.7: named-checkzone {zone.name} {path}; mend what it names, then rndc reload {zone.name}",
    )
    check.expect(
        served == known[path] or (name in view.moving and at_least(served, known[path])),
        f"serial {known[path]}, as in {path}" + (", or newer" if name in view.moving else ""),
        served,
        cause="bind hasn't read the file",
        remedy=f"rndc reload {zone.name}",
    )
    newest = max(known.values())
    where = ", ".join(path for path, serial in known.items() if serial == newest)
    check.expect(
        at_least(served, newest),
        f"serial {newest} or newer, as in {where}",
        served,
        cause="an old zone file",
        remedy=REMEDY,
    )
    _newer_than_elsewhere(server, name, served, check)


def _newer_than_elsewhere(server: Server, zone: str, served: int, check: Record) -> None:
    """The other host was, or will be, the name server: what it has must not be newer."""
    try:
        known = server.other.zones.result().serials.get(zone, {})
    except AssertionError:
        return  # it can't be asked; its own checks say so
    for path, serial in known.items():
        other = server.other.name
        check.expect(
            at_least(served, serial),
            f"not older than {other}'s {path} ({serial})",
            served,
            cause="last year's zone file",
            remedy=REMEDY,
        )


@stands_on("names")
@needs("outside_view", "seat_view")
@item("9.7", "production")
def test_record_is_right(world: World, server: Server, site: Site, record: DnsCase, check: Record) -> None:
    """The name server gives the declared record, with authority.

    正しいデータを返す
    """
    wanted = needed(record.answer)
    reply = _authoritative(world, server, record, wanted.type, check)
    declared = of_one_name(wanted, site.answers)
    cause = "the zone file has another record, or one more"
    check.expect(is_right(reply, declared), told(declared), reply.told(), cause=cause, remedy=REMEDY)


@stands_on("names")
@item("9.7", "production")
def test_name_server_resolves_for_others(server: Server, site: Site, resolved: Answer, check: Record) -> None:
    """The name server, being a full-service resolver, finds names that are not its own.

    他のゾーンの名前も解決する
    """
    declared = of_one_name(resolved, site.resolves)
    reply = query(server.entry.address, resolved.name, resolved.type, "udp", recurse=True)
    check.saw(reply.evidence)
    cause = "recursion is off for the campus, or the forwarders don't answer"
    check.expect(reply.recursion, "recursion available", reply.told(), cause=cause, remedy=REMEDY)
    check.expect(is_right(reply, declared), told(declared), reply.told(), cause=cause, remedy=REMEDY)


@part_of("dns")
@needs("all_facts")
@item("9.7", "production")
@item("9.14", "standby")
def test_host_resolves_names(server: Server, site: Site, resolved: Answer, check: Record) -> None:
    """Every name server of the host's resolv.conf gives the right answer, and so does its resolver library.

    ホスト自身の名前解決が正しい
    """
    servers = server.facts.resolver.servers
    declared = of_one_name(resolved, site.resolves)
    check.saw(server.facts.of_file("/etc/resolv.conf"))
    check.expect(
        bool(servers),
        "a name server in /etc/resolv.conf",
        ", ".join(servers) or "none",
        remedy=RESOLVER,
        cause="resolv.conf is empty, or its lines do not begin with the keyword",
    )
    for address in dict.fromkeys(servers):
        reply = through(server.backend, address, resolved.name, resolved.type)
        check.saw(reply.evidence)
        cause = _at_fault(server, address, reply)
        right = is_right(reply, declared)
        check.expect(right, f"{told(declared)} of {address}", reply.told(), cause=cause, remedy=RESOLVER)
    if resolved.type == "A":
        _library_agrees(server, declared, check)


def _at_fault(server: Server, address: str, reply: Reply) -> str:
    """Who is behind a wrong answer: the server that was asked, the way to it, or the one that it asks itself."""
    if not reply.rcode:
        return f"{address} cannot be reached: it is down, or a packet rule on the way or on {server.name} shuts it"
    if reply.rcode == "SERVFAIL":
        name = server.world.inventory.production.name
        return f"{address} gets no answer itself: {name}'s bind doesn't run, or a packet rule of {name}'s shuts it out"
    return f"{address} is the wrong server, or has old data"


def _library_agrees(server: Server, declared: Declared, check: Record) -> None:
    began = start()
    done = server.backend.call(["getent", "ahostsv4", declared.name])
    found = sorted({line.split()[0] for line in done.out.decode(errors="replace").splitlines() if line.strip()})
    if _plain(declared.name) in (server.entry.fqdn, server.entry.label, server.entry.name):
        # Debian gives a host's own name 127.0.1.1 where it has no address for ever.
        found = [one for one in found if one != "127.0.1.1"]
    said = f"{done.out.decode(errors='replace')}[status {done.status}]"
    check.saw(began.heard(f"getent ahostsv4 {declared.name}", said, f"on {server.name}"))
    check.expect(
        found == sorted(declared.values),
        f"{declared.name} is {', '.join(declared.values)}",
        ", ".join(found) or "nothing",
        cause="the name servers answer rightly, so /etc/hosts or nsswitch.conf says otherwise",
        remedy="/etc/hosts: take this name out of any line with another address; /etc/nsswitch.conf: hosts: files dns",
    )


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


@part_of("dns.asks_itself")
@needs("all_facts")
@item("7.6", "production")
def test_resolv_conf_is_the_manual_s(server: Server, check: Record) -> None:
    """resolv.conf names the host itself as its resolver, and the manual's domain.

    resolv.conf が手順書どおりである
    """
    check.saw(server.facts.of_file("/etc/resolv.conf"))
    lines = server.world.declared.resolv_conf
    found, wanted = server.facts.resolver, resolver_config("\n".join(lines))
    same = (found.servers, found.search) == (wanted.servers, wanted.search)
    remedy = f"7.6: in /etc/resolv.conf, each at the beginning of its line: {' / '.join(lines)}"
    check.expect(same, wanted.told(), found.told(), cause="7.6 was not done, or was overwritten", remedy=remedy)


@part_of("dns")
@needs("all_facts")
@item("9.14", "standby")
def test_resolv_conf_names_other_servers(server: Server, check: Record) -> None:
    """resolv.conf names the declared resolvers, not the host itself, where bind doesn't run.

    resolv.conf が他の DNS サーバを指している
    """
    check.saw(server.facts.of_file("/etc/resolv.conf"))
    servers = server.facts.resolver.servers
    declared = {host.address for host in server.world.inventory.group("resolvers")}
    own = {server.entry.address, "127.0.0.1", "::1"}
    found = ", ".join(servers) or "none"
    remedy = f"9.14: in /etc/resolv.conf, one line each: nameserver {' / nameserver '.join(sorted(declared) or ['…'])}"
    cause = "it is production's resolv.conf, from before the swap or from after it"
    check.expect(bool(servers) and not own & set(servers), "name servers elsewhere", found, cause=cause, remedy=remedy)
    if declared:
        wanted = f"of {', '.join(sorted(declared))}"
        cause = "another server was written in; if it is right, hosts.ini's [resolvers] lacks it"
        check.expect(set(servers) <= declared, wanted, found, cause=cause, remedy=remedy)


@part_of("dns", "off.names")
@item("9.14", "standby")
def test_name_server_is_off(server: Server, check: Record) -> None:
    """Nobody answers DNS questions at the standby's own address, though the host is there.

    DNS サーバが無効である
    """
    server.must_answer()
    there = connect(server.entry.address, server.entry.port, "", 5)
    check.expect(
        there == "connected",
        "the host is there (ssh)",
        there,
        cause="the host is down, or a packet rule shuts ssh",
        remedy="6.2: reboot it; iptables -S INPUT; nft list ruleset",
    )
    began = start()
    answer = connect(server.entry.address, 53, "", 3)
    check.saw(began.heard(f"connect {server.entry.address}:53", answer, SEAT))
    remedy = f"7.8: {turn_off(server, 'names')}"
    check.expect(answer in ("refused", "no answer"), "tcp/53 refused", answer, cause="bind runs", remedy=remedy)
    began = start()
    question = dns.message.make_query("localhost", "SOA").to_wire().hex()
    said = datagram({"address": server.entry.address, "hex": question}).get("problem", "an answer")
    check.saw(began.heard(f"localhost SOA @{server.entry.address} over udp", said, SEAT))
    check.expect(said != "an answer", "no answer over UDP", said, cause="bind runs", remedy=remedy)
