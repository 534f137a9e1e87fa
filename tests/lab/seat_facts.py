"""At the seat: `keep` the facts of before the swap, or `compare` them with now and print the rows as JSON."""

import sys

import msgspec

import tasks
from irekae.proof import baseline
from irekae.swap.swap import Swap

assert tasks  # declares the items
swap = Swap.load().connect()
if sys.argv[1] == "keep":
    print(baseline.keep_facts(swap))
else:
    print(msgspec.json.encode(baseline.compare(swap)).decode())
swap.close()
