"""A central server without a socket, and a terminal that signs, whose entries come from the real rules and chain."""

import asyncio
import base64
import gzip
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from kiosk.central.app import alarm_words, create_app, national_options
from kiosk.central.countersign import Countersigner
from kiosk.central.desk import Desk
from kiosk.central.limiter import GuessLimiter
from kiosk.central.phone_limits import PhoneLimits
from kiosk.central.store import Store
from kiosk.core import events as e
from kiosk.core.entry import Draft, Head, Kind, Personal, seal
from kiosk.core.levels import Level
from kiosk.core.situation import Situation, State
from kiosk.core.visit import Record, fold
from kiosk.protocol.central import SIGNATURE_LABEL, SIGNED
from kiosk.protocol.heads import CountersignedHead, countersigned_text

ADMIN = "the-hall's-token-of-at-least-32-characters"
START_MS = 1_780_000_000_000
HOST = "central.test:7800"
COUNTERSIGNER = Countersigner(Ed25519PrivateKey.from_private_bytes(b"central" + bytes(25)), "the recovery key")


def vouched(head: Mapping[str, Any] | None) -> Head:
    """What a countersigned head says, its signature checked as a terminal checks it."""
    assert head is not None
    shape = msgspec.convert(head, CountersignedHead)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(COUNTERSIGNER.central_key))
    key.verify(base64.b64decode(shape.signature), countersigned_text(shape))
    return Head(shape.epoch, shape.sequence, shape.hash)


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The code of the problem, which must be one."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        return str(self.json["type"]).removeprefix("urn:kiosk:problem:")


@dataclass
class Central:
    """The application and its clocks."""

    store: Store
    now_ms: int = START_MS
    mono_s: float = 1000.0
    app: Any = None
    desk: Desk = field(init=False)
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    recovery: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)

    def __post_init__(self) -> None:
        guesses = GuessLimiter(lambda: self.mono_s)
        self.desk = Desk(
            self.store, national_options(), ADMIN, lambda: self.now_ms, guesses,
            PhoneLimits(lambda: self.mono_s), COUNTERSIGNER, alarm_words(), lambda: self.recovery, bytes(range(32)),
        )  # fmt: skip
        self.app = create_app(self.desk)

    def call(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        scheme: str = "http",
        address: str = "192.0.2.7",
    ) -> Answer:
        fields = {"host": HOST} | {name.lower(): value for name, value in (headers or {}).items()}
        return self.runner.run(self._call(method, path, fields, body, scheme, address))

    async def _call(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, scheme: str, address: str
    ) -> Answer:
        plain, _, query = path.partition("?")
        fields = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        if body and "content-length" not in headers:
            fields.append((b"content-length", str(len(body)).encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": scheme,
            "path": unquote(plain),
            "raw_path": plain.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": fields,
            "client": (address, 4711),
            "server": ("127.0.0.1", 7800),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        start = next(message for message in sent if message["type"] == "http.response.start")
        content = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
        return Answer(start["status"], {k.decode().lower(): v.decode() for k, v in start["headers"]}, content)

    def hall(self, method: str, path: str, body: Any = None) -> Answer:
        """A call with the admin token."""
        headers = {"authorization": f"Bearer {ADMIN}"}
        if body is None:
            return self.call(method, path, headers)
        return self.call(method, path, {**headers, "content-type": "application/json"}, json.dumps(body).encode())

    def post(self, path: str, body: Any) -> Answer:
        """A call of nobody in particular."""
        return self.call("POST", path, {"content-type": "application/json"}, json.dumps(body).encode())

    def ratings(self) -> list[Any]:
        items: list[Any] = self.hall("GET", "/api/v1/ratings?limit=1000").json["items"]
        return items

    def alarms(self) -> set[str]:
        """The kinds of all alarms that stand."""
        return {alarm["kind"] for alarm in self.hall("GET", "/api/v1/alarms?limit=1000").json["items"]}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in the database."""
        with self.store.transaction() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]


@dataclass
class Terminal:
    """An enrolled terminal with a journal that central has not seen yet."""

    central: Central
    key: Ed25519PrivateKey
    key_id: str
    device_id: str
    head: Head = field(default_factory=lambda: Head(1_780_000_000_000_000))
    records: list[dict[str, Any]] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    situation: Situation = field(
        default_factory=lambda: Situation(State.READY, terms=e.Terms(window="A01"), faults=frozenset())
    )

    def fresh(self) -> str:
        return hashlib.md5(f"{self.device_id}{next(self.ids)}".encode(), usedforsecurity=False).hexdigest()

    def add(
        self,
        kind: str,
        body: Mapping[str, Any] | None = None,
        visit_id: str | None = None,
        personal: Mapping[str, str] | None = None,
        wall_ms: int = START_MS,
    ) -> dict[str, Any]:
        """Append an entry of one's own making."""
        kept = Personal("5a" * 16, personal) if personal else None
        return self._append(Draft(self.fresh(), kind, wall_ms, 5, "b" * 32, visit_id, body or {}, kept))

    def begin(self, reason: str = "first", before: Head | None = None) -> "Terminal":
        named = before and {"epoch": before.epoch, "sequence": before.sequence, "hash": before.hash}
        body = {
            "version": "0.1.0",
            "reason": reason,
            "before": named,
            "acknowledged": None,
            "device_id": self.device_id,
        }
        self.add(Kind.JOURNAL_BEGAN, body)
        return self

    def begin_anew(self, reason: str, before: Head | None = None) -> "Terminal":
        """Go on in another journal, which knows the old one's head (or `before`)."""
        before = before or self.head
        self.records, self.head = [], Head(self.head.epoch + 1)
        return self.begin(reason, before)

    def begin_unknowing(self) -> "Terminal":
        """Go on as a machine that was set up again: another journal, and nothing known of the old one."""
        self.records, self.head = [], Head(self.head.epoch + 1)
        return self.begin()

    def bring_over(
        self, records: Sequence[Mapping[str, Any]], missing: Sequence[tuple[int, int]] = (), ended: bool = True
    ) -> None:
        """Wrap entries of an earlier journal, and end the bringing over."""
        for old in records:
            inner = {key: value for key, value in old.items() if key != "personal"}
            kept = None
            if "personal" in old:
                fields = {key: value for key, value in old["personal"].items() if key != "salt"}
                kept = Personal(old["personal"]["salt"], fields)
            self._append(
                Draft(
                    old["entry_id"],
                    Kind.ENTRY_RECOVERED,
                    START_MS,
                    5,
                    "b" * 32,
                    old["visit_id"],
                    {"record": inner},
                    kept,
                )
            )
        if not ended:
            return
        epoch = records[0]["epoch"] if records else self.records[0]["body"]["before"]["epoch"]
        first, last = (records[0]["sequence"], records[-1]["sequence"]) if records else (0, 0)
        body = {
            "epoch": epoch,
            "first": first,
            "last": last,
            "count": len(records),
            "missing": [list(m) for m in missing],
        }
        self.add(Kind.JOURNAL_RECOVERED, body)

    def play(self, *events: e.Event) -> None:
        """Carry events through the rules of a visit, and journal what they record."""
        for event in events:
            now = e.Now(START_MS + len(self.records), 0, "b" * 32, self.fresh(), "5a" * 16)
            self.situation, effects = fold(self.situation, event, now)
            for effect in effects:
                assert isinstance(effect, Record), effect
                record = self._append(effect.draft)
                recorded = e.Recorded(effect.draft.entry_id, record["sequence"], record["hash"])
                self.situation, _ = fold(self.situation, recorded, now)

    def start(self) -> str:
        """A visit up to the five levels; its id."""
        visit_id = self.fresh()
        matter = e.Matter("11341200MB1A00011X2000119001001", "转移登记")
        self.play(
            e.SignIn(e.Staff("F1001", "陈雨桐", verified=True)),
            e.StartVisit(visit_id, matter, "FY2026-0001", 2),
            e.Invite(visit_id),
        )
        return visit_id

    def rate(self, level: Level = Level.SATISFIED, reasons: Sequence[str] = (), comment: str = "") -> str:
        """A whole rated visit; its receipt."""
        self.start()
        self.play(e.TapLevel(level), *(e.ToggleReason(code) for code in reasons), e.WriteComment(comment), e.Submit())
        assert self.situation.visit is not None
        assert self.situation.visit.receipt is not None
        return self.situation.visit.receipt

    def _append(self, draft: Draft) -> dict[str, Any]:
        entry = seal(draft, self.head)
        self.head = entry.head
        record = json.loads(json.dumps(entry.record()))
        if draft.personal is not None:
            record["personal"] = {"salt": draft.personal.salt, **draft.personal.fields}
        self.records.append(record)
        return dict(record)

    # -- the wire ----------------------------------------------------------------------------------------------------

    def sign(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        key: Ed25519PrivateKey | None = None,
        created_ms: int | None = None,
        scheme: str = "http",
        components: Sequence[str] | None = None,
        label: str = SIGNATURE_LABEL,
    ) -> dict[str, str]:
        """The headers of a signed request."""
        fields = {"Kiosk-Protocol": "1", "Host": HOST, **(headers or {})}
        covered = list(components or (SIGNED if body else [name for name in SIGNED if "content-" not in name]))
        if body:
            fields |= {"Content-Type": "application/json"}
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            fields["Content-Digest"] = f"sha-256=:{digest}:"
        created = datetime.fromtimestamp((created_ms or self.central.now_ms) / 1000, UTC)
        signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Key(key or self.key))
        message = _Message(method, f"{scheme}://{HOST}{path}", fields)
        signer.sign(
            message,
            key_id=self.key_id,
            created=created,
            label=label,
            covered_component_ids=covered,
            use_existing_digest=bool(body),
        )
        return fields

    def call(self, method: str, path: str, body: bytes = b"", **signing: Any) -> Answer:
        return self.central.call(method, path, self.sign(method, path, body, **signing), body)

    def contact(self, records: Sequence[Any] | None = None) -> Answer:
        """Bring these records, or the whole journal, to central a minute later, with the head as real terminals do."""
        self.central.now_ms += 60_000
        return self.send(records, stating=self.head)

    def heartbeat(self) -> Answer:
        """A heartbeat, a minute later."""
        self.central.now_ms += 60_000
        return self.call("POST", "/api/v1/device/heartbeat", json.dumps(self.beat()).encode())

    def send(self, records: Sequence[Any] | None = None, packed: bool = True, stating: Head | None = None) -> Answer:
        """Bring these records, or the whole journal, to central."""
        batch: dict[str, Any] = {"entries": self.records if records is None else records}
        if stating is not None:
            batch["head"] = {"epoch": stating.epoch, "sequence": stating.sequence, "hash": stating.hash}
        plain = json.dumps(batch).encode()
        if not packed:
            return self.call("POST", "/api/v1/device/journal", plain)
        body = gzip.compress(plain, 1)
        return self.call("POST", "/api/v1/device/journal", body, headers={"Content-Encoding": "gzip"})

    def stating(self) -> dict[str, Any]:
        """The head, as a batch or a heartbeat has it."""
        return {"epoch": self.head.epoch, "sequence": self.head.sequence, "hash": self.head.hash}

    def beat(self, **changes: Any) -> dict[str, Any]:
        """A heartbeat's body."""
        return {"version": "0.1.0", "state": "ready", **self.stating(), "unsent": 0, "oldest_unsent_s": 0, **changes}


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str]


class _Key(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self._key
