"""Serves the board until somebody ends it: a server, a thread that asks the hosts, and the wait for a signal."""

import contextlib
import ipaddress
import logging
import secrets
import signal
import socket
from collections.abc import Callable
from threading import Event, Thread

import uvicorn

from irekae.board.feed import Feed
from irekae.board.page import Shown
from irekae.board.state import Board
from irekae.board.web import application
from irekae.host import interrupt
from irekae.model.errors import SwapError, wrong_use

LENGTH = 24  # bytes of the token
MOST = 200  # connections at a time
GOODBYE = 2.0  # seconds for those who look to be let go, and for the asking thread to end
ENDING = (signal.SIGINT, signal.SIGTERM)
# What is asked of the server is nobody's to write down: its address holds the token.
logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)

Look = Callable[[], Board]


def opened(address: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        address: of this computer, or a name of it.
        port: 0 for a free one.

    Raises:
        SwapError: there is no such address or port here (exit status 2), or the port is taken.
    """
    if not 0 <= port < 65536:
        raise wrong_use(f"--port {port}: ports go from 0 (a free one) to 65535")
    try:
        family, kind, proto, _, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise wrong_use(f"--listen {address}: {error}", hint="an address of this computer: `ip addr`") from None
    found = socket.socket(family, kind, proto)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(where)
    except OSError as error:
        found.close()
        what = f"the board cannot listen at {address} port {port}"
        hint = "an address of this computer (`ip addr`), a port that is free: `fab board --port 0`"
        raise SwapError(what, error.strerror or str(error), hint) from None
    found.listen(MOST)
    return found


def address_of(listening: socket.socket, token: str) -> str:
    """The address that is typed into a browser; where the board listens at all addresses, with this computer's name."""
    host, port = listening.getsockname()[:2]
    where = ipaddress.ip_address(host.partition("%")[0])
    if where.is_unspecified:
        host = socket.getfqdn()
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/{token}/"


class Server:
    """The board's HTTP server, in a thread of its own.

    Args:
        feed: what is shown.
        listening: a socket that listens.
    """

    def __init__(self, feed: Feed, listening: socket.socket) -> None:
        """Make the token of this board, and start."""
        self._feed, self._listening = feed, listening
        token = secrets.token_urlsafe(LENGTH)
        self.address = address_of(listening, token)
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(feed, token),
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=MOST,
                timeout_graceful_shutdown=round(GOODBYE),
            )
        )
        self._thread = Thread(target=self._server.run, args=([listening],), daemon=True)
        self._thread.start()

    @property
    def lives(self) -> bool:
        """Does it serve still."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Let everybody go, and end."""
        self._feed.end()
        self._server.should_exit = True
        self._thread.join(2 * GOODBYE)
        self._listening.close()


class Asking:
    """The one thread that asks the hosts.

    Args:
        look: one look.
        feed: where it is published.
        pause: seconds until the next one, asked after each.
        close: ends the connections, in that thread.
    """

    def __init__(self, look: Look, feed: Feed, pause: Callable[[], float], close: Callable[[], None]) -> None:
        """Start it."""
        self._look, self._feed, self._pause, self._close = look, feed, pause, close
        self._ended = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(KeyboardInterrupt):  # interrupt.heed: somebody has ended the board
            while not self._ended.wait(self._pause()):
                self._feed.publish(Shown(self._look()))
        with contextlib.suppress(KeyboardInterrupt, SwapError):
            self._close()

    def stop(self) -> bool:
        """Ask it to end; has it, within a short time: one that waits for a host that is away ends later."""
        self._ended.set()
        interrupt.ask_to_stop()
        self._thread.join(GOODBYE)
        return not self._thread.is_alive()


def serve(
    look: Look, pause: Callable[[], float], close: Callable[[], None], listening: socket.socket,
    told: Callable[[str], None],
) -> bool:  # fmt: skip
    """Serve until SIGINT or SIGTERM; has everything come to its end.

    Args:
        look: one look at the hosts; only ever called from one thread at a time.
        pause: seconds until the next one.
        close: ends the connections.
        listening: a socket that listens.
        told: is told the board's address, with its token.
    """
    feed = Feed(Shown(look()))
    # Blocked in every thread, and waited for in this one: no handler runs in the middle of anything.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        server, asking = Server(feed, listening), Asking(look, feed, pause, close)
        told(server.address)
        while server.lives and signal.sigtimedwait(ENDING, 1.0) is None:
            pass
        server.stop()
        return asking.stop()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
