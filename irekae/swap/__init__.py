"""A swap in progress as this seat sees it: its beginning, its gates, its locks, the hosts bound to an item.

What holds for every item lives here; what a single item does belongs to `subjects`.
"""
