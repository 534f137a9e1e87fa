"""Everything that would stand in the way of a swap, found before it begins (0.2): one small check for each subject.

A check is a function that looks at the pair and yields obstacles, each with its remedy. It changes nothing. To add one,
write it in a module of its own here (`obstacle.py` has what it is made of) and put it into `CHECKS`.
"""

from irekae.subjects import mail_tables, mail_users
from irekae.subjects.preflight import (
    accounts,
    clock,
    cron_files,
    databases,
    door,
    filters,
    identity,
    large,
    listening,
    mail,
    marks,
    mounts,
    name_server,
    names,
    network,
    paths,
    programs,
    remade,
    roles,
    service_name,
    services,
    trees,
    undeclared,
)
from irekae.subjects.preflight.obstacle import Check, Obstacle, find_all, needing
from irekae.swap.swap import Swap

__all__ = ["CHECKS", "Obstacle", "obstacles"]

# Where one of these finds anything the others would be told of the wrong host: what ends them might do harm there.
WHO: tuple[Check, ...] = (identity.names, roles.taken_for_each_other)
# In the order in which they are told.
CHECKS: tuple[Check, ...] = (
    marks.undecided,
    identity.clones,
    clock.differences,
    programs.missing,
    paths.missing,
    paths.replaceable,
    remade.files,
    names.not_understood,
    service_name.known,
    services.as_declared,
    services.moved,
    services.timers,
    needing("phase1.scheduled", cron_files.not_held),
    needing("mail", services.patient_stop),
    listening.sockets,
    needing("leftovers", listening.stated),
    needing("dns", name_server.zones_of_both),
    needing("dns", name_server.resolvers),
    needing("mail", mail.queues),
    needing("mail", mail.on_standby_alone),
    needing("mail.tables", mail_tables.not_made),
    needing("mail.tables", mail_users.users_not_carried),
    large.files,
    needing("home|trees|databases", trees.rsync),
    trees.attributes,
    needing("home|trees", trees.accounts),
    mounts.below,
    mounts.room,
    trees.space,
    trees.stopped,
    needing("databases", databases.servers),
    undeclared.data,
    needing("trees|mail.lists", cron_files.on_copied_data),
    network.interface,
    network.pair,
    network.holders,
    filters.by_address,
    needing("home|trees|databases", door.cannot_close),
    needing("home|trees|databases", door.no_programs_run),
    needing("home|trees|databases", door.key_refused),
    accounts.operators,
    accounts.differences,
)


def obstacles(swap: Swap) -> list[str]:
    """Reasons why the swap may not begin, of both hosts, each with what ends it; empty when it may.

    Raises:
        Lost: a connection was lost; what was found until then is told with it.
    """
    found = find_all(swap, WHO)
    checks = (marks.undecided, identity.clones) if found else CHECKS
    return [str(obstacle) for obstacle in [*found, *find_all(swap, checks)]]
