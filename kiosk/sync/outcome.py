"""What an answer from the line means, typed by what to do about it."""

from dataclasses import dataclass
from typing import Literal

from kiosk.protocol.central import HeartbeatAnswer, JournalReceipt
from kiosk.protocol.heads import CountersignedHead
from kiosk.sync.ports import TroubleKind

# -- it went well ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """Central holds the batch up to `acknowledged`; `answer` is its own text."""

    acknowledged: int
    receipt: JournalReceipt
    answer: bytes


@dataclass(frozen=True, slots=True)
class Beaten:
    """Central has the heartbeat."""

    answer: HeartbeatAnswer


@dataclass(frozen=True, slots=True)
class ProfileText:
    """A profile that differs from the one asked about."""

    text: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class ProfileSame:
    """The profile is the one we have."""


# -- it did not ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Later, with everything as it was. `after_s`: what the other side asked for."""

    kind: TroubleKind
    why: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class ResendFrom:
    """Central lacks what comes after `sequence`."""

    sequence: int
    why: str


@dataclass(frozen=True, slots=True)
class ClockHint:
    """Central does not believe our time; its own is `server_time` (Unix ms)."""

    server_time: int


@dataclass(frozen=True, slots=True)
class Shrink:
    """Something among the `sent` entries is refused, or they are too large: send less, to find out what."""

    sent: int
    why: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A person must act. `concerns`: this kind of work alone, or whatever we would send. Tried again at a slow pace.
    `head`: what central says it holds instead, not checked yet."""

    kind: TroubleKind
    why: str
    concerns: Literal["this", "all"]
    head: CountersignedHead | None = None


@dataclass(frozen=True, slots=True)
class BeginAnew:
    """Central has shown that this journal cannot go on."""

    reason: Literal["rewound", "equivocation", "foreign"]
    why: str


Refusal = TryAgain | ResendFrom | ClockHint | Shrink | Stop | BeginAnew
Outcome = Taken | Beaten | ProfileText | ProfileSame | Refusal
