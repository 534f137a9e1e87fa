"""What both ends of the exchange must agree on: the seat imports this module, and no other of the far end's."""

SETTLED = ("", "reverted", "confirmed")  # states in which an exchange is at rest
GOODBYE = 2.0  # seconds for the operators' connections to end before the address goes
