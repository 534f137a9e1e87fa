"""Programs for the hosts are joined whole, from however many threads at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import irekae.host.agent
import irekae.subjects.network.watchdog
from irekae.host.far_program import joined


def test_many_threads_join_at_once() -> None:
    folder = Path(irekae.host.agent.__file__).parent
    alone = joined(folder, irekae.host.agent.MODULES)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: joined(folder, irekae.host.agent.MODULES), range(40)))
    assert found == {alone}


def test_nothing_is_imported_from_neighbours() -> None:
    for package in (irekae.host.agent, irekae.subjects.network.watchdog):
        text = package.program().decode()
        assert f"from {package.__name__}" not in text
        compile(text, "far", "exec")
