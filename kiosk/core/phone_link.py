"""The one-use link by which one visit is rated on the citizen's own phone: which terminal, which visit, and since when.

No personal data is in it, and no case. The terminal signs it with its own key, so central needs no word of the visit
beforehand, and nobody can make one up.
"""

import base64
import binascii
import struct
from dataclasses import dataclass

CONTEXT = b"kiosk-phone-1\n"
"""Stands before the payload in what is signed."""
PATH = "/p/"
_PAYLOAD = struct.Struct(">B16s16sI")
_SIGNATURE_BYTES = 64
_VERSION = 1
TOKEN_LENGTH = 135


class LinkMalformed(ValueError):
    """This is no link of a terminal."""


@dataclass(frozen=True, slots=True)
class PhoneLink:
    """`device_id`, `visit_id`: 32 hex digits; `issued_s`: Unix seconds by the terminal's best knowledge of the time."""

    device_id: str
    visit_id: str
    issued_s: int

    def payload(self) -> bytes:
        """37 bytes."""
        return _PAYLOAD.pack(_VERSION, bytes.fromhex(self.device_id), bytes.fromhex(self.visit_id), self.issued_s)

    def signed(self) -> bytes:
        """What the signature covers."""
        return CONTEXT + self.payload()


def write_token(link: PhoneLink, signature: bytes) -> str:
    """The token that stands in the address; `signature`: Ed25519 over `link.signed()`, 64 bytes."""
    return base64.urlsafe_b64encode(link.payload() + signature).decode("ascii").rstrip("=")


def read_token(token: str) -> tuple[PhoneLink, bytes]:
    """The link and its signature, which the caller checks against the terminal's key.

    Raises LinkMalformed.
    """
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        version, device, visit, issued_s = _PAYLOAD.unpack(raw[: _PAYLOAD.size])
    except (UnicodeEncodeError, binascii.Error, ValueError, struct.error):
        raise LinkMalformed("not a token") from None
    signature = raw[_PAYLOAD.size :]
    link = PhoneLink(device.hex(), visit.hex(), issued_s)
    if version != _VERSION or len(signature) != _SIGNATURE_BYTES or write_token(link, signature) != token:
        raise LinkMalformed("not a token")
    return link, signature
