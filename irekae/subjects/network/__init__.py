"""The exchange of names and addresses (5.3, 6.1): the seat's side, the guard at boot, the hosts' own watchdog.

docs/phase6.md describes and argues the protocol. Files that carry names are `host.editors`' matter.
"""
