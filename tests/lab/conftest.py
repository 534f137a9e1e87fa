"""The lab of the tests of phase 6: both hosts before it, and somebody who watches their addresses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.driver import PROJECT
from tests.lab.exchange_net import Net

CONFIRM_WITHIN = 30  # seconds: the hosts of a lab share a machine with everything else


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    site = tmp_path_factory.mktemp("site") / "site.toml"
    text = (PROJECT / "site.toml").read_text().replace("confirm_within = 60", f"confirm_within = {CONFIRM_WITHIN}")
    site.write_text(text)
    net = Net(site)
    with net.lab.borrowed() as lab:
        code, said = net.go_on(net.seat("prepare"))
        assert code == 0, said
        lab("snapshot", "before-phase6")
        yield net


@pytest.fixture
def net(made: Net) -> Iterator[Net]:
    """Both hosts as they are before phase 6; at no moment may both answer for one address."""
    made.lab("restore", "before-phase6")
    made.watch_addresses()
    yield made
    made.want_one_answer_each()
