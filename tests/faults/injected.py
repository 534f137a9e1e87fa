"""All modules that declare faults, in the order in which theirs are injected."""

from tests.faults import chains, operators, lease, power, disk, network, hostile, text, users, plans, forth_and_back  # noqa: I001

LOADED = (chains, operators, lease, power, disk, network, hostile, text, users, plans, forth_and_back)
