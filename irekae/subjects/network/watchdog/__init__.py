"""The host's own hand in the exchange of addresses (6.1): runs detached as root, standard library only, Python >= 3.7.

The modules of this package are joined to one file, which 5.3 puts into <state>/exchange/ on both hosts. From then on it
guards the address; armed by the seat it changes places with the other host, and goes back by itself unless the seat
confirms over the new address. docs/phase6.md describes and argues the protocol.
"""

from __future__ import annotations

import functools
from pathlib import Path

from irekae.host.far_program import joined

# In this order: each needs only those before it.
MODULES = ("words", "memory", "hold", "live", "ndp", "wire", "talk", "moves", "dog", "verbs")


@functools.cache
def program() -> bytes:
    """All modules as the text of one program."""
    head = '"""Written by irekae: the watchdog of phase 6."""\n\nfrom __future__ import annotations\n'
    return f"{head}{joined(Path(__file__).parent, MODULES)}\nsys.exit(main())\n".encode()
