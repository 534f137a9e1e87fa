"""Posts what a hook is told to an address (`[[hooks]] post`), never longer than its deadline, and nowhere else."""

import base64
import http.client
import threading
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import unquote, urlsplit

from irekae.site.hooks import Hook


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Nobody is sent elsewhere with it."""

    def redirect_request(self, *_: Any) -> None:
        """Take no other address."""


def post(hook: Hook, data: bytes) -> str:
    """Post it; a server that answers bit by bit is left alone when the deadline is over."""
    ended: list[str] = []
    thread = threading.Thread(target=lambda: ended.append(_posted(hook, data)), daemon=True)
    thread.start()
    thread.join(hook.deadline)
    return ended[0] if ended else f"it did not end within {hook.deadline} s"


def _posted(hook: Hook, data: bytes) -> str:
    url, headers = _addressed(str(hook.post))
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **headers}, method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=hook.deadline):
            return ""
    except urllib.error.HTTPError as error:
        return f"it answers {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        # The text of an error may hold the address, and with it a token.
        return f"it cannot be reached ({type(error).__name__})"


def _addressed(url: str) -> tuple[str, dict[str, str]]:
    """The address without its user, and the header that says who that is: urllib takes `user:password@` for a host."""
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    said = b"Basic " + base64.b64encode(unquote(user if ":" in user else f"{user}:").encode())
    return parts._replace(netloc=place).geturl(), {"Authorization": said.decode()}
