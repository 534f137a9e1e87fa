"""How `fab init` looks at a host: each question is asked once."""

from __future__ import annotations

from irekae.subjects.first_site.eyes import Eyes
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd


def test_a_folder_is_looked_into_once_however_many_want_to_know(swap: Swap, ika: FarEnd) -> None:
    ika.put("/srv/wiki/page", "x")
    ika.put("/srv/note", "four")
    eyes = Eyes(swap.links["ika"])
    before = len(ika.asked)
    assert (eyes.names("/srv"), eyes.folders("/srv")) == (["note", "wiki"], ["/srv/wiki"])
    assert (eyes.files("/srv"), eyes.largest("/srv")) == (["/srv/note"], 4)
    assert eyes.names("/none") == eyes.files("/none") == []
    assert ika.asked[before:].count("list") == 2


def test_a_command_is_carried_out_and_a_file_read_once_however_many_want_to_know(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/mailname", "ika.example.org\n")
    eyes = Eyes(swap.links["ika"])
    before = list(ika.asked)
    for _ in range(2):
        assert eyes.text("/etc/mailname") == "ika.example.org\n"
        assert eyes.text("/etc/none") == ""
        assert eyes.said("true", "1") == ""
        assert eyes.said("no-such-command") == ""
    eyes.said("true", "2")
    told = ika.asked[len(before) :]
    assert (told.count("read"), told.count("run")) == (2, 3)
