"""Posts what a hook is told to an address (`[[hooks]] post`), never longer than its deadline, and nowhere else."""

import http.client
import threading
import urllib.error
import urllib.request
from typing import Any

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
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(str(hook.post), data, headers, method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=hook.deadline):
            return ""
    except urllib.error.HTTPError as error:
        return f"it answers {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        # The text of an error may hold the address, and with it a token.
        return f"it cannot be reached ({type(error).__name__})"
