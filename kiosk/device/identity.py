"""Who this terminal is: to central, the identity it got at enrolment; to programs at the window, the station's token.

Invariant: no private key is here; that lies in the vault under `DEVICE_KEY`, as the 32 raw bytes of Ed25519.
"""

import secrets

import msgspec

from kiosk.device.files import create_file, read_file, write_file
from kiosk.device.paths import Home

DEVICE_KEY = "device-key"
_LIMIT = 64 * 1024
_TOKEN_BYTES = 32
_TOKEN_CHARACTERS = 43


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What central calls this terminal and its key, and which central that is.

    `central_key`: central's Ed25519 key, base64, by which it countersigns heads. `recovery_key`: the hall's X25519 key,
    base64, for which the journal's key is sealed. Both are empty for a central that has none.
    """

    device_id: str
    key_id: str
    central_url: str
    central_key: str = ""
    recovery_key: str = ""


class IdentityBroken(Exception):
    """The identity's file is there and cannot be read; the terminal must not pass for one never enrolled."""


def read_identity(home: Home, mirror: str | None = None) -> Identity | None:
    """The identity, or None if this terminal was never enrolled. `mirror`: not with central, but with the one so named.

    Raises IdentityBroken.
    """
    path = home.identity if mirror is None else home.identity_at(mirror)
    try:
        return msgspec.json.decode(read_file(path, _LIMIT), type=Identity)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as fault:
        raise IdentityBroken(f"{path}: {fault}") from fault


def keep_identity(home: Home, identity: Identity, mirror: str | None = None) -> None:
    """Store the identity; the terminal counts as enrolled from here on. Raises OSError."""
    path = home.identity if mirror is None else home.identity_at(mirror)
    write_file(path, msgspec.json.format(msgspec.json.encode(identity), indent=2) + b"\n")


def station_token(home: Home) -> str:
    """The station's bearer token (43 characters), made when first asked for and again if its file was spoilt.

    Raises OSError.
    """
    if token := _read_token(home):
        return token
    drawn = secrets.token_urlsafe(_TOKEN_BYTES)
    if create_file(home.station_token, drawn.encode() + b"\n"):
        return drawn
    if token := _read_token(home):
        return token
    write_file(home.station_token, drawn.encode() + b"\n")
    return drawn


def _read_token(home: Home) -> str | None:
    try:
        token = read_file(home.station_token, _LIMIT).decode("ascii").strip()
    except (FileNotFoundError, ValueError):
        return None
    return token if len(token) >= _TOKEN_CHARACTERS and token.isprintable() and " " not in token else None
