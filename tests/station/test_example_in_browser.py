"""The example for a web page, run in Chromium by a page of a listed origin; a page of any other origin gets nothing."""

import functools
import http.server
import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.station.house import TOKEN, UNHURRIED, House

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "station.js"
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
document.body.textContent = `said: ${said.join(' ')};`
</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """What is asked for is of no interest."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the origin by which a browser finds it."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "station.js").write_bytes(EXAMPLE.read_bytes())
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        serving = threading.Thread(daemon=True, target=server.serve_forever, args=(0.05,))
        serving.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join(20)


@pytest.fixture
def home() -> Iterator[Path]:
    """Of a short name: the browser's socket lies in it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def shown_by_chromium(site: tuple[Path, str], house: House, home: Path) -> str:
    folder, origin = site
    (folder / "page.html").write_text(PAGE % (TOKEN, house.port), "utf-8")
    done = subprocess.run(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         f"--user-data-dir={home}", "--virtual-time-budget=20000", "--dump-dom", f"{origin}/page.html"],
        capture_output=True, text=True, timeout=100, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home)},
    )  # fmt: skip
    found = re.search("said: ([^;]*);", done.stdout)
    assert found is not None, done.stdout + done.stderr
    return found[1]


def test_a_page_of_a_listed_origin_starts_invites_and_follows(
    make_house: Callable[..., House], site: tuple[Path, str], home: Path
) -> None:
    house = make_house(UNHURRIED, origins=(site[1],))
    assert shown_by_chromium(site, house, home) == "visit_running inviting"
    assert house.terminal.kinds == ["staff.signed_in", "visit.started", "visit.invited"]


def test_a_page_of_another_origin_gets_nothing_though_it_has_the_token(
    make_house: Callable[..., House], site: tuple[Path, str], home: Path
) -> None:
    house = make_house(UNHURRIED)
    assert shown_by_chromium(site, house, home) == "TypeError"
    assert house.terminal.kinds == []
