"""What a hall sets of itself at central: `GET` and `PUT /halls/{code}`, both with the admin token.

A `PUT` says all of it and by whom it is set; what that changed is kept for good, and read again with `GET`.
"""

from typing import Annotated, Any

from msgspec import Meta

from kiosk.protocol.central import Answer, Shape

_END = r"(?![\s\S])"  # `$` would let a line break follow


class HallSettings(Shape, frozen=True):
    """`time_zone`: by which the hall's days are counted, from then on. `phone_page`: where phones reach this central,
    empty: no rating on phones. `phone_wait_s`: how long a terminal waits for a phone that has begun. `slip`: how the
    code on a queue slip is written (`kiosk.core.slip`), empty for the usual way. `remind_s`: a visit that stands open
    so long is told of; 0: never. `by`: who sets it, a person's name or number."""

    time_zone: Annotated[str, Meta(min_length=1, max_length=64)]
    phone_page: Annotated[str, Meta(pattern=r"^(https?://[^\s?#]{1,120})?" + _END)]
    phone_wait_s: Annotated[int, Meta(ge=60, le=600)]
    slip: Annotated[str, Meta(max_length=200)]
    remind_s: Annotated[int, Meta(ge=0, le=86_400)]
    by: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]


class HallChange(Answer, frozen=True):
    """One change. `at`: RFC 3339. `before`, `after`: what was changed, by its key."""

    at: str
    by: str
    before: dict[str, Any]
    after: dict[str, Any]


class HallView(Answer, frozen=True):
    """`changes`: the newest first, a hundred at most."""

    code: str
    name: str
    time_zone: str
    phone_page: str
    phone_wait_s: int
    slip: str
    remind_s: int
    changes: tuple[HallChange, ...]
