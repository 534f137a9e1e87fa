"""What both ends of the exchange must agree on: the seat imports this module, and no other of the far end's."""

SETTLED = ("", "reverted", "confirmed")  # states in which an exchange is at rest
GOODBYE = 2.0  # seconds for the operators' connections to end before the address goes
# A command that gives an interface an address, as ifupdown's stanzas have them: 0.2 and the gate go by the same rule.
SETS = r"\bip\b.*\b(a|ad|addr|address)\s+(a|ad|add|r|replace|ch|change|chg)\b|\bifconfig\b"
