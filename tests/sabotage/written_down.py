"""At the seat, before a swap: writes down what 4.1 and 3.6 would have of production's trees and databases."""

import secrets

import tasks
from irekae.model.items import find_item
from irekae.site.databases import Database
from irekae.subjects.databases import far_end, said
from irekae.subjects.databases.evidence import keep_copied
from irekae.subjects.databases.made import made
from irekae.subjects.trees.arrived import write_down
from irekae.swap.swap import Swap

assert tasks  # declares the items


def keep_database(swap: Swap, entry: Database) -> None:
    """As behind a copy that was found equal."""
    look = far_end.look(swap.production, swap, entry)
    names = far_end.names_of(entry, look)
    server, size, key = far_end.server_of(entry), far_end.size_of(look, names), secrets.token_hex(16)
    about = {"names": names, "key": key, "known": names}
    digest = far_end.inquire(swap.production, swap, "digest", server, said.Digest, size, **about)
    keep_copied(swap, entry, digest, digest, made(swap.production, swap, entry, names, size))


def main() -> None:
    """All trees, all servers."""
    swap = Swap.load().connect()
    write_down(swap.for_pair(find_item("4.1")))
    for entry in swap.site.databases:
        keep_database(swap.for_pair(find_item("3.6")), entry)
    swap.close()


if __name__ == "__main__":
    main()
