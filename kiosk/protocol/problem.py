"""Errors as RFC 9457 problem details, the same for station and central."""

import msgspec

from kiosk.protocol.heads import CountersignedHead

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, for a program and for a person.

    `type`: `urn:kiosk:problem:<code>`, stable. `field`: the path of the offending field, as in `$.matter.code`.
    `acknowledged`: with `gap` and `equivocation`, the last sequence of the epoch that central holds; the journal goes
    on from the one after it. `head`: with `equivocation`, what central holds where the first entry differs.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    field: str = ""
    server_time: int = 0
    acknowledged: int | None = None
    head: CountersignedHead | None = None


def problem_type(code: str) -> str:
    """The stable URN of a problem code."""
    return f"urn:kiosk:problem:{code}"


def problem_code(urn: str) -> str:
    """The code within a problem type; the whole text if it is not one of ours."""
    return urn.removeprefix("urn:kiosk:problem:")
