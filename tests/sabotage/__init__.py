"""Sabotage of the lab's hosts: what the acceptance suite must notice, and what it must not cry about."""
