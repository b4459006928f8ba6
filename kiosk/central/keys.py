"""The hall's recovery key: opens what terminals seal for the hall, their exports and their journals' keys."""

import base64
import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.central.countersign import RECOVERY_KEY_FILE


def recovery_key(data: Path) -> X25519PrivateKey:
    """The private half in this folder. Raises OSError: there is none, or the file holds no key."""
    path = data / RECOVERY_KEY_FILE
    try:
        return X25519PrivateKey.from_private_bytes(base64.b64decode(path.read_bytes().strip(), validate=True))
    except ValueError as fault:
        raise OSError(f"{path} holds no key; put the true one back, for terminals know its public half") from fault


def name_of(key: X25519PrivateKey) -> str:
    """How an export names the key for which it is sealed: SHA-256 of its public half."""
    return hashlib.sha256(key.public_key().public_bytes_raw()).hexdigest()
