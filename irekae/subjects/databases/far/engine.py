"""The protocol of a database server: the few verbs that the copy is made of, an adapter for each kind."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Tuple

from irekae.subjects.databases.far.base import Answer, Command

# An account's statements, each with the one that takes it back ("" where none does); they hold passwords.
Statements = List[Tuple[str, str]]
Accounts = Dict[str, Statements]


class Engine:
    """A server of one kind, asked by root on the host itself.

    Attributes:
        accounts_first: must accounts be there before the data that they own.
    """

    accounts_first = False

    def __init__(self, server: Mapping[str, Any]) -> None:
        """Of site.toml's entry: socket, port and cluster, "" or 0 where they are the usual ones."""
        self.socket, self.port, self.cluster = str(server["socket"]), int(server["port"]), str(server["cluster"])

    def look(self, dumped: bool) -> Answer:
        """What the server is, holds, needs of another and offers to it; it changes nothing.

        dumped: will a dump be made of it: then rows are gone through for values that no dump has digits for.
        """
        raise NotImplementedError

    def files(self) -> Answer:
        """Its data directory, and what a copy of that must know; it changes nothing."""
        raise NotImplementedError

    def rests(self, data: str) -> Answer:
        """Has a server ended well in a data directory (`clean`), and a word for how it has left it (`state`)."""
        raise NotImplementedError

    def databases(self) -> list[str]:
        """The names of those that are no part of the server itself."""
        raise NotImplementedError

    def sessions(self, names: Sequence[str]) -> list[str]:
        """Who else has one of these databases open just now: a line each."""
        raise NotImplementedError

    def digest(self, names: Sequence[str], key: str, known: Sequence[str]) -> Answer:
        """Rows, checksums and every object of these databases, by name; what is kept under a key says nothing without
        it. known: the databases that both hosts have, or will have: rights on things of others are left."""
        raise NotImplementedError

    def objects(self, names: Sequence[str], key: str) -> Answer:
        """How these databases and the accounts are made: digests under a key of every part of every object, what comes
        next of everything that counts, the rights; it reads no rows but for the highest value of what is counted."""
        raise NotImplementedError

    def members(self, names: Sequence[str], whole: bool) -> list[tuple[str, Command]]:
        """What dumps these databases, part by part; whole: with what holds on this machine alone (its tablespaces)."""
        raise NotImplementedError

    def rehearsing(self, name: str) -> Command:
        """What dumps a database without its data: that fails where a dump would."""
        raise NotImplementedError

    def restoring(self, member: str, whole: bool) -> Command:
        """What reads such a part, for databases that are not there; whole: as it was dumped."""
        raise NotImplementedError

    def packet(self, wanted: int = 0) -> int:
        """How long a statement may be, 0 where nothing says so.

        Args:
            wanted: for connections from now on, unless 0.
        """
        return 0

    def drop(self, names: Sequence[str]) -> None:
        """Remove databases; one that is gone is fine."""
        raise NotImplementedError

    def accounts(self) -> Accounts:
        """Every account but those of the server itself and of its administrators."""
        raise NotImplementedError

    def give(self, accounts: Accounts, gone: Sequence[str]) -> None:
        """Make these accounts what is written there, and let others go; all the rest stays as it is."""
        raise NotImplementedError


def statements_of(said: Mapping[str, Any]) -> Accounts:
    """Accounts that were written as JSON."""
    return {str(name): [(str(line[0]), str(line[1])) for line in lines] for name, lines in said.items()}
