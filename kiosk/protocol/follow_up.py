"""What the hall is shown of negative ratings and says about them (差评整改)."""

from typing import Annotated, Literal

from msgspec import Meta

from kiosk.protocol.central import Answer, FollowUpState, ReceiptAct, Shape


class FollowUpRequest(Shape, frozen=True):
    """`POST /follow-ups/{rating_id}`: how far the hall is now. `reply`: what whoever holds the receipt reads; without
    one, the reply before stands."""

    state: Literal["in_hand", "answered"]
    reply: Annotated[str, Meta(max_length=1000)] = ""


class FollowUpStep(Answer, frozen=True):
    """What the hall did, and when (RFC 3339)."""

    state: FollowUpState
    reply: str
    at: str


class FollowUp(Answer, frozen=True):
    """One item of `GET /follow-ups`. `receipt`: its first four characters, so that a citizen who comes with the code is
    recognised and nobody else can act with it."""

    rating_id: str
    device_id: str
    receipt: str
    level: str
    window: str | None
    matter: dict[str, str] | None
    tapped_at: str
    state: FollowUpState
    reply: str
    additions: tuple[ReceiptAct, ...]
    withdrawn_at: str | None
    withdrawal: ReceiptAct | None
    history: tuple[FollowUpStep, ...]
