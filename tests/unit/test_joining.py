"""Programs for the hosts are joined whole, from however many threads at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import irekae.agent
import irekae.watchdog
from irekae.joining import joined


def test_many_threads_join_at_once() -> None:
    folder = Path(irekae.agent.__file__).parent
    alone = joined(folder, irekae.agent.MODULES)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: joined(folder, irekae.agent.MODULES), range(40)))
    assert found == {alone}


def test_nothing_is_imported_from_neighbours() -> None:
    for package in (irekae.agent, irekae.watchdog):
        text = package.program().decode()
        assert f"from {package.__name__}" not in text
        compile(text, "far", "exec")
