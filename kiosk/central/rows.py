"""What entries say of visits, ratings and receipts, as rows of central's tables."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """A row of `visits`, without its device. `staff`: JSON."""

    visit_id: str
    matter_code: str | None = None
    matter_name: str | None = None
    case_number: str | None = None
    service_number: int | None = None
    staff: str | None = None
    window: str | None = None
    channel: str | None = None
    invited_by: str | None = None
    started_ms: int | None = None
    ended_ms: int | None = None
    outcome: str | None = None
    cause: str | None = None
    canary: bool = False
    stage: str | None = None
    slip: str | None = None
    started_by: str | None = None
    staff_number: str | None = None
    business_date: str | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """A row of `ratings` that was given on the glass, less its device. `epoch`, `sequence`: the newest entry that
    states it. `arrival` 0: new. `tapped_ms` is the terminal's word, `true_ms` central's best estimate of the same
    moment; `first_ms`: of the first tap to within seconds (Unix ms), where that is known. `seen`: JSON."""

    rating_id: str
    visit_id: str
    level: str
    tapped_ms: int
    epoch: int
    sequence: int
    received_ms: int
    stated_ms: int
    reasons: tuple[str, ...] = ()
    finished: bool = False
    receipt: str | None = None
    canary: bool = False
    true_ms: int = 0
    time_quality: str = "unsure"
    business_date: str = ""
    local_reasons: tuple[str, ...] = ()
    seen: str | None = None
    flags: tuple[str, ...] = ()
    arrival: int = 0
    first_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """A row of `receipt_acts`, less its device and way: what someone with a receipt did at a terminal, whether central
    has that rating or not. `hash`: of the entry."""

    receipt: str
    kind: str
    epoch: int
    sequence: int
    hash: str
    at_ms: int
    received_ms: int
