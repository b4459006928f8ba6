"""The hall's network as a second way in, beside loopback: its own door, its own callers, its own room.

Whoever comes over it bears a paired program's key; without one there is the answer to a pairing and nothing else.
Pairing is opened, and peers are listed and revoked, on loopback only.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from kiosk.protocol.station import Paired, PairingAnswer, PairingOpened, PeerList
from kiosk.station.connections import Connection
from kiosk.station.guard import App, Message
from kiosk.station.limits import LAN_CONNECTIONS, LAN_LISTENERS, Limits
from kiosk.station.listening import listen_at
from kiosk.station.pairing import Locked, NotOpen, Opened, PairingDesk, Right, Wrong, peer_name
from kiosk.station.peers import Peers, PeersBroken, StoredPeer, TooManyPeers
from kiosk.station.ports import Clock
from kiosk.station.rate import Rate, Rates
from kiosk.station.refusals import Refusal
from kiosk.station.tls import Reception

PAIRING = ("PUT", "/v1/pairing")
PEER = "kiosk.peer"
"""In the scope of a call over the hall's network: whose key it bore."""
_log = logging.getLogger(__name__)


class LanImpossible(Exception):
    """The hall's network cannot be served, and trying again would not help; the message is for a technician."""


@dataclass(frozen=True, slots=True)
class Lan:
    """What the composition root gives. `names`: by which the machine may be called besides its address.

    `prepare`: the TLS context and the fingerprint as it is shown; on the station's thread, raises LanImpossible.
    `record`: something for the journal, `what` and its particulars; done when it is committed. `busy`: whether a
    citizen has the screen. `trouble`: why nobody is served over it, or (None) no longer; on the station's thread.
    """

    address: str
    port: int
    names: tuple[str, ...]
    peers: Peers
    pairing: PairingDesk
    prepare: Callable[[], tuple[ssl.SSLContext, str]]
    record: Callable[[str, Mapping[str, Any]], "Future[Any]"]
    busy: Callable[[], bool]
    trouble: Callable[[str | None], None]


class Network:
    """The calls about the hall's network; on the station's loop. `lan` is None where it is not switched on."""

    def __init__(self, lan: Lan | None, limits: Limits, clock: Clock) -> None:
        self._lan = lan
        self._limits = limits
        self._calls = Rate(limits.requests_per_s, limits.burst, clock.mono_ms)
        self._own = Rates(limits.own_per_s, limits.own_burst, clock.mono_ms)
        self._pairings = Rates(limits.strange_per_s, limits.strange_burst, clock.mono_ms)
        self._strangers = Rates(limits.strange_per_s, limits.strange_burst, clock.mono_ms)
        self.why_not = ""
        self.served: set[Connection] = set()

    def open_pairing(self) -> PairingOpened:
        """Show a code at the terminal."""
        lan = self._switched_on()
        if lan.busy():
            raise Refusal("visit_running", detail="A citizen has the screen; try again when the visit is over.")
        match lan.pairing.open():
            case Opened(left_ms):
                return PairingOpened(expires_in_s=left_ms // 1000)
            case Locked(wait_s):
                raise Refusal("pairing_locked", retry_after_s=wait_s)
            case NotOpen():
                raise Refusal("no_lan", detail=self.why_not)

    async def pair(self, asked: PairingAnswer) -> Paired:
        """A program says the code. Its key exists once the pairing is on record, and works once it is on the disk."""
        lan = self._switched_on()
        name = peer_name(asked.name)[:64].strip()
        if not name:
            raise Refusal("invalid", detail="Expected a name that can be read", field="$.name")
        try:
            lan.peers.check_room()
        except TooManyPeers:
            raise Refusal("too_many_peers") from None
        match lan.pairing.attempt(asked.code):
            case NotOpen():
                raise Refusal("no_pairing")
            case Wrong(tries_left):
                raise Refusal("wrong_code", detail=f"Tries left: {tries_left}.", field="$.code")
            case Locked(wait_s, now):
                if now:
                    lan.record("pairing_locked", {})
                raise Refusal("pairing_locked", retry_after_s=wait_s)
            case Right():
                peer, paired = lan.peers.draw(name)
                await self._kept(lan.record("peer_paired", _told(peer)))
                await self._kept(lan.peers.work(partial(lan.peers.add, peer)))
                return paired

    def peers(self) -> PeerList:
        """All that were paired."""
        return self._switched_on().peers.listed()

    async def revoke(self, peer_id: str) -> PeerList:
        """Let one in no more: from now on, and what it has open is ended."""
        lan = self._switched_on()
        told = {peer.peer_id: peer for peer in lan.peers.listed().items}
        peer = told.get(peer_id)
        if peer is None:
            raise Refusal("unknown_peer")
        revoking = lan.peers.work(partial(lan.peers.revoke, peer_id))
        try:
            await self._kept(revoking)
        finally:
            self._end(peer_id)
        if not peer.revoked:
            await self._kept(lan.record("peer_revoked", {"peer_id": peer.peer_id, "name": peer.name}))
        return lan.peers.listed()

    def admit(self, scope: Message, key: bytes) -> None:
        """As the guard asks: by a paired program's key, and so often a second. Each program has calls of its own, and
        above them a share of what all have together; without a key each address has, and the answer to a pairing
        again. So a machine that floods takes from others' share, and never from their own."""
        lan, address = self._switched_on(), (scope.get("client") or ("", 0))[0]
        if (scope["method"], scope["path"]) == PAIRING:
            if not self._pairings.take(address):
                raise Refusal("too_many", retry_after_s=1)
            return
        peer = lan.peers.admit(key) if key else None
        if peer is None:
            if not self._strangers.take(address):
                raise Refusal("too_many", retry_after_s=1)
            raise Refusal("unauthorized")
        if not (self._own.take(peer) or self._calls.take()):
            raise Refusal("too_many", retry_after_s=1)
        scope[PEER] = peer

    def _end(self, peer_id: str) -> None:
        for connection in tuple(self.served):
            if connection.scope and connection.scope.get(PEER) == peer_id:
                connection.transport.abort()

    async def _kept(self, done: "Future[Any]") -> None:
        try:
            await asyncio.wait_for(asyncio.wrap_future(done), self._limits.answer_s)
        except TooManyPeers:
            raise Refusal("too_many_peers") from None
        except Exception as fault:
            _log.error("what was asked about a paired program is not kept: %s", type(fault).__name__)
            raise Refusal("not_kept") from None

    def _switched_on(self) -> Lan:
        if self._lan is None:
            raise Refusal("no_lan")
        return self._lan


def _told(peer: StoredPeer) -> dict[str, str]:
    return {"peer_id": peer.peer_id, "name": peer.name}


def hosts_of(lan: Lan, port: int) -> frozenset[bytes]:
    """What a call's `Host` may be."""
    address = f"[{lan.address}]" if ":" in lan.address else lan.address
    return frozenset(f"{name}:{port}".encode() for name in (address, *(name.lower() for name in lan.names)))


def room_of(limits: Limits) -> Limits:
    """The limits of the hall's network: as many as of loopback, but fewer at once."""
    return replace(
        limits,
        connections=min(limits.connections, LAN_CONNECTIONS),
        listeners=min(limits.listeners, LAN_LISTENERS),
    )


async def serve_lan(
    lan: Lan,
    network: Network,
    build: Callable[[frozenset[bytes]], App],
    limits: Limits,
    bound: Callable[[int | None], None],
) -> None:
    """Serve the hall's network until cancelled; never raises. `build` gives the guarded application that answers to
    these hosts; `bound` is told the port, and None at the end."""

    def say(words: str | None) -> None:
        network.why_not = words or ""
        lan.trouble(words)

    try:
        context, fingerprint = await asyncio.to_thread(lan.prepare)
        await asyncio.to_thread(lan.peers.load)
        listening = await _bind(lan, limits, say)
        port = int(listening.getsockname()[1])
        say(None)
        lan.pairing.serve(fingerprint)
        bound(port)
        await _receive(listening, context, build(hosts_of(lan, port)), network.served, limits)
    except (LanImpossible, PeersBroken) as fault:
        words = str(fault) if isinstance(fault, LanImpossible) else f"the list of paired programs is spoilt: {fault}"
        _log.error("the hall's network is not served: %s", words)
        say(words)
    except Exception as fault:
        _log.exception("the hall's network is no longer served")
        say(f"it is no longer served: {type(fault).__name__}")
    finally:
        lan.pairing.serve("")
        bound(None)


async def _bind(lan: Lan, limits: Limits, say: Callable[[str], None]) -> socket.socket:
    """An address that this machine does not have yet is tried again, for networks come up late."""
    said = False
    while True:
        try:
            return listen_at(lan.address, lan.port)
        except OSError as fault:
            if not said:
                said = True
                words = f"port {lan.port} of {lan.address} cannot be used yet: {fault.strerror}"
                _log.warning("the hall's network is not served: %s", words)
                say(words)
        await asyncio.sleep(limits.bind_again_s)


async def _receive(
    listening: socket.socket, context: ssl.SSLContext, app: App, served: set[Connection], limits: Limits
) -> None:
    from uvicorn import Config
    from uvicorn.server import ServerState

    config = Config(
        app,
        ws="none", lifespan="off", interface="asgi3", access_log=False, log_config=None, log_level="error",
        proxy_headers=False, server_header=False,
    )  # fmt: skip
    config.load()
    state = ServerState()
    state.connections = served  # type: ignore[assignment]  # none but ours
    loop = asyncio.get_running_loop()
    make = partial(Connection, config, state, {}, loop, limits=limits)
    await Reception(listening, context, make, served, limits).serve()
