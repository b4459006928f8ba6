"""The example for a web page, run in Chromium by a page of a listed origin; a page of any other origin gets nothing."""

import http.server
import os
import queue
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.station.house import TOKEN, UNHURRIED, House

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "station.js"
LIMIT_S = 100.0
PAGE = """<!doctype html><meta charset="utf-8"><body></body><script type="module">
import { Station, Refused } from './station.js'
const said = [], over = new AbortController()
try {
  const station = new Station('%s', 'http://127.0.0.1:%d')
  await station.call('PUT', '/staff', { number: 'A104' })
  const visit = await station.start('340100', '341200202611240178', { service_number: 1, stage: 'accepted' })
  const seen = new Promise((done) => station.follow((state) => {
    if (state.state === 'inviting') { over.abort(); done() }
  }, over.signal))
  await station.call('POST', `/visits/${visit}/invitation`)
  await seen
  try { await station.call('POST', '/visits', { matter: { code: '340100' }, case_number: '1' }) } catch (fault) {
    said.push(fault instanceof Refused ? fault.code : 'no refusal')
  }
  said.push((await station.call('GET', '/state')).state)
} catch (fault) { said.push(fault.name) }
await fetch('/said', { method: 'POST', body: said.join(' ') })
</script>"""


class Site(http.server.ThreadingHTTPServer):
    """The business system's own server: it gives the page, and hears what became of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Pages)
        self.page, self.said = "", queue.SimpleQueue[str]()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Pages(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        script = self.path == "/station.js"
        body = EXAMPLE.read_bytes() if script else self.server.page.encode()
        self.send_response(200)
        self.send_header("content-type", "text/javascript" if script else "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.server.said.put(self.rfile.read(int(self.headers["content-length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """What is asked for is of no interest."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        serving = threading.Thread(daemon=True, target=server.serve_forever, args=(0.05,))
        serving.start()
        yield server
        server.shutdown()
        serving.join(20)


def said_in_chromium(site: Site, house: House) -> str:
    """What the page says in the end."""
    site.page = PAGE % (TOKEN, house.port)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:  # of a short name: a socket lies in it
        browser = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={home}", "--remote-debugging-port=0", f"{site.origin}/page.html"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            env={"PATH": "/usr/bin:/bin", "HOME": home, "TMPDIR": home},
        )  # fmt: skip
        try:
            return site.said.get(timeout=LIMIT_S)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(browser.pid, signal.SIGKILL)
            browser.wait(LIMIT_S)


def test_a_page_of_a_listed_origin_starts_invites_and_follows(make_house: Callable[..., House], site: Site) -> None:
    house = make_house(UNHURRIED, origins=(site.origin,))
    assert said_in_chromium(site, house) == "visit_running inviting"
    assert house.terminal.kinds == ["staff.signed_in", "visit.started", "visit.invited"]


def test_a_page_of_another_origin_gets_nothing_though_it_has_the_token(
    make_house: Callable[..., House], site: Site
) -> None:
    house = make_house(UNHURRIED)
    assert said_in_chromium(site, house) == "TypeError"
    assert house.terminal.kinds == []
