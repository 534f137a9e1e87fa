"""What everybody speaks about, as data: items, journal entries, results, errors, differences, moments.

Nothing here knows a host, a connection or a file of the site; no module of another package is imported.
"""
