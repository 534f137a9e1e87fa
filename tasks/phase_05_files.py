"""Phase 5: exchange of the configuration files (設定ファイルの変更).

The address comes first, since its guard keeps the name as well: a boot in the middle of 5.1 must not give a host the
other's name.
"""

from irekae import subjects
from irekae.host.host import Host
from irekae.model.items import On, item
from irekae.swap.swap import Swap


@item("5.3", "IP アドレスの変更", "Change the address", on=On.BOTH)
def addresses(host: Host, swap: Swap) -> None:
    """In hosts now; in the interface's file when phase 6 is confirmed: until then a boot changes nothing (6.3)."""
    subjects.install_guard(host, swap)
    for file in subjects.files_now(host, swap):
        if file.addresses:
            subjects.exchange_file(host, swap, file)


@item("5.1", "ホスト名の変更", "Change the host name in every file that carries it", on=On.BOTH, after=("5.3",))
def names(host: Host, swap: Swap) -> None:
    """Per-file editors, each after a dated copy, each proved by its reader; never a bulk replace."""
    for file in subjects.files_now(host, swap):
        if file.bears_names:
            subjects.exchange_file(host, swap, file)


@item(
    "5.2",
    "古い名前の検索",
    "Search for old names that are left",
    on=On.BOTH,
    undo="nothing is changed",
    needs=("leftovers",),
)
def leftovers(host: Host, swap: Swap) -> None:
    """Every depth of the trees (D5); shown to a person, never replaced."""
    found, data = subjects.left_over(host, swap)
    tell = host.warn if found else host.say
    tell(
        f"{len(found)} lines still carry an old name" + (": look at each" if found else "") + f"; {data} more are data"
    )
    for line in found:
        host.warn(line)
