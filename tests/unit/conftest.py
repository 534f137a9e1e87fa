"""Hypothesis without deadlines: a busy machine is no failure. `--hypothesis-profile=thorough` tries far more."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("usual", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=2500, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("usual")
