import threading
from typing import Never

import pytest

from verify.once import Once


def test_work_is_done_once_whoever_asks() -> None:
    done: list[int] = []

    def work() -> int:
        done.append(1)
        return len(done)

    part = Once(work)
    asking = [threading.Thread(target=part.result) for _ in range(5)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert part.result() == 1
    assert part.begun


def test_an_error_is_raised_for_each_who_asks_and_the_work_not_repeated() -> None:
    tries = []

    def fail() -> Never:
        tries.append(1)
        raise OSError("down")

    part = Once(fail)
    for _ in range(3):
        with pytest.raises(OSError, match="down"):
            part.result()
    assert len(tries) == 1


def test_what_was_begun_early_is_waited_for() -> None:
    gate = threading.Event()
    part = Once(lambda: gate.wait(5))
    assert not part.begun
    part.begin()
    assert part.begun
    gate.set()
    assert part.result() is True
