"""A sheet's signature, in a file beside it: by the unit's own key over the PDF's digest, for anyone to check.

Invariant: a file that is one byte different from what was signed, or a signature of another key, is never called good.
"""

import base64
import binascii
import hashlib
from pathlib import Path

import msgspec

from kiosk.core.acceptance import signed_text

ENDING = ".sig"
_LIMIT = 16 * 1024


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """`FILE.pdf.sig`. `sha256`: of the PDF, hex; `signature`: Ed25519 over `signed_text`, base64; `signed_at`: RFC 3339
    by the unit's clock."""

    format: int = 1
    device_id: str
    key_id: str
    sha256: str
    signature: str
    signed_at: str


class NotGood(Exception):
    """The sheet is not what that unit signed; the message says why."""


def signed(pdf: bytes, device_id: str, key_id: str, key: bytes, signed_at: str) -> Signature:
    """The signature. `key`: raw Ed25519."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    sha256 = hashlib.sha256(pdf).hexdigest()
    made = Ed25519PrivateKey.from_private_bytes(key).sign(signed_text(device_id, key_id, sha256, signed_at))
    return Signature(
        device_id=device_id, key_id=key_id, sha256=sha256, signature=base64.b64encode(made).decode(),
        signed_at=signed_at,
    )  # fmt: skip


def read_signature(pdf: Path) -> Signature:
    """The signature beside this PDF. Raises NotGood."""
    path = pdf.with_name(pdf.name + ENDING)
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LIMIT), type=Signature)
    except FileNotFoundError:
        raise NotGood(f"there is no signature beside it: {path}") from None
    except (OSError, ValueError) as fault:
        raise NotGood(f"{path} cannot be read: {fault}") from fault


def check(pdf: bytes, signature: Signature, public_key: str) -> None:
    """Whether these bytes are what the unit with this key (raw Ed25519, base64) has signed. Raises NotGood."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if hashlib.sha256(pdf).hexdigest() != signature.sha256:
        raise NotGood("the PDF was changed after it was signed")
    text = signed_text(signature.device_id, signature.key_id, signature.sha256, signature.signed_at)
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature.signature, validate=True), text)
    except InvalidSignature:
        raise NotGood("the signature is not that unit's") from None
    except (ValueError, binascii.Error) as fault:
        raise NotGood(f"this is no key, or no signature: {fault}") from fault
