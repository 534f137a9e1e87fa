"""All modules that declare faults, in the order in which theirs are injected."""

from tests.faults import chains, operators, lease, power, disk, network, interfaces, hostile  # noqa: I001
from tests.faults import place, text, users, others_work, plans, forth_and_back, mail

LOADED = (
    chains,
    operators,
    lease,
    power,
    disk,
    network,
    interfaces,
    hostile,
    place,
    text,
    users,
    others_work,
    plans,
    forth_and_back,
    mail,
)
