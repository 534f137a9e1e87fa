"""Old names that are left after phase 5, for a person to judge (5.2)."""

from fnmatch import fnmatchcase

from irekae.host.editors import EDITORS, HostNames, Leftover
from irekae.host.editors.leftovers import find
from irekae.host.host import Host
from irekae.host.remote import decode
from irekae.model.secrecy import quoted
from irekae.site.site import Leftovers, needed
from irekae.subjects.name_server.zones import files as zone_files
from irekae.swap.swap import Swap, names_of


def left_over(host: Host, swap: Swap) -> tuple[list[str], int]:
    """`path:line: text` of every line that still carries the host's old name or address, and how many are data.

    Files of 5.1 and 5.3 are judged by their own editors, since /etc/hosts, say, rightly names both hosts; the dated
    copies of this swap are passed over.
    """
    old, rules = names_of(host.entry), needed(swap.site.leftovers)
    exchange = swap.exchange_on(host)
    served = zone_files(host, swap.site)
    edited = {file.path: file for file in swap.site.files}
    found = []
    for path, file in edited.items():
        held = host.find(path)
        if held is not None:
            left = EDITORS[file.editor](held.data, exchange).left
            found += [_told(path, held.state["public"], line) for line in left]
    words, data = list(old.forms), 0
    for match in host.link.ask("grep", trees=list(rules.trees), skip=list(rules.skip), words=words):
        path = match["path"]
        if path in edited or path.endswith(f".{swap.today}"):
            continue
        lines = find(decode(match["data"]), [old])
        listed = [line for line in lines if path not in served and not _is_data(path, line, rules, old)]
        data += len(lines) - len(listed)
        found += [_told(path, match["public"], line) for line in listed]
    return found, data


def _is_data(path: str, line: Leftover, rules: Leftovers, old: HostNames) -> bool:
    """Is what was found data there; where only names are, the address is the host's own (`listen-on`)."""
    if any(fnmatchcase(path, pattern) for pattern in rules.data):
        return True
    return any(fnmatchcase(path, pattern) for pattern in rules.data_names) and old.address not in line.word


def _told(path: str, public: bool, left: Leftover) -> str:
    return f"{path}:{left.line}: {quoted(path, public, left.text.strip())}"
