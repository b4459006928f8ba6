"""The central API, `/api/v1`: what terminals and halls say to central, and what it answers.

Requests refuse unknown keys by name; answers may grow, and a terminal ignores answer keys it does not know. Every
request of a terminal names `Kiosk-Protocol: 1`; central refuses a newer one rather than guess (`protocol_version`).
Journal entries are the exception: they travel as flat records, are kept whole, unknown keys included (those are under
the hash), and an entry of a newer `format` is quarantined, never dropped.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from kiosk.core.privacy import COMMENT_LIMIT
from kiosk.protocol.heads import CountersignedHead
from kiosk.protocol.profile import Channel, Mode

PROTOCOL = 1
PROTOCOL_HEADER = "Kiosk-Protocol"
DIGEST_HEADER = "Content-Digest"
BATCH_LIMIT = 500
BODY_LIMIT = 8 * 1024 * 1024
SIGNATURE_LABEL = "kiosk"
SIGNED = ("@method", "@target-uri", "content-digest", "content-type", "kiosk-protocol")
"""RFC 9421 components a terminal signs; `content-digest` and `content-type` only where there is a body."""
SIGNATURE_WINDOW_S = 300
"""A signature may be this old or this far ahead by central's clock; past it the problem `signature_time` gives
`server_time`, and the terminal signs again with the difference added."""

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Words = Annotated[str, Meta(min_length=1, max_length=COMMENT_LIMIT)]
FollowUpState = Literal["received", "in_hand", "answered"]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the requests."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the answers."""


# -- hall ------------------------------------------------------------------------------------------------------------


class EnrolmentCodeRequest(Shape, frozen=True):
    """`POST /enrolment-codes`, admin token. `hall` and `window` are codes; either may be new."""

    hall: Text
    window: Text
    mode: Mode = "window"


class EnrolmentCode(Answer, frozen=True):
    """One use, one hour. `expires_at`: RFC 3339, UTC."""

    code: str
    expires_at: str


# -- terminal --------------------------------------------------------------------------------------------------------


class EnrolmentRequest(Shape, frozen=True):
    """`POST /enrolments`. `public_key`: raw Ed25519, base64. The private half never leaves the terminal."""

    code: Text
    public_key: Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{43}=$")]
    hardware: dict[str, str] = {}


class Credentials(Answer, frozen=True):
    """How the terminal names its key in signatures."""

    key_id: str


class Enrolment(Answer, frozen=True):
    """The answer: who this terminal now is. `central_key`: raw Ed25519, base64, by which central countersigns heads.
    `recovery_key`: raw X25519, base64, of the hall, for which a terminal seals its journal's key."""

    device_id: str
    credentials: Credentials
    central_key: str = ""
    recovery_key: str = ""


class StatedHead(Shape, frozen=True):
    """The head that a terminal's journal has, by its own word under its own signature."""

    epoch: int
    sequence: int
    hash: str


class StatedClocks(Shape, frozen=True):
    """What both clocks of a terminal showed as it sent: Unix ms, and ms of the boot it names. As they are, without the
    offset that a terminal has learnt; by them central works out when entries were really written."""

    wall_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)]
    mono_ms: Annotated[int, Meta(ge=0, le=2**53)]
    boot_id: Annotated[str, Meta(min_length=1, max_length=64)]


class JournalBatch(Shape, frozen=True):
    """`POST /device/journal`, gzip allowed: consecutive flat records of one epoch, oldest first, `personal` beside
    those that have any (`{"salt":…, "comment":…, "contact":…, "citizen_name":…}`). `head`: of the whole journal, which
    may lie far beyond the batch. `personal`: whether it was left out on purpose, as towards an auditor's mirror."""

    entries: Annotated[list[dict[str, Any]], Meta(max_length=BATCH_LIMIT)]
    head: StatedHead | None = None
    personal: Literal["sent", "withheld"] = "sent"
    clocks: StatedClocks | None = None


class Quarantined(Answer, frozen=True):
    """One entry that central keeps and cannot digest."""

    sequence: int
    reason: str


class JournalReceipt(Answer, frozen=True):
    """Central holds everything of this epoch up to `acknowledged`. `digest`: SHA-256 hex of the uncompressed body that
    was received, so that an answer to something else is never taken for an acknowledgement."""

    acknowledged: int
    epoch: int
    digest: str
    quarantined: tuple[Quarantined, ...]
    server_time: int
    head: CountersignedHead | None = None


class JournalImport(Answer, frozen=True):
    """`POST /journal-imports`: of an exported journal, how many entries were new and how many central held before.
    Central holds everything of this epoch up to `acknowledged`."""

    device_id: str
    epoch: int
    acknowledged: int
    taken: int
    already_held: int
    quarantined: tuple[Quarantined, ...]


class Heartbeat(Shape, frozen=True):
    """`POST /device/heartbeat`: health, head, unsent. `refused_profile`: why the newest profile was not taken."""

    version: Text
    state: Text
    epoch: int
    sequence: int
    hash: str
    unsent: int
    oldest_unsent_s: int
    profile_version: str = ""
    refused_profile: str = ""
    key_store: str = ""
    wall_ms: int = 0
    faults: tuple[str, ...] = ()
    clocks: StatedClocks | None = None


class HeartbeatAnswer(Answer, frozen=True):
    """What central holds of this epoch, and its time (Unix ms). `head`: the same, countersigned. `newest`: the epoch of
    this device that came to central last, where that is another one than the heartbeat names."""

    acknowledged: int
    server_time: int
    head: CountersignedHead | None = None
    newest: CountersignedHead | None = None


class CanaryQuestion(Shape, frozen=True):
    """`POST /device/canaries`: what does central have of these ratings, which are this terminal's own canaries?"""

    rating_ids: Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=50)]


class Canary(Answer, frozen=True):
    """A canary as central would show it to the hall, were it a citizen's rating."""

    rating_id: str
    level: str
    reasons: tuple[str, ...]
    finished: bool


class CanaryAnswer(Answer, frozen=True):
    """Those of the canaries asked about that central has, read the way that `GET /ratings` reads."""

    canaries: tuple[Canary, ...]
    server_time: int


# -- whoever holds a receipt -----------------------------------------------------------------------------------------


class ReceiptAddition(Shape, frozen=True):
    """`POST /receipts/{code}/addition`: a word that is added to a rating."""

    words: Words


class ReceiptWithdrawal(Shape, frozen=True):
    """`POST /receipts/{code}/withdrawal`: a rating is withdrawn, for this reason."""

    words: Annotated[str, Meta(max_length=COMMENT_LIMIT)] = ""


# -- reading ---------------------------------------------------------------------------------------------------------


class ReceiptAct(Answer, frozen=True):
    """What someone with a receipt said of that rating later. `at`: RFC 3339; `way`: how it came; `device_id`: the
    terminal at which it was said."""

    words: str
    at: str
    way: Literal["terminal", "web"]
    device_id: str | None


class Rating(Answer, frozen=True):
    """One item of `GET /ratings`. Times: RFC 3339, UTC. `finished` false: the citizen walked off, or the plug was
    pulled, after the tap. `tapped_at` is the terminal's clock and never altered; `business_date` is the hall's local
    date by central's best estimate, and `time_quality` how good that is: `good` (the clock was right within two
    minutes), `corrected` (it was not, and by how much is known), `unsure`. `seen`: the version and hashes of what stood
    before the citizen. A withdrawal (`withdrawal`, `withdrawn_at`) takes nothing away. `flags`: see `kiosk.core.flags`.

    `phone`: given on the citizen's own phone, so that times are central's. `second`: the phone's, of a visit that was
    rated on the glass too; it is in no figure. `vouched`: of a phone's, whether the terminal's journal bears its
    digest; `epoch` and `sequence` are that entry's then, and 0 until it has come.
    """

    rating_id: str
    device_id: str
    epoch: int
    sequence: int
    visit_id: str
    level: str
    reasons: tuple[str, ...]
    comment: str | None
    channel: str
    matter: dict[str, str] | None
    case_number: str | None
    service_number: int | None
    staff: dict[str, Any] | None
    window: str | None
    tapped_at: str
    received_at: str
    withdrawn_at: str | None
    finished: bool
    business_date: str = ""
    time_quality: Literal["good", "corrected", "unsure"] = "unsure"
    local_reasons: tuple[str, ...] = ()
    seen: dict[str, str] | None = None
    additions: tuple[ReceiptAct, ...] = ()
    withdrawal: ReceiptAct | None = None
    flags: tuple[str, ...] = ()
    phone: bool = False
    second: bool = False
    vouched: bool | None = None
    stage: str | None = None
    slip: str | None = None
    started_by: str | None = None
    invited_by: str | None = None


class Device(Answer, frozen=True):
    """One item of `GET /devices`. `chain`: `whole`, or `broken at N: reason` of the newest epoch that is not whole.
    `alarms`: what was noticed beyond that, as `new_epoch 1700000000000000:1`, newest first, twenty at most.
    `journal_began`: why the newest journal was begun, in words by language. `behind`: how many entries the device has
    said it has that have not come. `unclean_stops`: how often it came back without having been stopped."""

    device_id: str
    hall: str
    window: str
    mode: str
    enrolled_at: str
    last_seen_at: str | None
    version: str
    state: str
    epoch: int | None
    sequence: int
    unsent: int
    quarantined: int
    chain: str
    refused_profile: str
    alarms: tuple[str, ...] = ()
    journal_began: dict[str, str] = {}
    behind: int = 0
    unclean_stops: int = 0
    retired_at: str | None = None


class Alarm(Answer, frozen=True):
    """One item of `GET /alarms`, newest first. `kind` is stable; `words` tell a supervisor what was found, what it may
    mean and what to do, by language (`zh-CN`, `en`). `epoch` and `sequence`: the place, 0 where there is none. `at`:
    RFC 3339. `ended_at`: when it was over, of a kind that can be."""

    alarm_id: int
    device_id: str
    hall: str
    window: str
    kind: str
    words: dict[str, str]
    epoch: int
    sequence: int
    detail: str
    at: str
    ended_at: str | None = None


class ReceiptState(Answer, frozen=True):
    """`GET /receipts/{code}`: that the rating is there, in which place, and how far its follow-up is. No level, and the
    same for each until the hall itself answers. `additions`: how many words were added. `head`: that place
    and its hash over central's signature: central holds the epoch at least up to there. A rating given on a phone has
    no place (`epoch` and `sequence` 0, no `head`) until the terminal's journal vouches for it."""

    receipt: str
    state: Literal["recorded"]
    epoch: int
    sequence: int
    received_at: str
    follow_up: FollowUpState = "received"
    reply: str = ""
    additions: int = 0
    withdrawn_at: str | None = None
    included: bool = True
    head: CountersignedHead | None = None


class Page(Answer, frozen=True):
    """A page of a list; `next` is the cursor for `?after=`, or null."""

    items: tuple[Any, ...]
    next: str | None


class Keys(Answer, frozen=True):
    """`GET /keys`: the public halves of central's keys, as an enrolment gives them."""

    central_key: str
    recovery_key: str


class Health(Answer, frozen=True):
    """`GET /health`."""

    status: str
    version: str


def channel_of(mode: Mode) -> Channel:
    """The channel a terminal of this mode rates on (DOMAIN: 4 window terminal, 5 self-service machine)."""
    return "hall_other" if mode == "self_service" else "hall_tablet"
