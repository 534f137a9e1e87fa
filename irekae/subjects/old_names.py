"""Old names that are left after phase 5, for a person to judge (5.2)."""

from fnmatch import fnmatchcase

from irekae.host.editors import EDITORS
from irekae.host.editors.leftovers import find
from irekae.host.host import Host
from irekae.host.remote import decode
from irekae.swap.swap import Swap, names_of


def left_over(host: Host, swap: Swap) -> tuple[list[str], int]:
    """`path:line: text` of every line that still carries the host's old name or address, and how many are data.

    Files of 5.1 and 5.3 are judged by their own editors, since /etc/hosts, say, rightly names both hosts; the dated
    copies of this swap are passed over.
    """
    old, rules = names_of(host.entry), swap.site.leftovers
    exchange = swap.exchange_on(host)
    edited = {file.path: file for file in swap.site.files}
    found = []
    for path, file in edited.items():
        held = host.find(path)
        if held is not None:
            left = EDITORS[file.editor](held.data, exchange).left
            found += [f"{path}:{line.line}: {line.text.strip()}" for line in left]
    words, data = list(old.forms), 0
    for match in host.link.ask("grep", trees=list(rules.trees), skip=list(rules.skip), words=words):
        path = match["path"]
        if path in edited or path.endswith(f".{swap.today}"):
            continue
        lines = find(decode(match["data"]), [old])
        if any(fnmatchcase(path, pattern) for pattern in rules.data):
            data += len(lines)
        else:
            found += [f"{path}:{line.line}: {line.text.strip()}" for line in lines]
    return found, data
