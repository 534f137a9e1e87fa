"""A host and the verbs on it: the connection, the agent at its far end, changes with their undo, editors, services.

Anything that could be used on one host for any purpose lives here; phases, roles of the pair and items do not.
"""
