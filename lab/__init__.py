"""The rehearsal hosts: real Debian systems on one machine, in a network of their own.

Imports nothing of irekae, so that what is rehearsed can't lean on what it is rehearsed with.
"""
