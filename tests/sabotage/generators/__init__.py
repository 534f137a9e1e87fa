"""Kinds of damage from which rows are drawn, by subject."""

from tests.sabotage.draw import Generator
from tests.sabotage.generators import boots, daemons, reads, surveyed

GENERATORS: tuple[Generator, ...] = (reads.GENERATOR, boots.GENERATOR, daemons.GENERATOR, surveyed.GENERATOR)
