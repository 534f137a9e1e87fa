"""DNS: production's name server (9.7), the standby's resolver (9.14), resolv.conf (7.6)."""

from __future__ import annotations

import dns.message

from irekae.site.site import Answer, Site
from verify.dns_client import Reply, is_right, query, through, told
from verify.evidence import SEAT, start
from verify.facts import Facts
from verify.far.calls import connect, datagram
from verify.manual_facts import RESOLV_CONF
from verify.needs import needs
from verify.parsing import setting_lines, soa_serial, zone_files
from verify.record import Record
from verify.selection import item
from verify.subjects import DnsCase
from verify.world import Server

REMEDY = "9.7: named's log and `rndc status`; the zone files in namedb; `rndc reload`"
RESOLVER = "/etc/resolv.conf (7.6), and whether the name servers in it answer"


def _authoritative(reply: Reply, check: Record) -> None:
    check.saw(reply.evidence)
    check.expect(
        reply.rcode == "NOERROR", "an answer", reply.told(), cause="bind doesn't run, or doesn't know it", remedy=REMEDY
    )
    check.expect(
        reply.authoritative, "an authoritative answer", reply.told(), cause="the zone isn't loaded", remedy=REMEDY
    )


@needs("all_facts", "other.all_facts")
@item("9.7", "production")
def test_zone_is_served(server: Server, site: Site, zone: DnsCase, check: Record) -> None:
    """The zone is answered with authority, and as new as its file and every older copy of it.

    ゾーンに権威をもって最新の内容で答える
    """
    server.must_answer()
    reply = query(server.entry.address, zone.name, "SOA", zone.transport)
    _authoritative(reply, check)
    served = reply.serial or 0
    known = _serials(server.facts, site, zone.name)
    check.saw(
        server.facts.of(f"SOA serials of {zone.name}", "\n".join(f"{path}: {serial}" for path, serial in known.items()))
    )
    files = zone_files(server.facts.out("named.conf"))
    path = files.get(zone.name, "")
    check.expect(path in known, f"a zone file of {zone.name}", path or "no such zone in named.conf", remedy=REMEDY)
    check.expect(
        served == known[path],
        f"serial {known[path]}, as in {path}",
        served,
        cause="bind hasn't read the file",
        remedy="rndc reload",
    )
    newest = max(known.values())
    where = ", ".join(path for path, serial in known.items() if serial == newest)
    check.expect(
        served >= newest, f"serial {newest} or newer, as in {where}", served, cause="an old zone file", remedy=REMEDY
    )
    _newer_than_elsewhere(server, site, zone.name, served, check)


def _newer_than_elsewhere(server: Server, site: Site, zone: str, served: int, check: Record) -> None:
    """The other host was, or will be, the name server: what it has must not be newer."""
    try:
        known = _serials(server.other.facts, site, zone)
    except AssertionError:
        return  # it can't be asked; its own checks say so
    for path, serial in known.items():
        other = server.other.name
        check.expect(
            served >= serial,
            f"not older than {other}'s {path} ({serial})",
            served,
            cause="last year's zone file",
            remedy=REMEDY,
        )


def _serials(facts: Facts, site: Site, zone: str) -> dict[str, int]:
    """Serial of the zone's file, and of its copies in namedb-YYYYMMDD (7.5)."""
    path = zone_files(facts.out("named.conf")).get(zone, "")
    if not path:
        return {}
    name = path.rpartition("/")[2]
    copies = [copy for copy in facts.files_like(f"{site.dns.namedb}-") if copy.endswith(f"/{name}")]
    found = {copy: soa_serial(facts.text(copy) or "") for copy in [path, *copies]}
    return {copy: serial for copy, serial in found.items() if serial is not None}


@item("9.7", "production")
def test_record_is_right(server: Server, record: DnsCase, check: Record) -> None:
    """The name server gives the declared record, with authority.

    正しいデータを返す
    """
    wanted = record.answer
    if wanted is None:
        check.not_made("no record is declared")
    server.must_answer()
    reply = query(server.entry.address, wanted.name, wanted.type, record.transport)
    _authoritative(reply, check)
    check.expect(is_right(reply, wanted), told(wanted), reply.told(), cause="the zone file", remedy=REMEDY)


@item("9.7", "production")
def test_name_server_resolves_for_others(server: Server, resolved: Answer, check: Record) -> None:
    """The name server, being a full-service resolver, finds names that are not its own.

    他のゾーンの名前も解決する
    """
    server.must_answer()
    reply = query(server.entry.address, resolved.name, resolved.type, "udp", recurse=True)
    check.saw(reply.evidence)
    cause = "recursion is off for the campus, or the forwarders don't answer"
    check.expect(reply.recursion, "recursion available", reply.told(), cause=cause, remedy=REMEDY)
    check.expect(is_right(reply, resolved), told(resolved), reply.told(), cause=cause, remedy=REMEDY)


@needs("all_facts")
@item("9.7", "production")
@item("9.14", "standby")
def test_host_resolves_names(server: Server, resolved: Answer, check: Record) -> None:
    """Every name server of the host's resolv.conf gives the right answer, and so does its resolver library.

    ホスト自身の名前解決が正しい
    """
    servers = _name_servers(server.facts)
    check.saw(server.facts.of_file("/etc/resolv.conf"))
    check.expect(bool(servers), "a name server in /etc/resolv.conf", ", ".join(servers) or "none", remedy=RESOLVER)
    for address in servers:
        reply = through(server.backend, address, resolved.name, resolved.type)
        check.saw(reply.evidence)
        right = is_right(reply, resolved)
        check.expect(
            right,
            f"{told(resolved)} of {address}",
            reply.told(),
            cause=f"{address} is the wrong server",
            remedy=RESOLVER,
        )
    if resolved.type == "A":
        _library_agrees(server, resolved, check)


def _library_agrees(server: Server, resolved: Answer, check: Record) -> None:
    began = start()
    done = server.backend.call(["getent", "ahostsv4", resolved.name])
    found = sorted({line.split()[0] for line in done.out.decode(errors="replace").splitlines() if line.strip()})
    said = f"{done.out.decode(errors='replace')}[status {done.status}]"
    check.saw(began.heard(f"getent ahostsv4 {resolved.name}", said, f"on {server.name}"))
    check.expect(
        found == [resolved.value],
        f"{resolved.name} is {resolved.value}",
        ", ".join(found) or "nothing",
        remedy="/etc/nsswitch.conf, /etc/hosts",
    )


def _name_servers(facts: Facts) -> list[str]:
    lines = [line.split() for line in setting_lines(facts.text("/etc/resolv.conf") or "")]
    # resolv.conf(5): the library uses the first three.
    return [words[1] for words in lines if words[0] == "nameserver" and len(words) > 1][:3]


@needs("all_facts")
@item("7.6", "production")
def test_resolv_conf_is_the_manual_s(server: Server, check: Record) -> None:
    """resolv.conf names the host itself as its resolver, as the manual has it.

    resolv.conf が手順書どおりである
    """
    check.saw(server.facts.of_file("/etc/resolv.conf"))
    lines = setting_lines(server.facts.text("/etc/resolv.conf") or "")
    wanted = " / ".join(RESOLV_CONF)
    check.expect(
        lines == list(RESOLV_CONF), wanted, " / ".join(lines) or "nothing", remedy="7.6: write these two lines"
    )


@needs("all_facts")
@item("9.14", "standby")
def test_resolv_conf_names_other_servers(server: Server, check: Record) -> None:
    """resolv.conf names the declared resolvers, not the host itself, where bind doesn't run.

    resolv.conf が他の DNS サーバを指している
    """
    check.saw(server.facts.of_file("/etc/resolv.conf"))
    servers = _name_servers(server.facts)
    declared = {host.address for host in server.world.inventory.group("resolvers")}
    own = {server.entry.address, "127.0.0.1"}
    found = ", ".join(servers) or "none"
    check.expect(bool(servers) and not own & set(servers), "name servers elsewhere", found, remedy=RESOLVER)
    if declared:
        check.expect(set(servers) <= declared, f"of {', '.join(sorted(declared))}", found, remedy=RESOLVER)


@item("9.14", "standby")
def test_name_server_is_off(server: Server, check: Record) -> None:
    """Nobody answers DNS questions at the standby's own address, though the host is there.

    DNS サーバが無効である
    """
    server.must_answer()
    there = connect(server.entry.address, server.entry.port, "", 5)
    check.expect(there == "connected", "the host is there (ssh)", there)
    began = start()
    answer = connect(server.entry.address, 53, "", 3)
    check.saw(began.heard(f"connect {server.entry.address}:53", answer, SEAT))
    remedy = "7.8: stop bind and turn it off"
    check.expect(answer in ("refused", "no answer"), "tcp/53 refused", answer, cause="bind runs", remedy=remedy)
    began = start()
    question = dns.message.make_query("localhost", "SOA").to_wire().hex()
    said = datagram({"address": server.entry.address, "hex": question}).get("problem", "an answer")
    check.saw(began.heard(f"localhost SOA @{server.entry.address} over udp", said, SEAT))
    check.expect(said != "an answer", "no answer over UDP", said, cause="bind runs", remedy=remedy)
