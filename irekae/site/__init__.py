"""Who and what: hosts.ini, site.toml, secrets.toml, and the machines that are pinned, typed when they are loaded.

What a person has declared lives here; what a host says of itself does not.
"""
