"""The pairs that are sabotaged: a module a site, called after its profile of lab/profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from lab import profile
from tests.sabotage.mend import Mend
from tests.sabotage.row import Row

if TYPE_CHECKING:
    from tests.sabotage.draw import Generator


@dataclass(frozen=True)
class Look:
    """What rows of a site may touch on its hosts, beside what look.py looks at on every host.

    Attributes:
        trees: folders of which contents, owners and modes are compared.
        places: paths of which owner and mode are compared.
        daemons: names of processes of which it is compared whether they run.
    """

    trees: Sequence[str] = ()
    places: Sequence[str] = ()
    daemons: Sequence[str] = ()


@dataclass(frozen=True)
class Pair:
    """What the matrix knows of a site.

    Attributes:
        site: its profile.
        rows: those that are written.
        selection: names of the rows that `make test` does.
        ready: name → shell that makes a host of before the swap pass.
        at_seat: a program of the seat that writes down what only a swap would have; none where nothing is lacking.
        put_away: files of users' jobs that production has; the standby is told to have put them away in a swap.
        sweep: shell that takes the suite's own messages away.
        backup_logs: of the backup host, to which the suite itself writes, by its dry runs: what a row made go wrong
            must not be read by the next one.
        look: what of its hosts is compared.
        mends: row → how its remedies are followed.
        generators: by which further rows are drawn.
    """

    site: profile.Profile
    rows: tuple[Row, ...]
    selection: tuple[str, ...]
    sweep: str
    backup_logs: str
    look: Look
    put_away: tuple[str, ...]
    ready: Mapping[str, str] = field(default_factory=dict)
    at_seat: Path | None = None
    mends: Mapping[str, Sequence[Mend]] = field(default_factory=dict)
    generators: tuple[Generator, ...] = ()

    @property
    def servers(self) -> tuple[str, str]:
        """The names of production and standby."""
        production, standby = self.site.pair
        return production.name, standby.name

    @property
    def backup(self) -> str:
        """The name of who takes the backups."""
        return self.site.of_group("backup")[0].name

    @property
    def others(self) -> tuple[str, ...]:
        """The names of who is broken too, beside the pair."""
        return self.backup, self.site.of_group("outside")[0].name

    @property
    def site_toml(self) -> Path:
        """Its site.toml; manual.toml lies beside it."""
        return self.site.site or profile.PROFILES.parents[1] / "site.toml"


def load(name: str = "") -> Pair:
    """The pair of a profile; without a name of the default one.

    Raises:
        LabError: there is no such profile (exit status 2).
    """
    known = profile.load(name)
    pair: Pair = import_module(f"tests.sabotage.pairs.of_{known.name}").PAIR
    return pair
