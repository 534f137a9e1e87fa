"""Acceptance: the manual's phases 9 and 10 as checks, asked of the hosts as their users would ask."""
