"""docs/STATION.md says what is true: its table of refusals, its bodies and answers, and its examples, which are run."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.core.view import View
from kiosk.station.calls import CALLS, Call
from kiosk.station.limits import USUAL
from kiosk.station.refusals import REFUSALS
from tests.station.document import document, fault
from tests.station.house import TOKEN, House

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
PAGE = (ROOT / "docs" / "STATION.md").read_text("utf-8")


def _rows(first: str) -> list[list[str]]:
    """The rows of the table whose head begins with this word."""
    _, _, rest = PAGE.partition(f"\n| {first} |")
    table = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table]


def _blocks(call: Call) -> list[Any]:
    """The JSON that stands under a call's heading."""
    _, found, rest = PAGE.partition(f"\n### {call.method} {call.path}\n")
    assert found, f"{call.method} {call.path} has no heading"
    section = re.split(r"\n##+ ", rest)[0]
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", section, re.DOTALL)]


def test_every_refusal_is_in_the_table_with_its_status() -> None:
    told = {row[0].strip("`"): int(row[1]) for row in _rows("code")}
    assert told == {code: words.status for code, words in REFUSALS.items()}


def test_every_state_is_in_its_table() -> None:
    assert {row[0].strip("`") for row in _rows("state")} == {str(state) for state in State}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_every_call_is_told_with_bodies_and_answers_that_are_right(call: Call) -> None:
    blocks = _blocks(call)
    schemas = document()["components"]["schemas"]
    if call.takes is not None:
        assert fault(blocks[0], schemas[call.takes.__name__]) == ""
    if blocks and call.answers is not None:
        assert fault(blocks[-1], schemas[call.answers.__name__]) == ""
        assert set(blocks[-1]) == set(schemas[call.answers.__name__]["properties"])


def test_the_bounds_it_names_are_the_bounds_there_are() -> None:
    for words in (
        f"{USUAL.body_bytes // 1024} KB", f"more than {USUAL.requests_per_s} requests", f"{USUAL.listeners} programs",
        f"Every {USUAL.heartbeat_s:.0f} s", f"within {USUAL.answer_s:.0f} s", f"within {USUAL.body_s:.0f} s",
    ):  # fmt: skip
        assert words in PAGE


def test_every_link_leads_somewhere() -> None:
    titles = [line.lstrip("# ").lower() for line in PAGE.splitlines() if line.startswith("#")]
    headings = {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if target.startswith("#"):
            assert target[1:] in headings, target
        else:
            assert (ROOT / "docs" / target).exists(), target
    assert {path.name for path in EXAMPLES.iterdir()} == set(re.findall(r"examples/([\w.]+)", PAGE))


@pytest.fixture
def citizen(house: House) -> Iterator[House]:
    """A house in which whoever is invited rates."""
    invited, over = threading.Semaphore(0), threading.Event()

    def see(view: View) -> None:
        if view.situation.state is State.INVITING and view.situation.awaiting is None:
            invited.release()

    def rate() -> None:
        while not over.is_set():
            if invited.acquire(timeout=0.1):
                house.terminal.submit(e.TapLevel(Level.SATISFIED))
                house.terminal.submit(e.Submit())

    stop = house.terminal.watch(see)
    thread = threading.Thread(daemon=True, target=rate)
    thread.start()
    yield house
    over.set()
    thread.join(20)
    stop()


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "station.token"
    path.write_text(TOKEN + "\n", "ascii")
    return path


def test_the_example_with_curl_starts_and_invites(house: House, token_file: Path) -> None:
    done = subprocess.run(
        ["sh", str(EXAMPLES / "station.sh"), "A104", "340100", "341200202611240178"], capture_output=True, text=True,
        env={"STATION": f"http://127.0.0.1:{house.port}", "TOKEN_FILE": str(token_file), "PATH": "/usr/bin:/bin"},
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["state"], last["staff"]["number"]) == ("inviting", "A104")
    assert house.terminal.kinds == ["staff.signed_in", "visit.started", "visit.invited"]
    refused = subprocess.run(
        ["sh", str(EXAMPLES / "station.sh"), "nobody", "340100", "1"], capture_output=True, text=True, timeout=60,
        env={"STATION": f"http://127.0.0.1:{house.port}", "TOKEN_FILE": str(token_file), "PATH": "/usr/bin:/bin"},
        check=False,
    )  # fmt: skip
    assert refused.returncode != 0
    assert "unknown_staff" in refused.stdout


def test_the_example_in_python_follows_a_visit_to_its_end(citizen: House, token_file: Path) -> None:
    url = f"http://127.0.0.1:{citizen.port}"
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "station.py"), str(token_file), "A104", "340100", "341200202611240178", url],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "ended rated"
    visit = citizen.terminal.view().situation.visit
    assert visit is not None
    assert done.stdout.startswith(f"started {visit.visit_id}\n")


def test_the_examples_name_no_level() -> None:
    for path in EXAMPLES.iterdir():
        assert not re.search("satisf|满意", path.read_text("utf-8")), path.name
