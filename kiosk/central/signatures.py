"""Whether a request was signed by the key it names: RFC 9421 with Ed25519, the body by RFC 9530.

Pure but for the key look-up that it is given. A signature that holds and is merely too old or too early is a refusal of
its own, which tells the terminal what time it is here.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    VerifyResult,
    algorithms,
)

from kiosk.central.intake import Headers, Wire
from kiosk.central.problems import refusal
from kiosk.protocol.central import SIGNATURE_LABEL, SIGNATURE_WINDOW_S, SIGNED

_KEY_ID = re.compile(r"[0-9a-f]{32}")
_SIGNED_ALWAYS = tuple(name for name in SIGNED if not name.startswith("content-"))
_OTHER_SCHEME = {"http": "https", "https": "http"}


@dataclass(frozen=True, slots=True)
class Signer:
    """A device as far as a signature is concerned. `device`: its number inside the database."""

    device: int
    device_id: str
    public_key: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that holds: who made it, and when by its own word (Unix seconds)."""

    signer: Signer
    created_s: int


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked: method, scheme as central saw it, Host as the client named it, path and query as they came."""

    method: str
    scheme: str
    host: str
    path: str


def check_signature(target: Target, wire: Wire, find: Callable[[str], Signer | None], now_ms: int) -> Signed:
    """Who signed this request. `find`: the device of a key id.

    Raises Refusal: `signature_missing`, `signature_invalid`, `digest_mismatch`, `unknown_device`, `revoked`,
    `signature_time`.
    """
    names = {name for name, _ in wire.headers}
    if b"signature" not in names or b"signature-input" not in names:
        raise refusal(401, "signature_missing", "The request is not signed")
    keys = _Keys(find)
    result = _verified(target, wire, keys)
    signer = keys.found
    if signer is None:
        raise refusal(401, "unknown_device", "Central does not know this terminal", "Enrol it with a new code.")
    if result is None:
        raise refusal(401, "signature_invalid", "The signature does not hold")
    if result.label != SIGNATURE_LABEL:
        raise refusal(401, "signature_invalid", "The signature does not hold", f"Its label must be {SIGNATURE_LABEL}.")
    _check_digest(wire, result)
    if signer.revoked:
        raise refusal(403, "revoked", "This terminal has been withdrawn", "Enrol it with a new code.")
    created = int(result.parameters["created"])
    if abs(now_ms // 1000 - created) > SIGNATURE_WINDOW_S:
        raise refusal(
            401,
            "signature_time",
            "The signature is not of this time",
            f"It may differ from server_time by {SIGNATURE_WINDOW_S} s.",
            server_time=now_ms,
        )
    return Signed(signer, created)


def _verified(target: Target, wire: Wire, keys: "_Keys") -> VerifyResult | None:
    """The signature, verified for the scheme that central saw, or else the other one: behind a proxy that ends TLS the
    client signed `https`, and no header of a proxy is trusted to say so."""
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    required = SIGNED if wire.body else _SIGNED_ALWAYS
    for scheme in (target.scheme, _OTHER_SCHEME.get(target.scheme, "https")):
        message = _Message(target.method, f"{scheme}://{target.host}{target.path}", _Fields(wire.headers))
        try:
            results = verifier.verify(message, max_age=None, require_components=required)
        except InvalidSignature:
            if keys.fault is not None:
                raise keys.fault from None
            if keys.found is None:
                return None
            continue
        return results[0]
    return None


def _check_digest(wire: Wire, result: VerifyResult) -> None:
    try:
        if wire.body and not verify_digest(result.covered_components, wire.body):
            raise refusal(401, "signature_invalid", "The signature does not cover the body")
    except InvalidSignature:
        raise refusal(400, "digest_mismatch", "The body is not the one that was signed") from None


def verify_digest(covered: dict[str, str], body: bytes) -> bool:
    """Whether the covered Content-Digest was checked against the body as it came. Raises InvalidSignature."""
    return _Verifier.content_digest_class.verify_components(covered, body)


class _Verifier(HTTPMessageVerifier):
    """The library's, with the check of the time left to us: it knows one window for the past and another ahead."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        if type(sig_input.params.get("created")) is not int or "expires" in sig_input.params:
            raise InvalidSignature("a signature here has a time of creation and no other")


class _Keys(HTTPSignatureKeyResolver):
    """Looks the key up once, and remembers whose it was, or what went wrong: the library takes every exception of a
    look-up for a bad signature, and a database out of reach is none."""

    def __init__(self, find: Callable[[str], Signer | None]) -> None:
        self._find = find
        self.found: Signer | None = None
        self.fault: Exception | None = None

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        if self.found is None and _KEY_ID.fullmatch(key_id):
            try:
                self.found = self._find(key_id)
            except Exception as fault:
                self.fault = fault
                raise
        return None if self.found is None else Ed25519PublicKey.from_public_bytes(_raw(self.found.public_key))


def _raw(public_key: str) -> bytes:
    return base64.b64decode(public_key, validate=True)


@dataclass(frozen=True, slots=True)
class _Message:
    method: str
    url: str
    headers: "_Fields"


class _Fields:
    """Header fields as the library reads them: lines in order, repeated ones apart."""

    def __init__(self, headers: Headers) -> None:
        self._lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]

    def items(self) -> list[tuple[str, str]]:
        return self._lines
