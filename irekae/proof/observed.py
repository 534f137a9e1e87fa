"""What can be told of a machine's data and services, taken before the swap and again for the report (0.3)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from irekae.host.host import Host
from irekae.host.remote import Link
from irekae.host.service import ServiceHandle
from irekae.host.services import ServiceState
from irekae.model.items import On, find_item
from irekae.model.journal import now
from irekae.model.legible import legible
from irekae.model.typed import converted
from irekae.proof import dns_records
from irekae.proof.dns_records import Records
from irekae.proof.survey import looking, public
from irekae.proof.survey.looking import Content, Kinds
from irekae.site.site import Site, Tree
from irekae.subjects.trees.rsync_command import OURS
from irekae.swap.swap import Swap


class Below(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that lies below one name: digest of its metadata, number of paths, bytes of files, the newest file's time."""

    digest: str
    paths: int
    bytes: int
    newest: int

    def __str__(self) -> str:
        """As the report shows it."""
        return f"{self.paths} paths, {self.bytes} bytes, {self.digest[:12]}"


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a machine holds of the users.

    Attributes:
        mailboxes: user → messages and bytes.
        home: each name in /home; mailboxes and mailing lists are left out of their owners' digests.
        mail: user → digest of each message's name, size, owner and mode.
        trees: path of a data tree → each name in it; what the copy passes by, mail and lists are left out.
    """

    mailboxes: dict[str, tuple[int, int]]
    home: dict[str, Below]
    mail: dict[str, str] = {}
    trees: dict[str, dict[str, Below]] = {}


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both hosts at one time, by role.

    Attributes:
        at: when, ISO 8601.
        data: role → what the machine holds.
        services: role → service → whether it runs and starts at boot.
        dns: what production's name server answered, by question.
        zones: whole zones, where it gave them.
        seen: role → kind → rows: what root sees on the machine itself.
        outside: kind → rows: what another computer sees of production.
        contents: of a sample of the users' files on production: path → size, time, digest.
    """

    at: str
    data: dict[str, Data]
    services: dict[str, dict[str, str]]
    dns: Records
    zones: dict[str, Records]
    seen: dict[str, Kinds] = {}
    outside: Kinds = {}
    contents: dict[str, Content] = {}


def take(swap: Swap, before: Facts | None = None) -> Facts:
    """Look at both hosts, by the names that they bear now, side by side, and ask production as the public does.

    before: what was found before the swap: then the same pages and ports are asked for.
    """
    # After the exchange an item of the time behind it finds the hosts by the names that they bear now.
    item = find_item("11.2" if swap.exchanged else "0.3")
    hosts = {role.value: swap.host(item, role) for role in (On.PRODUCTION, On.STANDBY)}
    at = now()
    looking.share_key(swap)
    with ThreadPoolExecutor(9) as pool:
        seen = {role: pool.submit(looking.on_host, host.link, swap.site) for role, host in hosts.items()}
        asked = pool.submit(
            lambda: public.from_outside(swap, seen["production"].result(), before.outside if before else None)
        )
        data = {role: pool.submit(data_of, host.link, swap.site) for role, host in hosts.items()}
        services = {role: pool.submit(_services, host, swap.site) for role, host in hosts.items()}
        contents = pool.submit(looking.contents, hosts["production"].link, swap.site, left_out(swap.site))
        dns = pool.submit(_dns, swap)
        return Facts(
            at,
            {role: future.result() for role, future in data.items()},
            {role: future.result() for role, future in services.items()},
            *dns.result(),
            {role: future.result() for role, future in seen.items()},
            asked.result(),
            contents.result(),
        )


def _dns(swap: Swap) -> tuple[Records, dict[str, Records]]:
    address = swap.inventory.production.address
    answers = dns_records.records(address, 53, dns_records.names_of(swap.inventory, swap.site))
    if list(answers.values()) == [["no answer"]]:
        return answers, {}
    zones = {zone: found for zone in swap.site.zones if (found := dns_records.transfer(address, 53, zone))}
    return answers, zones


def data_of(link: Link, site: Site) -> Data:
    """What a machine holds of the users."""
    mailboxes = link.ask("mailboxes", boxes=site.mailboxes) if site.mail else {}
    digests = link.ask("mail_digests", boxes=site.mailboxes) if site.mail else {}
    return Data(
        {legible(user): (messages, size) for user, (messages, size) in mailboxes.items()},
        _digests(link, site.home.path, skip=left_out(site)) if site.home else {},
        {legible(user): digest for user, digest in digests.items()},
        {tree.path: _digests(link, tree.path, skip=passed_by(site, tree)) for tree in site.trees},
    )


def _digests(link: Link, path: str, **options: Any) -> dict[str, Below]:
    found = link.ask("digests", path=path, **options)
    return {legible(name): converted(below, Below) for name, below in found.items()}


def left_out(site: Site) -> list[str]:
    """What the digests of /home leave out: mail, which is counted; lists, which their own traffic changes; our own."""
    return _left_out(site, site.home.path) if site.home else [*OURS]


def passed_by(site: Site, tree: Tree) -> list[str]:
    """What those of a data tree leave out: the same, and what its copy passes by."""
    return [*tree.excludes, *_left_out(site, tree.path)]


def _left_out(site: Site, top: str) -> list[str]:
    lists = [ml.place for ml in site.lists if ml.place]
    boxes, inside = (
        [path.removeprefix(top) for path in paths if path.startswith(f"{top}/")] for paths in (site.mailboxes, lists)
    )
    return [*(box.rstrip("/") for box in boxes), *OURS, *inside]


def _services(host: Host, site: Site) -> dict[str, str]:
    return {name: _word(ServiceHandle(host, service).state()) for name, service in site.services.items()}


def _word(state: ServiceState) -> str:
    now_ = {True: "runs", False: "does not run", None: "unknown whether it runs"}[state.running]
    boot = {True: "starts at boot", False: "does not start at boot", None: "unknown at boot"}[state.at_boot]
    return f"{now_}, {boot}"
