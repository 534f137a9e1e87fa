"""Phase 8: reboot (OS 再起動). With production's, mail begins to arrive there: the point of no return."""

from irekae import subjects
from irekae.host.host import Host
from irekae.model.items import On, item
from irekae.proof.boot_record import keep_boot_record
from irekae.swap.swap import Swap


def give_all_back(host: Host, swap: Swap) -> None:
    """What 1.5 and 1.7 held: users' jobs on production, the scheduled backup, timers, the logins."""
    _place_jobs(host, swap)
    _give_back_after(host, swap)


def _place_jobs(host: Host, swap: Swap) -> None:
    if host.role is On.PRODUCTION:
        subjects.release_jobs(host, swap)
    else:
        subjects.retire_jobs(host, swap.site)
    subjects.timers.enable(host, swap.site)


def _give_back_after(host: Host, swap: Swap) -> None:
    subjects.give_back(host, swap)
    subjects.timers.arm(host, swap.site)
    subjects.open_logins(host)


@item(
    "8.1",
    "OS 再起動",
    "Reboot",
    on=On.BOTH,
    asks="reboot",
    anyway=give_all_back,
    keeps=keep_boot_record,
    undo="a reboot is not taken back; behind production's there is no way back",
)
def restart(host: Host, swap: Swap) -> None:
    """Proved by a new boot id; then what 1.5 and 1.7 held is given back, users' jobs before it: `@reboot` shall run.

    At its end the host keeps what was there: phase 9 names what has changed since. So it may be repeated at any time.
    """
    _place_jobs(host, swap)
    subjects.reboot(host, swap)
    _give_back_after(host, swap)
