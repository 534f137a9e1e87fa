"""Tests, as a package: `python -m tests.faults`, and files of one name in two folders."""
