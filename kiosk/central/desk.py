"""What the handlers work with, given to them by the application."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from kiosk.central.alarms import Words
from kiosk.central.countersign import Countersigner
from kiosk.central.limiter import GuessLimiter
from kiosk.central.phone_limits import PhoneLimits
from kiosk.central.store import Store
from kiosk.core.options import OptionList


@dataclass(frozen=True, slots=True)
class Desk:
    """`now_ms`: Unix milliseconds. `admin_token`: the hall's. `recovery_key` reads the hall's private key, which
    is kept in no memory longer than it is needed; it raises OSError. `technician_key`: under it lie the technicians'
    secrets."""

    store: Store
    options: OptionList
    admin_token: str
    now_ms: Callable[[], int]
    guesses: GuessLimiter
    phone_limits: PhoneLimits
    countersigner: Countersigner
    words: Words
    recovery_key: Callable[[], X25519PrivateKey]
    technician_key: bytes = field(repr=False)


AtDesk = NamedDependency[SkipValidation[Desk]]
"""How a handler asks for it."""
