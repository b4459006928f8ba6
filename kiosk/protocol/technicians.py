"""The technicians of a hall: persons who look after its terminals and are let in by one-time codes (RFC 6238).

Their secrets are drawn at central, shown once, and travel to a terminal sealed (HPKE) for a key that it drew for that
one answer, over central's signature: a line that is only plain http gives them to nobody, and an old answer fits no
new question.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kiosk.protocol.central import Answer, Shape, Text

Role = Literal["technician", "supervisor"]
Number = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,32}(?![\s\S])")]
DIGITS = 6
INTERVAL_S = 30
"""As every authenticator app has them, with SHA-1."""


class TechnicianRequest(Shape, frozen=True):
    """`POST /technicians`, admin token. `number`: as the person types it at a terminal; one that was revoked may be
    given again, with a new secret."""

    hall: Text
    number: Number
    name: Text
    role: Role = "technician"


class Technician(Answer, frozen=True):
    """One item of `GET /technicians`; nothing of the secret."""

    hall: str
    number: str
    name: str
    role: str
    made_at: str
    revoked_at: str | None = None


class TechnicianIssued(Answer, frozen=True):
    """The one time at which the secret is shown: `uri` (`otpauth://…`) for an authenticator app, `secret` for typing
    it in."""

    technician: Technician
    secret: str
    uri: str


class RosterQuestion(Shape, frozen=True):
    """`POST /device/technicians`. `sealing_key`: raw X25519, base64, drawn for this question."""

    sealing_key: Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{43}=(?![\s\S])")]


class SealedRoster(Answer, frozen=True):
    """The answer. `sealed`: HPKE (X25519, HKDF-SHA256, ChaCha20-Poly1305) of a `Roster` in JSON, with `roster_info`;
    `signature`: central's Ed25519 over `roster_text`. Both base64."""

    sealed: str
    signature: str


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """One technician with the secret (base32)."""

    number: str
    name: str
    role: str = "technician"
    secret: str

    def __repr__(self) -> str:
        """Without the secret, wherever it may be printed."""
        return f"Secret({self.number!r})"


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """All who may look after a terminal. `version`: as the profile names it; empty where there are none."""

    version: str = ""
    technicians: tuple[Secret, ...] = ()


def roster_info(device_id: str) -> bytes:
    """What a roster is sealed with beside the key, so that it opens for nothing else."""
    return b"kiosk-technicians-1\n" + device_id.encode()


def roster_text(device_id: str, sealing_key: str, sealed: str) -> bytes:
    """What central signs."""
    return "\n".join(("kiosk-roster-1", device_id, sealing_key, sealed)).encode()
