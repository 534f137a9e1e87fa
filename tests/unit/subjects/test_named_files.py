"""Files that carry names (5.1, 5.3) are written only when their reader would read the new name in them."""

from collections.abc import Sequence

import msgspec.structs
import pytest

from irekae.host.host import Host
from irekae.host.remote import HostError
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.site.site import NamedFile
from irekae.subjects.named_files import exchange_file, files_now
from irekae.subjects.preflight.names import not_understood
from irekae.swap.swap import Swap
from tests.unit.farend import Answers, FarEnd

ITEM = Item("5.1", "names", "", "", On.BOTH, lambda *_: None, "M", EXACT, False, False, False)
ZONE = "$TTL 1d\n@ SOA ika-itpass.scitec.kobe-u.ac.jp. root.localhost. (1 2 3 4 5)\n@ NS localhost.\n"


def file(path: str, editor: str) -> NamedFile:
    return NamedFile(path=path, editor=editor, team="www")  # type: ignore[arg-type]


@pytest.fixture
def host(swap: Swap) -> Host:
    return swap.host(ITEM, On.PRODUCTION)


def refusing(*words: bytes) -> Answers:
    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        return (1, "no, not that") if any(word in stdin for word in words) else (0, "OK")

    return answer


@pytest.mark.parametrize(
    ("path", "editor", "text"),
    [
        ("/etc/hostname", "hostname", ""),
        ("/etc/hostname", "hostname", "# ika\n"),
        ("/etc/hostname", "hostname", "kani\n"),
        ("/etc/hosts", "hosts", "10.0.0.9 tako\n133.30.109.21 ika\n"),
    ],
)
def test_a_file_that_would_not_say_the_new_name_stays_as_it_was(
    swap: Swap, ika: FarEnd, host: Host, path: str, editor: str, text: str
) -> None:
    ika.put(path, text)
    with pytest.raises(SwapError, match="is not understood"):
        exchange_file(host, swap, file(path, editor))
    assert ika.path(path).read_text() == text
    assert not ika.path(f"{path}.{swap.today}").exists()


def test_a_zone_that_bind_would_refuse_stays_as_it_was(swap: Swap, ika: FarEnd, host: Host) -> None:
    ika.put("/etc/localhost.zone", ZONE)
    ika.commands = refusing(b"tako-itpass")
    with pytest.raises(SwapError, match="named-checkzone refuses it: no, not that"):
        exchange_file(host, swap, file("/etc/localhost.zone", "zone"))
    assert ika.path("/etc/localhost.zone").read_text() == ZONE


def test_what_a_reader_says_of_a_file_that_is_not_for_everybody_is_not_told(
    swap: Swap, ika: FarEnd, host: Host
) -> None:
    ika.put("/etc/localhost.zone", ZONE, 0o640)
    ika.commands = refusing(b"tako-itpass")
    with pytest.raises(SwapError, match="is not understood") as raised:
        exchange_file(host, swap, file("/etc/localhost.zone", "zone"))
    assert "not that" not in str(raised.value)


def test_a_zone_that_bind_refuses_already_is_not_held_against_the_edit(swap: Swap, ika: FarEnd, host: Host) -> None:
    ika.put("/etc/localhost.zone", ZONE)
    ika.commands = refusing(b"SOA")
    exchange_file(host, swap, file("/etc/localhost.zone", "zone"))
    assert "tako-itpass" in ika.path("/etc/localhost.zone").read_text()


def test_the_zone_is_read_under_an_origin_with_which_it_is_right_today(swap: Swap, ika: FarEnd, host: Host) -> None:
    ika.put("/etc/localhost.zone", ZONE)
    ika.commands = lambda argv, stdin: (0, "") if argv[-2] == "epa.scitec.kobe-u.ac.jp" else (1, "out of zone")
    exchange_file(host, swap, file("/etc/localhost.zone", "zone"))
    asked = [argv[-2] for argv in ika.ran if argv[0] == "named-checkzone"]
    assert asked[0] == "localhost", "the file's own name first"
    assert asked[-1] == "epa.scitec.kobe-u.ac.jp"


def test_without_the_reader_the_editor_s_own_proof_counts(swap: Swap, ika: FarEnd, host: Host) -> None:
    def missing(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        raise HostError("ika", "ENOENT", "named-checkzone: No such file or directory", "run")

    ika.put("/etc/localhost.zone", ZONE)
    ika.commands = missing
    exchange_file(host, swap, file("/etc/localhost.zone", "zone"))
    assert "tako-itpass" in ika.path("/etc/localhost.zone").read_text()


def test_what_a_person_brought_right_by_hand_is_right(swap: Swap, ika: FarEnd, host: Host) -> None:
    ika.put("/etc/hostname", "ika\n")
    exchange_file(host, swap, file("/etc/hostname", "hostname"))
    ika.put("/etc/hostname", "# by hand\ntako.example.org\n")
    exchange_file(host, swap, file("/etc/hostname", "hostname"))
    assert ika.path("/etc/hostname").read_text() == "# by hand\ntako.example.org\n"


def test_phase_0_tells_every_file_that_5_1_will_not_understand(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    files = [file("/etc/hostname", "hostname"), file("/etc/mailname", "one_line")]
    swap.site = msgspec.structs.replace(swap.site, files=files)
    for far, name in ((ika, "kani"), (tako, "tako")):
        far.put("/etc/hostname", f"{name}\n")
        far.put("/etc/mailname", f"{name}-itpass.scitec.kobe-u.ac.jp\n")
    found = [(obstacle.where, obstacle.what) for obstacle in not_understood(swap.for_pair(ITEM))]
    assert found == [("ika", "/etc/hostname would be wrong after 5.1: it names the host 'kani'")]


def test_the_interface_s_file_is_left_to_phase_6_whatever_site_toml_says_of_its_names(swap: Swap, ika: FarEnd) -> None:
    interface = swap.site.network.interfaces or ""
    ika.put(interface, "iface eth0 inet static\n")
    listed = NamedFile(path=interface, editor="interfaces", team="www", names=True, addresses=True)
    swap.site = msgspec.structs.replace(swap.site, files=[file("/etc/hostname", "hostname"), listed])
    assert [one.path for one in files_now(swap.host(ITEM, On.PRODUCTION), swap)] == ["/etc/hostname"]
