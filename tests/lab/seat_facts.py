"""At the seat: `keep` the survey of before the swap, tell its `rows`, or `compare` it with now; these two as JSON."""

import sys
from collections.abc import Iterator

import msgspec

import tasks
from irekae.proof import baseline
from irekae.proof.observed import Facts
from irekae.swap.evidence import Kind, Reading, all_of
from irekae.swap.swap import Swap

assert tasks  # declares the items


def told(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Kind, key and value of each row."""
    for kind, rows in [*facts.seen["production"].items(), *facts.outside.items()]:
        yield from ((kind, key, value) for key, value in rows.items())
    yield from (("/home", name, str(below)) for name, below in facts.data["production"].home.items() if below.paths > 5)
    yield from (("contents of", path, content[2]) for path, content in facts.contents.items() if content[0])


swap = Swap.load().connect()
if sys.argv[1] == "keep":
    print(baseline.keep_facts(swap))
elif sys.argv[1] == "rows":
    print(msgspec.json.encode(list(told(all_of(swap, Kind.SURVEY, Facts)[-1].value))).decode())
else:
    print(msgspec.json.encode(baseline.compare(swap, Reading(swap))).decode())
swap.close()
