"""What keeps NetworkManager off the interface adds to others' lists, and counts beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import On, find_item
from irekae.subjects.network.managers.networkmanager import hold, not_held
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

FILE = "/etc/NetworkManager/conf.d/docker.conf"


def test_it_adds_to_what_others_have_listed() -> None:
    (text,) = hold("eth0").values()
    assert "\nunmanaged-devices+=interface-name:eth0\n" in text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("unmanaged-devices=interface-name:docker0", True),
        (" unmanaged-devices = interface-name:docker0", True),
        ("unmanaged-devices+=interface-name:docker0", False),
        ("#unmanaged-devices=interface-name:docker0", False),
    ],
)
def test_a_list_that_would_leave_it_out_is_told(swap: Swap, ika: FarEnd, line: str, told: bool) -> None:
    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        pattern = argv[2].replace("[[:space:]]", "[ \\t]")
        return (0, f"{FILE}\n") if re.search(pattern, line) else (1, "")

    ika.commands = answer
    found = [one.what for one in not_held(swap.host(find_item("0.2"), On.PRODUCTION), "eth0")]
    assert [one.split()[0] for one in found] == ([FILE] if told else [])
