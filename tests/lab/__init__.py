"""Tests of irekae on the hosts of a lab."""
