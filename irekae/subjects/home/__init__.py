"""The copy of /home, host to host (0.4, 3.1, 4.1), and taking it back.

Everything that names rsync lives here; accounts and their numbers do not.
"""
