"""Carries items out, plans them, takes them back.

How any item is carried out lives here; what an item does is in tasks/ and `subjects`.
"""
