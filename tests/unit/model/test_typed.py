"""Types are safe where two threads meet at them for the first time."""

from __future__ import annotations

import subprocess
import sys
from typing import TypedDict

import msgspec
import pytest

from irekae.model.typed import converted, decoded
from tests.driver import PROJECT

# A type is new once only, and what must not happen ends the process: so it is another one, whose threads change often.
MEETING = """
import sys, threading
from typing import TypedDict
from irekae.model.typed import converted, decoded
sys.setswitchinterval(1e-6)
for _ in range(300):
    Inner = TypedDict("Inner", {"number": int, "word": str})
    Outer = TypedDict("Outer", {"some": list[Inner], "named": dict[str, Inner]})
    value = {"some": [{"number": 1, "word": "x"}], "named": {}}
    meet = threading.Barrier(2)
    def take(way, given):
        meet.wait()
        assert way(given, Outer) == value
    threads = [
        threading.Thread(target=take, args=pair)
        for pair in ((converted, value), (decoded, '{"some": [{"number": 1, "word": "x"}], "named": {}}'))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


class Told(TypedDict):
    number: int


def test_two_threads_may_be_the_first_to_use_a_type() -> None:
    done = subprocess.run([sys.executable, "-c", MEETING], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_not_of_the_type_is_refused() -> None:
    assert converted({"number": 1}, Told) == {"number": 1} == decoded('{"number": 1}', Told)
    with pytest.raises(msgspec.ValidationError):
        converted({"number": "1"}, Told)
    with pytest.raises(msgspec.DecodeError):
        decoded("{", Told)
