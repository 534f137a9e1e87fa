"""What every name server's adapter does, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

import tasks  # noqa: F401 (declares the items)
from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.model.items import On, find_item
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.subjects.name_server import SERVERS, choose, zones
from irekae.subjects.name_server.built import BuiltBind
from irekae.subjects.name_server.conf import Zone
from irekae.subjects.name_server.packaged import PackagedBind
from irekae.subjects.preflight import undeclared
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

ONE = 'zone "{0}" {{\n\ttype primary;\n\tfile "{1}/db.{0}";\n{2}}};\n'
BUILT = "/usr/local/bind/etc/namedb"


@dataclass
class Case:
    """A name server on a far end: its zones lie in `folder`, its configuration is `conf` ("" its tools know it)."""

    swap: Swap
    far: FarEnd
    namedb: str | None
    conf: str
    folder: str
    kept: list[str]
    text: str = ""
    runs: bool = True
    status: int = 0

    def __post_init__(self) -> None:
        assert self.swap.site.dns
        dns = replace(self.swap.site.dns, namedb=self.namedb, zones=["one.example", "two.example"])
        self.swap.site = replace(self.swap.site, dns=dns)
        self.text = self.statements("one.example") + self.statements("two.example", "\tupdate-policy local;\n")
        for zone in ("one.example", "two.example"):
            self.far.put(f"{self.folder}/db.{zone}", f"data of {zone}\n")
        self.far.put(self.conf or "/etc/bind/named.conf", "x\n")
        self.far.commands = self

    def statements(self, zone: str, more: str = "") -> str:
        return ONE.format(zone, self.folder, more)

    def __call__(self, argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        words = list(argv)
        if words[:3] == ["named-checkconf", "-p", "-x"]:
            assert words[3:] == ([self.conf] if self.conf else [])
            return self.status, self.text
        if words[0] == "ps":
            return (0, "/usr/sbin/named -f -u bind\n") if self.runs else (1, "")
        return 0, ""

    def host(self, number: str = "7.5") -> Host:
        return self.swap.host(find_item(number), On.PRODUCTION)

    def rndc(self) -> list[str]:
        return [f"{argv[4]} {' '.join(argv[5:])}" if argv[4:] else "" for argv in self.verbs()]

    def verbs(self) -> list[list[str]]:
        """Each `freeze` and `thaw`, by its script, with the words behind rndc's name."""
        return [
            ["sh", "-c", "", "", "freeze" if "freeze" in argv[2] else "thaw", *argv[5:]]
            for argv in self.far.ran
            if argv[:2] == ["sh", "-c"] and argv[4:5] == ["rndc"]
        ]


CASES = {
    "built": lambda swap, far: Case(swap, far, BUILT, "/usr/local/bind/etc/named.conf", BUILT, [BUILT]),
    "packaged": lambda swap, far: Case(swap, far, None, "", "/srv/zones", ["/etc/bind", "/srv/zones"]),
}


@pytest.fixture(params=[server.name for server in SERVERS])
def case(request: pytest.FixtureRequest, swap: Swap, ika: FarEnd, tako: FarEnd) -> Case:
    # From phase 7 on the name ika is borne by whom the test's swap says: before the exchange, by itself.
    return CASES[request.param](swap, ika)


def test_it_is_chosen_by_looking(case: Case, request: pytest.FixtureRequest) -> None:
    assert choose(case.host("0.2"), case.swap.site).name == request.node.callspec.params["case"]


def test_its_zones_are_found_wherever_they_lie(case: Case) -> None:
    assert zones.zones(case.host("0.2"), case.swap.site) == [
        Zone("one.example", f"{case.folder}/db.one.example"),
        Zone("two.example", f"{case.folder}/db.two.example", dynamic=True),
    ]


def test_its_tools_are_asked_once_until_the_item_changes_something(case: Case) -> None:
    host = case.host("0.2")

    def asked() -> int:
        return sum(argv[0] == "named-checkconf" for argv in case.far.ran)

    for _ in range(3):
        zones.zones(host, case.swap.site)
        assert list(zones.obstacles(host, case.swap.site)) == []
    assert asked() == 1
    host.put("/etc/motd", b"x\n")
    zones.zones(host, case.swap.site)
    assert asked() == 2


def test_its_data_are_kept_as_they_are_while_no_zone_is_written(case: Case) -> None:
    host = case.host("0.2")
    zones.copy_data(host, case.swap.site)
    for folder in case.kept:
        assert case.far.path(f"{folder}-{host.today}").is_dir()
    copied = case.far.path(f"{case.folder}-{host.today}/db.two.example")
    assert copied.read_text() == "data of two.example\n"
    assert case.rndc() == ["freeze two.example", "thaw two.example"]


def test_a_copy_that_fails_leaves_no_zone_frozen(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Host, source: str, target: str) -> bool:
        raise SwapError("no room")

    monkeypatch.setattr(Host, "copy_tree", fails)
    with pytest.raises(SwapError, match="no room"):
        zones.copy_data(case.host("0.2"), case.swap.site)
    assert case.rndc()[-1] == "thaw two.example"


def test_an_undo_thaws_what_it_froze_behind_what_it_takes_back(case: Case) -> None:
    host = case.host("0.2")
    zones.copy_data(host, case.swap.site)
    case.far.ran.clear()
    for change in reversed([entry for entry in host.record.entries if entry["event"] == "change"]):
        undo_change(case.swap, host, host.record.ground, change, Found())
    assert case.rndc() == ["freeze two.example", "thaw two.example"]
    assert not case.far.path(f"{case.kept[0]}-{host.today}").exists()


def test_a_configuration_that_cannot_be_read_is_an_obstacle(case: Case) -> None:
    case.status = 1
    case.text = "named.conf:3: unknown option"
    (one,) = zones.obstacles(case.host("0.2"), case.swap.site)
    assert "unknown option" in one.what
    with pytest.raises(SwapError, match="cannot be read"):
        zones.copy_data(case.host("0.2"), case.swap.site)


def test_a_zone_that_it_lacks_and_a_file_that_is_missing_are_obstacles(case: Case) -> None:
    case.text = case.statements("two.example")
    case.far.path(f"{case.folder}/db.two.example").unlink()
    told = [one.what for one in zones.obstacles(case.host("0.2"), case.swap.site)]
    assert [line.split(" ")[0] for line in told] == ["one.example", f"{case.folder}/db.two.example"]


def test_where_its_zones_lie_no_data_stay_behind_unsaid(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, list[str]] = {}
    monkeypatch.setattr(
        FarEnd, "_undeclared", lambda self, covered, files: asked.update(covered=covered) or [], raising=False
    )  # fmt: skip
    assert list(undeclared.data(case.swap.for_pair(find_item("0.2")))) == []
    assert set(case.kept) <= set(asked["covered"])


def test_the_package_s_tools_are_told_what_named_was_told(swap: Swap, ika: FarEnd) -> None:
    ika.commands = lambda argv, stdin: (0, "/usr/sbin/named -u bind -c /etc/names/named.conf\n")
    host = swap.host(find_item("0.2"), On.PRODUCTION)
    assert PackagedBind().conf(host, swap.site) == "/etc/names/named.conf"


def test_folders_of_the_system_s_own_are_not_copied(swap: Swap, ika: FarEnd) -> None:
    host = swap.host(find_item("0.2"), On.PRODUCTION)
    some = [Zone("a", "/etc/db.a"), Zone("b", "/etc/bind/zones/b"), Zone("c", "/var/lib/bind/c")]
    assert PackagedBind().folders(host, swap.site, some) == ["/etc/bind", "/var/lib/bind"]


def test_tools_of_a_bind_that_was_built_are_found_beside_it(swap: Swap, ika: FarEnd) -> None:
    host = swap.host(find_item("0.2"), On.PRODUCTION)
    assert BuiltBind().tool(host, "rndc") == "rndc"
    ika.put("/usr/local/bind/sbin/rndc", "x")
    assert BuiltBind().tool(host, "rndc") == "/usr/local/bind/sbin/rndc"
