"""Headless Chromium, spoken to by its DevTools protocol over a pipe: no port, no package.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
END = b"\0"
# The browser reads commands from descriptor 3, and writes its answers to 4.
START = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for number, end in zip((3, 4), ends):
    os.dup2(end, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
PATIENCE = 60  # seconds for one answer


class Chromium:
    """A browser with one tab.

    Args:
        scripts: is JavaScript switched on.
    """

    def __init__(self, scripts: bool = True) -> None:
        self._profile = tempfile.TemporaryDirectory()
        to_read, self._to_write = os.pipe()
        self._from_read, from_write = os.pipe()
        argv = [
            sys.executable, "-c", START, str(to_read), str(from_write), str(CHROMIUM), "--headless", "--no-sandbox",
            "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={self._profile.name}",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            argv, pass_fds=(to_read, from_write), stderr=subprocess.DEVNULL, start_new_session=True
        )
        os.close(to_read)
        os.close(from_write)
        self._out: BinaryIO = os.fdopen(self._to_write, "wb", buffering=0)
        self._in: BinaryIO = os.fdopen(self._from_read, "rb")
        self._number, self._session = 0, ""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.ask("Page.enable")
        self.ask("Emulation.setScrollbarsHidden", hidden=True)
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.resize(1280)
        self.prefer(dark=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._session = ""
        with contextlib.suppress(OSError, EOFError):
            self.ask("Browser.close")
        self._process.wait(PATIENCE)
        self._out.close()
        self._in.close()
        with contextlib.suppress(OSError):
            self._profile.cleanup()

    def ask(self, method: str, **params: Any) -> Any:
        """Send a command and return its result; events that come meanwhile are passed over."""
        self._number += 1
        number = self._number
        words = {"id": number, "method": method, "params": params}
        if self._session:
            words["sessionId"] = self._session
        self._out.write(json.dumps(words).encode() + END)
        for answer in self._messages():
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer}"
                return answer["result"]
        raise EOFError("the browser has ended")

    def _messages(self) -> Iterator[dict[str, Any]]:
        while True:
            data = bytearray()
            while not data.endswith(END):
                byte = self._in.read(1)
                if not byte:
                    return
                data += byte
            yield json.loads(data[:-1])

    def wait_for(self, event: str) -> dict[str, Any]:
        """The next event of that name."""
        for message in self._messages():
            if message.get("method") == event:
                found: dict[str, Any] = message["params"]
                return found
        raise EOFError("the browser has ended")

    def resize(self, width: int) -> None:
        """Make the window so many CSS pixels wide."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def prefer(self, dark: bool) -> None:
        """Set what the user of the browser prefers: light on dark, or dark on light."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", features=features)

    def html(self) -> str:
        """The document as it is now, also where scripts are switched off."""
        root = self.ask("DOM.getDocument")["root"]["nodeId"]
        return str(self.ask("DOM.getOuterHTML", nodeId=root)["outerHTML"])

    def open(self, url: str) -> None:
        """Load a page, and wait until it is loaded."""
        self.ask("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page; a promise is waited for."""
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, condition: str) -> Any:
        """Wait until an expression is true, looking again whenever the document changes."""
        return self.run(
            f"new Promise(done => {{ const look = () => {{ const found = {condition}; if (found) done(found); }};"
            "new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true,"
            "characterData: true}); look(); })"
        )

    def picture(self, path: Path) -> None:
        """The whole page, as a PNG."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.ask("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))
