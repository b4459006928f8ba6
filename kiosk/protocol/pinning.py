"""How a program in the hall knows a terminal over TLS: by the SHA-256 of its certificate, and by nothing else.

No name, date or authority is looked at, for in a hall's network there is none to ask and clocks go wrong. Nothing is
sent before the certificate is the pinned one. Pure standard library, for clients that carry nothing else.
"""

import hashlib
import hmac
import http.client
import re
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

DEFAULT_LAN_PORT = 7802
GROUPS_SHOWN = 8
"""Of four hex digits: what a person compares. 128 bits, beyond anyone who looks for a certificate that begins so."""
_GROUP = 4
_SEPARATORS = re.compile(r"[\s:\-]")
_HEX = re.compile(r"[0-9a-f]+")


class WrongCertificate(ConnectionError):
    """The other side is not the terminal that was paired with; nothing was sent to it. `found`: its fingerprint."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"the certificate is not the one that is pinned: found {shown(found)}, pinned is {shown(expected)}"
        )
        self.found = found


def fingerprint_of(certificate: bytes) -> str:
    """The fingerprint of a certificate in DER: SHA-256 as 64 lower-case hex digits."""
    return hashlib.sha256(certificate).hexdigest()


def shown(fingerprint: str) -> str:
    """What stands before people: `3F2A 91C0 …`, the first eight groups."""
    digits = fingerprint.upper()[: GROUPS_SHOWN * _GROUP]
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))


def read_fingerprint(text: str) -> str:
    """A whole fingerprint as people and programs write it: upper or lower case, with colons, hyphens or blanks.

    Raises ValueError.
    """
    digits = _digits(text)
    if len(digits) != hashlib.sha256().digest_size * 2:
        raise ValueError(f"{text!r} is no SHA-256 of a certificate: that has 64 hex digits")
    return digits


def begins_so(fingerprint: str, typed: str) -> bool:
    """Whether someone who typed what the terminal shows, all eight groups at least, means this certificate."""
    try:
        digits = _digits(typed)
    except ValueError:
        return False
    return len(digits) >= GROUPS_SHOWN * _GROUP and fingerprint.startswith(digits)


def pinned_context() -> ssl.SSLContext:
    """For a client that compares the certificate itself, as `PinnedConnection` does. TLS 1.2 or later."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class PinnedConnection(http.client.HTTPSConnection):
    """An HTTPS connection that sends nothing unless the certificate is the pinned one.

    Raises WrongCertificate from whatever connects.
    """

    def __init__(self, host: str, port: int, fingerprint: str, **named: Any) -> None:
        super().__init__(host, port, context=pinned_context(), **named)
        self._fingerprint = read_fingerprint(fingerprint)

    def connect(self) -> None:
        """Connect, and compare before the first byte of a request."""
        super().connect()
        found = fingerprint_of(_certificate(self.sock))
        if not hmac.compare_digest(found, self._fingerprint):
            self.close()
            raise WrongCertificate(self._fingerprint, found)


def look_at_certificate(host: str, port: int, timeout_s: float = 10.0) -> str:
    """The fingerprint of whoever answers there; nothing is sent to it. Raises OSError."""
    with (
        socket.create_connection((host, port), timeout_s) as wire,
        pinned_context().wrap_socket(wire, server_hostname=host) as connection,
    ):
        return fingerprint_of(_certificate(connection))


def lan_address_of(url: str) -> tuple[str, int]:
    """Host and port of a terminal's address as `https://192.168.1.20:7802`, with or without `/v1`.

    Raises ValueError.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path.rstrip("/") not in ("", "/v1"):
        raise ValueError(f"{url!r} is no address of a terminal such as https://192.168.1.20:{DEFAULT_LAN_PORT}")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"{url!r} has more in it than a host and a port")
    return parts.hostname, parts.port or DEFAULT_LAN_PORT


def _certificate(connection: ssl.SSLSocket) -> bytes:
    certificate = connection.getpeercert(binary_form=True)
    if certificate is None:
        raise ConnectionError("the other side shows no certificate")
    return certificate


def _digits(text: str) -> str:
    digits = _SEPARATORS.sub("", text).lower()
    if _HEX.fullmatch(digits) is None:
        raise ValueError(f"{text!r} is no fingerprint: hex digits are expected")
    return digits
