"""All modules that declare faults, in the order in which theirs are injected."""

from tests.faults import chains, operators, lease, power, disk, network, interfaces, hostile  # noqa: I001
from tests.faults import (
    dead_seats,
    place,
    text,
    users,
    others_work,
    edited_copies,
    plans,
    forth_and_back,
    mail,
    surveys,
    verdicts,
)

LOADED = (
    chains,
    operators,
    lease,
    power,
    disk,
    network,
    interfaces,
    hostile,
    dead_seats,
    place,
    text,
    users,
    others_work,
    edited_copies,
    plans,
    forth_and_back,
    mail,
    surveys,
    verdicts,
)
