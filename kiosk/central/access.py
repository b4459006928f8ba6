"""Who may call: terminals by signature, the hall by its bearer token. Guards, so that nothing of a body is looked at
before its sender is known."""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from kiosk.central.devices import find_signer
from kiosk.central.intake import WIRE, Wire
from kiosk.central.limiter import GuessLimiter
from kiosk.central.problems import refusal, too_many
from kiosk.central.signatures import Signed, Target, check_signature
from kiosk.central.store import Store
from kiosk.protocol.central import PROTOCOL, PROTOCOL_HEADER

Connection = ASGIConnection[Any, Any, Any, Any]
SIGNED = "kiosk.signed"


@dataclass(frozen=True, slots=True)
class Access:
    """What the guards need: the store that knows the keys, the hall's token, and the time (Unix ms)."""

    store: Store
    admin_token: str
    now_ms: Callable[[], int]


def wire_of(connection: Connection) -> Wire:
    """The request as it came."""
    return cast(Wire, connection.scope[WIRE])  # type: ignore[literal-required]


def signed_of(connection: Connection) -> Signed:
    """Who signed the request; there is an answer only behind `for_terminals`."""
    return cast(Signed, connection.scope[SIGNED])  # type: ignore[literal-required]


async def for_terminals(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Let known terminals through. Raises Refusal."""
    check_protocol(connection, required=True)
    signed = await asyncio.to_thread(_signed, _access(connection), connection)
    connection.scope[SIGNED] = signed  # type: ignore[literal-required]


async def for_the_hall(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Let the bearer of the admin token through. Raises Refusal."""
    if not is_of_the_hall(connection.headers.get("authorization", ""), _access(connection).admin_token):
        raise refusal(
            401,
            "token",
            "This is for the hall: the bearer token is missing or wrong",
            headers={"www-authenticate": "Bearer"},
        )


def is_of_the_hall(authorization: str, admin_token: str) -> bool:
    """Whether this `Authorization` bears the admin token."""
    scheme, _, token = authorization.partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), admin_token.encode())


def may_guess(connection: Connection, guesses: GuessLimiter) -> str:
    """Who asks with a code. Raises Refusal: it has guessed wrong too often."""
    address = connection.client.host if connection.client else ""
    wait_s = guesses.wait_s(address)
    if wait_s:
        raise too_many(wait_s)
    return address


def check_protocol(connection: Connection, *, required: bool) -> None:
    """Refuse a protocol that this program does not speak, and silence about it where it is required."""
    named = connection.headers.get(PROTOCOL_HEADER)
    if named == str(PROTOCOL) or (named is None and not required):
        return
    raise refusal(
        400,
        "protocol_version",
        "Central does not speak this version of the protocol",
        f"{PROTOCOL_HEADER}: {PROTOCOL} is spoken here.",
        field=PROTOCOL_HEADER,
    )


def _access(connection: Connection) -> Access:
    return cast(Access, connection.app.state.access)


def _signed(access: Access, connection: Connection) -> Signed:
    scope = connection.scope
    query = scope["query_string"]
    path = scope["raw_path"] + (b"?" + query if query else b"")
    target = Target(
        str(scope.get("method", "")),
        scope["scheme"],
        connection.headers.get("host", ""),
        path.decode("latin-1"),
    )
    with access.store.transaction() as transaction:
        return check_signature(
            target, wire_of(connection), lambda key_id: find_signer(transaction, key_id), access.now_ms()
        )
