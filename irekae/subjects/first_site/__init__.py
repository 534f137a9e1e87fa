"""A first hosts.ini and site.toml, written by looking at both hosts (`fab init`). What is read of a host is data.

`eyes` asks a host and changes nothing; each other module tells a few tables of what it saw, `page` writes them down.
"""
