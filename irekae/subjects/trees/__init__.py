"""The copies of data trees, /home first of them, host to host (0.4, 3.1, 4.1), and taking them back.

Everything that names rsync lives here; accounts and their numbers do not.
"""
