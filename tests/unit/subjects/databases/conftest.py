"""Two real servers of each kind, where they are installed; each module of tests has its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.subjects.databases.servers import KINDS, Pair, missing, pair_of


@pytest.fixture(scope="package", params=KINDS)
def servers(request: pytest.FixtureRequest) -> Iterator[Pair]:
    if why := missing(request.param):
        pytest.skip(why)
    # pytest's own folders are closed to the servers' users.
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    folder = tempfile.mkdtemp(prefix="irekae-databases-", dir=memory)
    yield from pair_of(request.param, Path(folder))
    shutil.rmtree(folder)


@pytest.fixture
def untouched(servers: Pair) -> Pair:
    """As before a swap; the test changes nothing."""
    servers.fill()
    return servers


@pytest.fixture
def pair(untouched: Pair) -> Iterator[Pair]:
    """As before a swap."""
    yield untouched
    untouched.fresh = False
