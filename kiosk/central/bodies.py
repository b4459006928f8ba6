"""What the bodies of entries must have to be digested; keys that are not named here are kept and not looked at.

What was seen, the hall's own reasons and the flags are read apart from the rest: a fault in them costs no rating.
"""

import re
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from kiosk.core.levels import Level
from kiosk.core.receipt import normalise
from kiosk.core.situation import Outcome
from kiosk.protocol.profile import LOCAL_CODE

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
_SEEN = dict[Annotated[str, Meta(min_length=1, max_length=32)], Annotated[str, Meta(max_length=200)]]
_MOST_SEEN = 16
_MOST_LOCAL = 16
_LOCAL_CODE = re.compile(LOCAL_CODE)
_MOST_FLAGS = 16
_FLAG = re.compile(r"[a-z_]{1,32}")


class MatterSaid(msgspec.Struct):
    """The matter of a visit."""

    code: str
    name: str = ""


class StaffSaid(msgspec.Struct):
    """Who served."""

    number: str
    name: str = ""
    verified: bool = False


class Body(msgspec.Struct, kw_only=True):
    """Base of what is said of a visit."""

    canary: bool = False


class Started(Body):
    """`visit.started`."""

    matter: MatterSaid | None = None
    case_number: str | None = None
    service_number: Count | None = None
    staff: StaffSaid | None = None
    window: str | None = None
    channel: str | None = None
    by: str | None = None
    stage: str | None = None
    slip: str | None = None
    invited_by: str | None = None


class Invited(Body):
    """`visit.invited`."""

    by: str


class Tapped(Body):
    """`visit.level_tapped`."""

    rating_id: Id
    level: Level
    options_version: str = ""
    seen: Any = None


class Ended(Body):
    """`visit.ended`."""

    outcome: Outcome
    cause: str | None = None
    rating_id: Id | None = None
    level: Level | None = None
    tapped_ms: int | None = None
    reasons: list[str] = []
    finished: bool = False
    options_version: str = ""
    local_reasons: Any = None
    seen: Any = None
    flags: Any = None


class Vouched(Body):
    """`phone.vouched`."""

    rating_id: Id
    digest: str
    flags: Any = None


class OfReceipt(msgspec.Struct):
    """`receipt.addition`, `receipt.withdrawal`."""

    receipt: Annotated[str, Meta(max_length=64)]


def seen_in(value: Any) -> tuple[str | None, str | None]:
    """What stood before the citizen, as JSON, and why it cannot be read, if it cannot."""
    if value is None:
        return None, None
    try:
        seen = msgspec.convert(value, _SEEN)
    except msgspec.ValidationError:
        return None, "not read - at `$.seen`"
    if len(seen) > _MOST_SEEN:
        return None, "not read - at `$.seen`"
    return msgspec.json.encode(seen, order="sorted").decode(), None


def local_reasons_in(value: Any) -> tuple[tuple[str, ...], str | None]:
    """The hall's own reasons that are codes, each once, and why others are left out. The profile that offered them may
    be an older one, so whether it did is not judged."""
    if value is None:
        return (), None
    said: Iterable[Any] = value if isinstance(value, list) else ()
    codes = [code for code in said if isinstance(code, str) and _LOCAL_CODE.match(code)]
    whole = isinstance(value, list) and len(codes) == len(value) <= _MOST_LOCAL
    return tuple(dict.fromkeys(codes))[:_MOST_LOCAL], None if whole else "not read - at `$.local_reasons`"


def flags_in(value: Any) -> tuple[tuple[str, ...], str | None]:
    """The flags (`kiosk.core.flags`), those of a newer terminal among them, and why others are left out."""
    if value is None:
        return (), None
    said: Iterable[Any] = value if isinstance(value, list) else ()
    flags = [flag for flag in said if isinstance(flag, str) and _FLAG.fullmatch(flag)]
    whole = isinstance(value, list) and len(flags) == len(value) <= _MOST_FLAGS
    return tuple(dict.fromkeys(flags))[:_MOST_FLAGS], None if whole else "not read - at `$.flags`"


def receipt_in(body: Any) -> str | None:
    """The receipt that someone came with, in its one spelling; None: it cannot be one. Raises MsgspecError."""
    return normalise(msgspec.convert(body, OfReceipt).receipt)
