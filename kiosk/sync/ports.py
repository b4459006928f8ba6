"""What sync needs from others, and what it tells them: the journal, the transport, the terminal's state, the news.

Nothing here does I/O; the composition root brings the parts together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from kiosk.core.entry import Head
from kiosk.protocol.central import Quarantined

MEBIBYTE = 1024 * 1024


_T_co = TypeVar("_T_co", covariant=True)


class Pending(Protocol[_T_co]):
    """An answer that is to come: a `concurrent.futures.Future` of this or a narrower type."""

    def result(self, timeout: float | None = None) -> _T_co:
        """The answer, waited for so many seconds; raises TimeoutError, or what went wrong."""

    def done(self) -> bool:
        """Whether there is an answer, or will never be one."""


class JournalStatus(Protocol):
    """Where the journal stands. `unsent` entries of the current epoch lie behind `acknowledged`."""

    @property
    def head(self) -> Head:
        """The newest entry of the current epoch."""

    @property
    def acknowledged(self) -> int:
        """The last sequence of the current epoch that central is known to hold."""

    @property
    def unsent(self) -> int:
        """How many entries central is not known to hold."""

    @property
    def oldest_unsent_wall_ms(self) -> int | None:
        """When the oldest of them was written, by the wall clock of that moment."""


class JournalPort(Protocol):
    """The journal, from any thread."""

    def read(self, after: int, limit: int) -> "Pending[list[dict[str, Any]]]":
        """Flat records of the current epoch above sequence `after`, oldest first, `personal` where still held."""

    def status(self) -> "Pending[JournalStatus]":
        """Where the journal stands."""

    def advance(self, epoch: int, sequence: int, answer: bytes) -> "Pending[None]":
        """Move the acknowledged position of this epoch and keep central's answer, in one transaction."""


class WallAndMono(Protocol):
    """The clock, as far as sync needs it."""

    def wall_ms(self) -> int:
        """Unix milliseconds."""

    def mono_ms(self) -> int:
        """Milliseconds since boot."""

    def boot_id(self) -> str:
        """Which boot that is: 32 hex digits."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to central, by its path below `/api/v1`. `answer_limit`: bytes of the answer at most."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    body: bytes = b""
    gzipped: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    answer_limit: int = MEBIBYTE


@dataclass(frozen=True, slots=True)
class Reply:
    """Something answered, whoever it was. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NoReply:
    """Nothing usable came back; whether the request arrived is not known."""

    kind: Literal["unreachable", "tls", "too_slow", "unusable"]
    why: str


class Exchange(Protocol):
    """The transport. One call at a time; a call ends within its bound whatever the other side does."""

    def call(self, call: Call, created_s: int) -> Reply | NoReply:
        """Send one request, signed as of `created_s` (Unix seconds)."""

    def close(self) -> None:
        """End for good, from any thread: a running call returns at once."""


@dataclass(frozen=True, slots=True)
class LiveState:
    """What the heartbeat says of the terminal. `profile_etag`: the ETag that the stored profile came with."""

    version: str
    state: str
    profile_version: str = ""
    profile_etag: str = ""
    refused_profile: str = ""
    key_store: str = ""
    faults: tuple[str, ...] = ()


# -- news ------------------------------------------------------------------------------------------------------------

TroubleKind = Literal[
    "unreachable",
    "tls",
    "not_central",
    "signature",
    "busy",
    "clock",
    "disowned",
    "protocol",
    "entry_refused",
    "equivocation",
    "rewound",
    "foreign",
    "gap",
    "journal",
    "internal",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """Central holds the journal up to `acknowledged`; `quarantined`: what of it central could not digest."""

    epoch: int
    acknowledged: int
    quarantined: tuple[Quarantined, ...] = ()


@dataclass(frozen=True, slots=True)
class ProfileArrived:
    """Central sent another profile than the one in force; the terminal validates it, and its next state says how."""

    text: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class ClockOff:
    """Central's clock and ours differ: add `offset_ms` to ours to get central's."""

    offset_ms: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something keeps the journal from central. `alarm`: a person must act; all else mends itself. Told once."""

    kind: TroubleKind
    words: str
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Healthy:
    """Whatever troubles were told are over."""


@dataclass(frozen=True, slots=True)
class MustBeginAnew:
    """Central has shown, over its own signature, that this journal of `epoch` cannot go on: another must be begun."""

    epoch: int
    reason: Literal["rewound", "equivocation", "foreign"]
    words: str


SyncNews = Progress | ProfileArrived | ClockOff | Trouble | Healthy | MustBeginAnew
