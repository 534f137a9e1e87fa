"""Files that 5.1 and 5.3 will change: each must be understood by its editor, while there is time to mend it."""

from collections.abc import Iterable

from irekae.host.editors import EDITORS
from irekae.host.host import Host
from irekae.subjects.named_files import why_not
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap


@each_host
def not_understood(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Files which, after their editor, would not say of the new name what they say of the old one today."""
    exchange = swap.exchange_on(host)
    for file in swap.site.files:
        held = host.find(file.path)
        if held is None:
            continue
        why = why_not(host, swap, file, held.data, EDITORS[file.editor](held.data, exchange).text)
        if why:
            yield Obstacle(
                f"{file.path} would be wrong after 5.1: {why}",
                f"let it name this host as {exchange.old.short} (docs/editors.md, {file.editor})",
            )
