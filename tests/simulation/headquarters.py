"""Central in the same process: the real application over SQLite in memory, asked through its own front door."""

import asyncio
import base64
import contextlib
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from kiosk.central.store import open_store
from kiosk.core.phone_link import PATH
from kiosk.sync.ports import Call, Reply
from tests.central.phones import Phone
from tests.central.stand_in import Central
from tests.simulation.seams import SENDER


class InlineLoop(asyncio.SelectorEventLoop):
    """Runs on its own thread what would go to another."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as fault:
            future.set_exception(fault)
        return future


class Handset:
    """A citizen's phone with the link that stood on a screen. Its own line always works; central may not."""

    def __init__(self, headquarters: "Headquarters", link: str) -> None:
        self._headquarters, self._token = headquarters, link.partition(PATH)[2]
        self._jar: dict[str, str] = {}

    def press(self, step: str, **fields: str | list[str]) -> str:
        """Send a form; which step the page asks for that comes back, `thanks`, or nothing where it offers none."""
        if self._headquarters.down or self._headquarters.busy_s is not None:
            return ""
        central = self._headquarters.of_this_moment()
        page = Phone(central, self._token, jar=self._jar).press(step, **fields).body.decode()
        asks = re.search(r'name="step" value="(\w+)"', page)
        return asks[1] if asks else "thanks" if 'class="receipt"' in page else ""


class Headquarters:
    """Central, and what it can be asked in the end. `down`: does not answer; `busy_s`: answers 503, try again then."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._runner = asyncio.Runner(loop_factory=InlineLoop)
        self.store = open_store("sqlite://")
        self.down = False
        self.busy_s: int | None = None
        self.calls = 0
        self.restart()

    def restart(self) -> None:
        """Another process over the same database."""
        self.central = Central(self.store, now_ms=self._now_ms(), runner=self._runner)

    def of_this_moment(self) -> Central:
        """The application, by the clock as it stands."""
        self.central.now_ms = self._now_ms()
        return self.central

    def close(self) -> None:
        self._runner.close()
        self.store.close()

    def answer(self, key_id: str, call: Call, created_s: int) -> Reply:
        """What comes back over the line, byte by byte as the application says it."""
        self.calls += 1
        if self.busy_s is not None:
            return Reply(503, {"retry-after": str(self.busy_s), "content-type": "text/plain"}, b"busy")
        headers = {"kiosk-protocol": "1", SENDER: f"{key_id} {created_s}", **call.headers}
        if call.body:
            headers["content-type"] = "application/json"
        if call.gzipped:
            headers["content-encoding"] = "gzip"
        found = self.of_this_moment().call(call.method, f"/api/v1{call.path}", headers, call.body)
        return Reply(found.status, found.headers, found.body)

    def enrol(self, window: str, public_key: bytes, mode: str) -> dict[str, Any]:
        """Make a terminal known, in this set-up; the answer to its enrolment."""
        self.central.now_ms = self._now_ms()
        wanted = {"hall": "FY", "window": window, "mode": mode}
        code = self.central.hall("POST", "/api/v1/enrolment-codes", wanted).json["code"]
        body = {"code": code, "public_key": base64.b64encode(public_key).decode(), "hardware": {"cpu": "x"}}
        answer = self.central.post("/api/v1/enrolments", body)
        assert answer.status == 201, answer.body
        found: dict[str, Any] = answer.json
        return found

    def let_phones_rate(self) -> None:
        """From now on the hall has a page for phones; its terminals hear of it with their profile."""
        with self.store.transaction() as connection:
            connection.exec_driver_sql("UPDATE halls SET phone_page = 'https://rate.example'")

    # -- what a supervisor may ask -----------------------------------------------------------------------------------

    def every(self, path: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        items: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.central.hall("GET", f"/api/v1/{path}?limit=200{after}").json
            items += page["items"]
            if page["next"] is None:
                return items
            after = f"&after={page['next']}"

    def alarms(self) -> list[tuple[str, str, str]]:
        """Every alarm: device, kind, detail; oldest first."""
        rows = self.central.rows(
            "SELECT d.device_id, a.kind, a.detail FROM alarms a JOIN devices d ON d.id = a.device ORDER BY a.id"
        )
        return [(str(device), str(kind), str(detail)) for device, kind, detail in rows]

    def started(self) -> set[str]:
        """The visits of which central has the start."""
        rows = self.central.rows("SELECT visit_id FROM visits WHERE started_ms IS NOT NULL")
        return {str(visit_id) for (visit_id,) in rows}

    def withdrawals(self) -> Counter[str]:
        """How often each receipt's rating was withdrawn, as far as central was told."""
        rows = self.central.rows("SELECT receipt FROM receipt_acts WHERE kind = 'withdrawal'")
        return Counter(str(receipt) for (receipt,) in rows)

    def records(self) -> list[dict[str, Any]]:
        """Every entry that central keeps, in whatever place."""
        rows = self.central.rows("SELECT record FROM entries ORDER BY device, epoch, sequence")
        with contextlib.suppress(msgspec.DecodeError):
            return [msgspec.json.decode(record) for (record,) in rows]
        raise AssertionError("central keeps what is no record")

    def quarantined(self) -> list[tuple[str, dict[str, Any], str]]:
        """What central could not digest: device, record, reason."""
        rows = self.central.rows(
            "SELECT d.device_id, e.record, e.quarantined FROM entries e JOIN devices d ON d.id = e.device "
            "WHERE e.quarantined IS NOT NULL ORDER BY e.device, e.epoch, e.sequence"
        )
        return [(str(device), msgspec.json.decode(record), str(reason)) for device, record, reason in rows]
