"""A real browser without a screen, of a phone's size and with script switched off, driven over plain WebDriver."""

import base64
import contextlib
import http.client
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT_S = 60.0
"""Whatever takes longer has failed, on however slow a machine."""
# Without touch: the driver's way of touching waits for a script to answer, for ever where script is off.
SIZE = {"width": 360, "height": 640, "pixelRatio": 2.0, "touch": False}
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_STARTED = re.compile(r"started successfully on port ([0-9]+)")


_GONE = ("stale element", "no such element", "does not belong to the document", "Cannot find context")


class PageGone(Exception):
    """The element was of a page that has gone meanwhile, or is not there yet."""


@dataclass
class Browser:
    """One session. Elements are found by CSS."""

    port: int
    session: str = ""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One command of the protocol; its value."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT_S)
        try:
            sent = None if method != "POST" else json.dumps(body or {})
            connection.request(method, path, sent, {"content-type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            gone = any(sign in f"{value['error']} {value['message']}" for sign in _GONE)
            raise (PageGone if gone else AssertionError)(path, value["error"], value["message"])
        return value

    def do(self, method: str, path: str, body: Any = None) -> Any:
        """One command of this session."""
        return self.call(method, f"/session/{self.session}{path}", body)

    def open(self, address: str) -> None:
        self.do("POST", "/url", {"url": address})

    def elements(self, css: str) -> list[str]:
        found = self.do("POST", "/elements", {"using": "css selector", "value": css})
        return [element[_ELEMENT] for element in found]

    def texts(self, css: str) -> list[str]:
        """What the elements show."""
        return settled(lambda: [self.do("GET", f"/element/{element}/text") for element in self.elements(css)])

    def shows(self, css: str, *texts: str) -> None:
        """Wait until these elements show these texts."""
        until(lambda: self.texts(css) == list(texts), lambda: f"{css}: {texts}, and not {self.texts(css)}")

    def has(self, css: str, count: int) -> None:
        """Wait until there are so many of these elements."""
        until(lambda: len(self.elements(css)) == count, lambda: f"{css}: {count}, and not {len(self.elements(css))}")

    def press(self, css: str, index: int = 0) -> None:
        """Press an element once it is there."""
        settled(lambda: self.do("POST", f"/element/{self.element(css, index)}/click"))

    def element(self, css: str, index: int = 0) -> str:
        """Raises PageGone: it is not there."""
        found = self.elements(css)
        if index >= len(found):
            raise PageGone(css, index)
        return found[index]

    def write(self, css: str, text: str) -> None:
        settled(lambda: self.do("POST", f"/element/{self.element(css)}/value", {"text": text}))

    def rectangle(self, element: str) -> dict[str, float]:
        return dict(self.do("GET", f"/element/{element}/rect"))

    def reload(self) -> None:
        self.do("POST", "/refresh")

    def back(self) -> None:
        self.do("POST", "/back")

    def as_another_phone(self) -> None:
        """Forget every cookie."""
        self.do("DELETE", "/cookie")

    def picture(self, path: Path) -> bytes:
        """What is shown, as PNG."""
        shot = base64.b64decode(self.do("GET", "/screenshot"))
        path.write_bytes(shot)
        return shot


def settled(act: Callable[[], Any]) -> Any:
    """What `act` gives once the page it is about stands still."""
    late = time.monotonic() + LIMIT_S
    while True:
        try:
            return act()
        except PageGone:
            if time.monotonic() > late:
                raise
            time.sleep(0.05)


def until(holds: Callable[[], bool], what: Callable[[], str]) -> None:
    """Wait for something, at most `LIMIT_S`."""
    late = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < late, what()
        time.sleep(0.05)


@contextlib.contextmanager
def phone_browser(home: Path) -> Iterator[Browser]:
    """A browser whose files all lie in this folder. Needs `chromedriver` and `chromium`."""
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "XDG_CONFIG_HOME": str(home / "config")}
    with subprocess.Popen(
        ["chromedriver", "--port=0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        start_new_session=True,
    ) as driver:
        said: queue.SimpleQueue[str] = queue.SimpleQueue()
        reader = threading.Thread(daemon=True, target=_read, args=(driver, said))
        reader.start()
        try:
            browser = Browser(_port(said))
            options = {
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
                "mobileEmulation": {"deviceMetrics": SIZE},
                "prefs": {"profile.managed_default_content_settings.javascript": 2},
            }
            wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
            browser.session = browser.call("POST", "/session", wanted)["sessionId"]
            yield browser
            browser.do("DELETE", "")
        finally:
            driver.terminate()
            driver.wait(LIMIT_S)
            with contextlib.suppress(ProcessLookupError):  # a browser that did not end with its session
                os.killpg(driver.pid, signal.SIGKILL)
            reader.join(LIMIT_S)


def _read(driver: subprocess.Popen[str], said: queue.SimpleQueue[str]) -> None:
    """Read what the driver says to its end, so that it never waits for us."""
    assert driver.stdout is not None
    for line in driver.stdout:
        said.put(line)
    said.put("")


def _port(said: queue.SimpleQueue[str]) -> int:
    """Where the driver listens, by its own word."""
    lines = []
    while line := said.get(timeout=LIMIT_S):
        lines.append(line)
        if found := _STARTED.search(line):
            return int(found[1])
    raise AssertionError("".join(lines))
