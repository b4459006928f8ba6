"""The profile (下发配置): what central tells one terminal.

Rule for what is not known: a profile of a newer `format` is refused and the last good one stays; within format 1 an
unknown key is refused by name, so that no setting is dropped silently. Of newer keys that a hall can do without, a
terminal names in its question those it knows, and is sent no others (`GROWN`).
"""

from itertools import pairwise
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kiosk.core.levels import Level

FORMAT = 1
GROWN = ("matters.initials", "phone", "remind_s", "slip", "windows")
"""Keys that came when terminals were out there that refuse them. A terminal names those it knows in its question, and
central leaves the others out: none of them changes what a rating says or whom it reaches, a hall only does without. A
key of which that is not true does not belong here; a terminal that does not know it must refuse the profile."""
QUESTION = "/device/profile?knows=" + ",".join(GROWN)
PICTURES_LIMIT = 8_000_000
"""Characters of all pictures together but the clerks', so that a profile stays well below what a terminal reads."""

_END = r"(?![\s\S])"  # `$` would let a line break follow
LOCAL_CODE = r"^[A-Za-z][A-Za-z0-9_-]{0,31}" + _END
"""A reason of a hall's own begins with a letter, a national one with a digit."""
Colour = Annotated[str, Meta(pattern=r"^(#[0-9A-Fa-f]{6})?" + _END)]
Picture = Annotated[
    str, Meta(pattern=r"^(data:image/(png|jpeg|svg\+xml);base64,[A-Za-z0-9+/]+={0,2})?$", max_length=1_500_000)
]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
Line = Annotated[str, Meta(max_length=200)]
ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]" + _END)]
Mode = Literal["window", "hall", "self_service"]
Channel = Literal["hall_tablet", "hall_other"]


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every shape here: frozen, and unknown keys are refused by name."""


class Hall(Shape, frozen=True):
    """The hall (大厅)."""

    code: Text
    name: Text
    name_en: str = ""


class Window(Shape, frozen=True):
    """The window (窗口) the terminal stands at."""

    number: Text
    name: Text
    name_en: str = ""


class StaffCard(Shape, frozen=True):
    """A clerk as shown to citizens. `pin_hash`: Argon2id, encoded. `photo`: a data URL of JPEG or PNG."""

    number: Text
    name: Text
    post: str = ""
    post_en: str = ""
    party_member: bool = False
    pin_hash: str | None = None
    photo: Annotated[str, Meta(pattern=r"^data:image/(png|jpeg);base64,", max_length=300_000)] | None = None


class MatterItem(Shape, frozen=True):
    """A matter (事项) that this window handles. `initials`: of its name in pinyin, for a clerk to find it by."""

    code: Text
    name: Text
    name_en: str = ""
    initials: Annotated[str, Meta(pattern=r"^[a-z0-9]{0,100}" + _END)] = ""


class Notice(Shape, frozen=True):
    """One notice for the screen at rest."""

    title: Text
    text: str = ""
    title_en: str = ""
    text_en: str = ""
    picture: Picture = ""


class LocalReason(Shape, frozen=True):
    """A reason of the hall's own, beside the national list and never in it; offered at `levels`, all if empty."""

    code: Annotated[str, Meta(pattern=LOCAL_CODE)]
    name: Text
    name_en: str = ""
    levels: tuple[Level, ...] = ()


class Look(Shape, frozen=True):
    """A hall's own look: its crest (PNG, JPEG or SVG as a data URL), one accent, one background."""

    crest: Picture = ""
    accent: Colour = ""
    background: Colour = ""


class SpeechVolume(Shape, frozen=True):
    """How loud the terminal speaks in a period of the day, local time; outside all periods it is silent."""

    opens: ClockTime
    closes: ClockTime
    volume: Annotated[int, Meta(ge=0, le=100)]

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.opens >= self.closes:
            raise ValueError(f"a period from {self.opens} to {self.closes}; it must end later on the same day")


class Hours(Shape, frozen=True):
    """One opening period, local time; `weekday` 1 is Monday. No period at all means always open."""

    weekday: Annotated[int, Meta(ge=1, le=7)]
    opens: ClockTime
    closes: ClockTime


class Phone(Shape, frozen=True):
    """Rating on one's own phone. `page`: where central serves its page, as phones reach it; `wait_s`: how long the
    terminal waits for a phone that has opened it."""

    page: Annotated[str, Meta(pattern=r"^https?://[^\s?#]{1,120}" + _END)]
    wait_s: Annotated[int, Meta(ge=60, le=600)] = 180


class Timings(Shape, frozen=True):
    """How long each screen waits, in seconds (DOMAIN: 10 to 60 s are seen in halls)."""

    inviting_s: Annotated[int, Meta(ge=10, le=300)] = 30
    explaining_s: Annotated[int, Meta(ge=20, le=600)] = 60
    thanks_s: Annotated[int, Meta(ge=2, le=30)] = 6
    asking_s: Annotated[int, Meta(ge=20, le=120)] = 20


class Profile(Shape, frozen=True):
    """Everything central tells a terminal. `version` changes whenever anything else does and serves as the ETag.

    `windows`: of the whole hall, for a tablet that reads them from queue slips; `slip`: how the code on a slip is
    written (`kiosk.core.slip`). `remind_s`: a visit that stands open so long deserves a reminder; 0 for none.
    `technicians`: the version of the roster (`kiosk.protocol.technicians`), which is asked for apart and never in here.
    """

    format: Annotated[int, Meta(ge=1)]
    version: Text
    hall: Hall
    window: Window
    mode: Mode = "window"
    channel: Channel = "hall_tablet"
    staff: tuple[StaffCard, ...] = ()
    matters: tuple[MatterItem, ...] = ()
    notices: tuple[Notice, ...] = ()
    hours: tuple[Hours, ...] = ()
    timings: Timings = Timings()
    options_version: str = "2020"
    receipt_page: str = ""
    local_reasons: Annotated[tuple[LocalReason, ...], Meta(max_length=6)] = ()
    look: Look = Look()
    speech: Annotated[tuple[SpeechVolume, ...], Meta(max_length=24)] = ()
    help: Line = ""
    help_en: Line = ""
    callbacks: bool = True
    phone: Phone | None = None
    windows: Annotated[tuple[Window, ...], Meta(max_length=500)] = ()
    slip: Line = ""
    remind_s: Annotated[int, Meta(ge=0, le=86_400)] = 1_200
    technicians: Annotated[str, Meta(pattern=r"^([0-9a-f]{32})?" + _END)] = ""

    def __post_init__(self) -> None:
        """Refuse what only shows when the parts are seen together."""
        codes = [one.code for one in self.local_reasons]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"local_reasons: the code {', '.join(twice)} stands more than once")
        periods = sorted((one.opens, one.closes) for one in self.speech)
        for (_, closes), (opens, _) in pairwise(periods):
            if opens < closes:
                raise ValueError(f"speech: two periods overlap at {opens}")
        pictures = sum(len(one.picture) for one in self.notices) + len(self.look.crest)
        if pictures > PICTURES_LIMIT:
            raise ValueError(f"pictures of {pictures} characters together; allowed are {PICTURES_LIMIT}")


class ProfileRefused(ValueError):
    """The profile does not validate; the message says where, what was found and what is allowed."""


def read_profile(text: bytes) -> Profile:
    """Validate a profile as a whole.

    Raises ProfileRefused.
    """
    try:
        found = msgspec.json.decode(text, type=_Format).format
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise ProfileRefused(str(fault)) from fault
    if found > FORMAT:
        raise ProfileRefused(f"the profile has format {found}; this program reads format {FORMAT} at most")
    try:
        return msgspec.json.decode(text, type=Profile)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise ProfileRefused(str(fault)) from fault


class _Format(msgspec.Struct):
    format: int
