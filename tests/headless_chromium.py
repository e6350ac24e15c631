"""Debian's Chromium without a window, driven over its DevTools pipe by the standard library."""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import time
from pathlib import Path

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


def _pipe():
    """Return a pipe whose ends lie above the numbers 3 and 4, which Chromium wants."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high


class Page:
    """One open page.

    Attributes
    ----------
    complaints : list of str
        Errors and warnings of the console, and uncaught exceptions.
    requests : list of str
        Addresses that the page asked for.
    """

    def __init__(self, folder):
        self.complaints, self.requests = [], []
        self._buffer, self._number, self._session = b"", 0, None
        from_browser, browser_writes = _pipe()
        browser_reads, to_browser = _pipe()
        self._read, self._write = from_browser, to_browser
        folder.mkdir(parents=True, exist_ok=True)
        log = os.open(folder / "chromium.log", os.O_WRONLY | os.O_CREAT)
        self._process = os.posix_spawn(
            PROGRAM,
            [PROGRAM, *FLAGS, f"--user-data-dir={folder / 'profile'}"],
            os.environ | {"HOME": str(folder)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, browser_reads, 3),
                (os.POSIX_SPAWN_DUP2, browser_writes, 4),
                (os.POSIX_SPAWN_DUP2, log, 1),
                (os.POSIX_SPAWN_DUP2, log, 2),
            ],
            setpgroup=0,
        )
        for end in (browser_reads, browser_writes, log):
            os.close(end)

    def start(self):
        """Open an empty page and listen to it."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, *, patience=60.0, **params):
        """Send one DevTools command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + patience
        while True:
            answer = self._message(deadline)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self._note(answer)

    def _message(self, deadline):
        while b"\0" not in self._buffer:
            if not select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            received = os.read(self._read, 1 << 20)
            if not received:
                raise RuntimeError("Chromium has ended")
            self._buffer += received
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def _note(self, event):
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", details).get("description", "thrown"))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
            self.complaints.append(" ".join(str(a.get("value")) for a in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def resize(self, width, height):
        """Give the window a size in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)

    def open(self, address):
        """Load an address."""
        self.call("Page.navigate", url=address)

    def evaluate(self, expression):
        """Return the value of a JavaScript expression; promises are awaited."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, condition, patience=60.0):
        """Wait until a JavaScript condition holds."""
        deadline = time.monotonic() + patience
        while not self.evaluate(f"Boolean({condition})"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"never became true: {condition}; {self.complaints}")
            time.sleep(0.05)

    def move(self, x, y):
        """Move the mouse to a point of the window."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x, y):
        """Click at a point of the window as a user does."""
        self.move(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def act_until(self, act, condition, tries=20):
        """Use the mouse as `act` does, as often as it takes for a JavaScript condition to hold.

        Plotly drops what comes before it has noticed the mouse, which a busy machine lets happen.
        """
        for attempt in range(1, tries + 1):
            act()
            try:
                return self.wait_for(condition, patience=3.0)
            except TimeoutError:
                if attempt == tries:
                    raise
                self.move(2, 2)

    def screenshot(self, path=None, whole=True):
        """Return the page's picture as PNG bytes, and write them to `path` if given."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        picture = base64.b64decode(answer["data"])
        if path:
            Path(path).write_bytes(picture)
        return picture

    def close(self):
        """End the browser that this object started, and no other."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process, signal.SIGTERM)
        os.waitpid(self._process, 0)
        os.close(self._read)
        os.close(self._write)


@contextlib.contextmanager
def open_browser(folder):
    """Yield an empty `Page` of a new browser that keeps its files in `folder`."""
    page = Page(Path(folder))
    try:
        page.start()
        yield page
    finally:
        page.close()
