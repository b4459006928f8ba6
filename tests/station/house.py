"""A station with its terminal, and a plain way to call it; and the profile, token and visit the tests use."""

import http.client
import json
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from argon2 import PasswordHasher

from kiosk.pins import Pins
from kiosk.protocol.phone import ClerkFigures
from kiosk.protocol.profile import Hall, MatterItem, Profile, StaffCard, Window
from kiosk.station.lan import Lan
from kiosk.station.limits import USUAL, Limits
from kiosk.station.ports import Ports, no_figures
from kiosk.station.server import Station
from tests.station.document import undocumented
from tests.station.running_terminal import RunningTerminal
from tests.station.waiting import eventually

TOKEN = "t0ken-for-tests"
ORIGIN = "https://business.hall.example"
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PROFILE = Profile(
    format=1,
    version="1",
    hall=Hall(code="fy", name="阜阳市政务服务中心"),
    window=Window(number="A12", name="不动产登记"),
    staff=(
        StaffCard(number="A103", name="王敏", pin_hash=QUICK_HASHER.hash("271828")),
        StaffCard(number="A104", name="李强"),
        StaffCard(number="A105", name="赵静", pin_hash="not a hash"),
    ),
    matters=(
        MatterItem(code="340100", name="国有建设用地使用权及房屋所有权转移登记"),
        MatterItem(code="340200", name="社会保障卡申领"),
    ),
)
UNHURRIED = replace(USUAL, requests_per_s=10**6, burst=10**6, strange_per_s=10**6, strange_burst=10**6)
"""For tests, whose terminal's clock stands still: what they send counts as within one moment."""
VISIT = {"matter": {"code": "340100"}, "case_number": "341200202611240178"}


@dataclass
class Clock:
    """Monotonic seconds that pass when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's code; asserts that it is a whole problem."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        problem = self.json
        assert problem["status"] == self.status
        assert problem["title"]
        return str(problem["type"]).removeprefix("urn:kiosk:problem:")


@dataclass
class House:
    """A station, what stands behind it, and a plain way to call it."""

    terminal: RunningTerminal
    clock: Clock
    limits: Limits = UNHURRIED
    failures: list[str] = field(default_factory=list)
    profile: Profile | None = PROFILE
    figures: Callable[[str], "Future[ClerkFigures | None]"] = no_figures
    lan: Lan | None = None
    origins: tuple[str, ...] = (ORIGIN,)
    station: Station = field(init=False)
    port: int = 0

    def open(self) -> None:
        """Begin to serve, on a free port, or on the one that was served before."""
        self.station = Station(
            self.terminal,
            profile=lambda: self.profile,
            token=TOKEN,
            port=self.port,
            allowed_origins=self.origins,
            new_id=self.terminal.fresh_id,
            on_failed=self.failures.append,
            check_pin=Pins(lambda: self.profile, self.clock).check,
            limits=self.limits,
            ports=Ports(
                self.terminal,
                lambda prefix: self.terminal.visit_named(prefix),
                lambda number: self.figures(number),
            ),
            lan=self.lan,
        )
        self.station.start()
        self.port = eventually(self.station.bound_port)

    def begin_anew(self, terminal: RunningTerminal | None = None) -> None:
        """As after a restart: the station remembers nothing itself."""
        self.station.close(10)
        self.terminal = terminal or self.terminal
        self.open()

    def call(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, token: str = TOKEN
    ) -> Answer:
        raw = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {token}"} if token else {}
        if raw is not None:
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, raw, sent)
            response = connection.getresponse()
            found = {key.lower(): value for key, value in response.getheaders()}
            answer = Answer(response.status, found, response.read())
        finally:
            connection.close()
        assert undocumented(method, path, answer.status, found.get("content-type", ""), answer.body) == ""
        return answer

    def start(self) -> str:
        answer = self.call("POST", "/v1/visits", VISIT)
        assert answer.status == 201, answer.body
        return str(answer.json["visit_id"])
