"""`fab board`: a live page for everybody, until it is ended."""

import os
from functools import partial
from typing import Any

from irekae.cli import session
from irekae.model.errors import Status
from irekae.model.printing import confide, show
from irekae.site.inventory import load_inventory

LOOPBACK, PORT = "127.0.0.1", 8710


def board(c: Any, port: int = PORT, listen: str = LOOPBACK) -> None:
    """A live page for everybody: where the swap stands, who works on what, the outage, what comes next. Reads only."""
    session.for_both(c, "board")
    from irekae.board import serve
    from irekae.board.looking import Looking

    listening = serve.opened(listen, port)
    looking = Looking(load_inventory(), partial(session.connected, some=True), session.forget)
    ended = serve.serve(looking.look, lambda: looking.pause, looking.close, listening, _tell)
    show("the board is ended")
    if not ended:
        # A host that is away keeps the asking thread waiting for it; nobody needs what it would still say.
        os._exit(Status.DONE)


def _tell(address: str) -> None:
    confide(f"the board: {address}")
    show("it reads, and changes nothing; whoever has the address sees it; Ctrl-C ends it")
