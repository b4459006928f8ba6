"""What a terminal and central say to each other about a rating on the citizen's own phone, and about a clerk's figures.

`GET /device/phone-visits/{visit_id}` asks; `POST /device/phone-visits/{visit_id}/closure` (body `{}`) takes the visit
back: from then on no phone rates it, unless one has already. Both are signed as every call of a terminal, and both
answer with `PhoneVisit`; a visit that no phone has asked for is `unopened`. `GET /device/figures?staff=NUMBER` answers
with `ClerkFigures`.
"""

from typing import Literal

from kiosk.protocol.central import Answer, Shape

PhoneState = Literal["unopened", "opened", "rated", "closed"]
LINK_AGE_S = 1_800
"""A link older than this is over; a terminal takes its visits back long before."""
CLOCKS_APART_S = 600
"""As far as a terminal's best knowledge of the time may be off: so much longer central takes a link."""


class PhoneClosure(Shape, frozen=True):
    """`POST /device/phone-visits/{visit_id}/closure`: nothing is said but that."""


class PhoneRated(Answer, frozen=True):
    """A phone's rating that changes no more and for which the journal does not vouch yet. `done_ms`: when the phone
    had said its last word, by central's clock (Unix ms)."""

    visit_id: str
    rating_id: str
    digest: str
    done_ms: int


class PhoneVisit(Answer, frozen=True):
    """`rating_id` and `digest` (SHA-256 hex, salted, of the rating's content) once it is `rated`, else empty; `done_ms`
    as with `PhoneRated`. The digest goes into the terminal's journal, which so vouches for what central holds, and
    tells nobody a level. `unvouched`: the oldest others of this terminal for which nothing vouches yet."""

    visit_id: str
    state: PhoneState
    server_time: int
    rating_id: str = ""
    digest: str = ""
    done_ms: int = 0
    unvouched: tuple[PhoneRated, ...] = ()


class ClerkFigures(Answer, frozen=True):
    """What a clerk may see of their own: the last whole week only, in groups of five visits or more.

    `since`, `until`: a Monday and its Sunday, empty where there is not enough to tell. A week is told from the Tuesday
    after it on, and what was told of it once does not change. `visits`: ended ones; `rated`:
    how many bear a rating, rounded down to fives. `good_percent`: the share of the three upper levels in tens, from
    10 to 90 (so that "all" and "all but one" look alike), None below twenty ratings.
    """

    staff: str
    since: str = ""
    until: str = ""
    visits: int = 0
    rated: int = 0
    good_percent: int | None = None
