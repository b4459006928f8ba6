"""The programs that were paired: who may come in over the hall's network, until somebody revokes it.

Of a key nothing is kept but its SHA-256. What is revoked is refused from that moment on, whatever the disk does, and
each writing holds all that was revoked before it; a file that does not hold lets nobody in.
"""

import hashlib
import hmac
import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from kiosk.protocol.station import Paired, Peer, PeerList

LIMIT = 64 * 1024
"""Bytes of the file."""
MOST = 32
"""Programs at once, and so many that were revoked are remembered for the list."""
_log = logging.getLogger(__name__)

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class StoredPeer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One program. Times in RFC 3339; `last_seen_at` to the hour, `revoked_at` empty while it may come in."""

    peer_id: Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    key_sha256: Digest
    paired_at: str
    last_seen_at: str = ""
    revoked_at: str = ""


class PeersFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The file as a whole."""

    format: Literal[1]
    peers: tuple[StoredPeer, ...]


class PeersBroken(Exception):
    """The file is there and does not hold; nobody may come in until a person has looked at it."""


class TooManyPeers(Exception):
    """There is no room for one more."""


def read_peers(text: bytes) -> tuple[StoredPeer, ...]:
    """The peers in such a file.

    Raises PeersBroken.
    """
    try:
        peers = msgspec.json.decode(text, type=PeersFile).peers
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise PeersBroken(str(fault)) from fault
    for told in ([peer.peer_id for peer in peers], [peer.key_sha256 for peer in peers]):
        if len(set(told)) != len(told):
            raise PeersBroken("the same peer stands in it twice")
    return peers


def write_peers(peers: tuple[StoredPeer, ...]) -> bytes:
    """Such a file."""
    return msgspec.json.format(msgspec.json.encode(PeersFile(format=1, peers=peers)), indent=2) + b"\n"


class Peers:
    """May be asked from any thread; `admit` alone waits for no disk. `read` gives the file's content, None if there is
    no file, and `write` replaces it for good; both raise OSError, and `read` ValueError for a file that is too long."""

    def __init__(
        self, read: Callable[[], bytes | None], write: Callable[[bytes], None], wall_ms: Callable[[], int]
    ) -> None:
        self._read, self._write_file, self._wall_ms = read, write, wall_ms
        self._peers: dict[str, StoredPeer] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="peers")

    def load(self) -> None:
        """Read the file; before that, and where it fails, nobody may come in.

        Raises PeersBroken.
        """
        try:
            text = self._read()
        except (OSError, ValueError) as fault:
            raise PeersBroken(str(fault)) from fault
        found = () if text is None else read_peers(text)
        with self._lock:
            self._peers = {peer.peer_id: peer for peer in found}

    def close(self) -> None:
        """Write no more; what is being written is written whole or not at all."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def admit(self, key: bytes) -> str | None:
        """The id of the peer whose key this is, None if it is nobody's, or of one that was revoked."""
        digest = hashlib.sha256(key).hexdigest()
        found = None
        with self._lock:
            for peer in self._peers.values():  # all of them, so that the time tells nothing
                if hmac.compare_digest(peer.key_sha256, digest) and not peer.revoked_at:
                    found = peer
            if found is None:
                return None
            hour = self._now()[:14] + "00:00Z"
            if found.last_seen_at != hour:
                self._peers[found.peer_id] = replace(found, last_seen_at=hour)
                self._soon(self._write_seen)
        return found.peer_id

    def draw(self, name: str) -> tuple[StoredPeer, Paired]:
        """A new peer with its key; it may not come in yet."""
        paired = Paired(peer_id=secrets.token_hex(6), key=secrets.token_urlsafe(32))
        digest = hashlib.sha256(paired.key.encode()).hexdigest()
        return StoredPeer(peer_id=paired.peer_id, name=name, key_sha256=digest, paired_at=self._now()), paired

    def check_room(self) -> None:
        """Raises TooManyPeers."""
        with self._lock:
            if sum(not peer.revoked_at for peer in self._peers.values()) >= MOST:
                raise TooManyPeers

    def add(self, peer: StoredPeer) -> None:
        """Let it come in, from when it is on the disk.

        Raises TooManyPeers, or OSError with nothing changed.
        """
        self.check_room()
        with self._writing:
            kept = _remembered((*self._all(), peer))
            self._write_file(write_peers(kept))
            with self._lock:  # what was seen or revoked meanwhile stays
                self._peers[peer.peer_id] = peer

    def revoke(self, peer_id: str) -> bool:
        """Let it in no more, at once; False if there is no such peer. One that is revoked already is written again.

        Raises OSError where the disk did not take it: refused it is all the same, but only until the terminal ends.
        """
        with self._lock:
            peer = self._peers.get(peer_id)
            if peer is None:
                return False
            if not peer.revoked_at:
                self._peers[peer_id] = replace(peer, revoked_at=self._now())
        self._write()
        return True

    def listed(self) -> PeerList:
        """All of them, for whoever is at the terminal."""
        return PeerList(
            items=tuple(
                Peer(
                    peer_id=peer.peer_id, name=peer.name, paired_at=peer.paired_at, last_seen_at=peer.last_seen_at,
                    revoked=bool(peer.revoked_at),
                )
                for peer in self._all()
            )
        )  # fmt: skip

    def work(self, task: Callable[[], bool | None]) -> "Future[bool | None]":
        """Do something that waits for the disk, `add` or `revoke`, on a thread that may."""
        return self._worker.submit(task)

    def _all(self) -> tuple[StoredPeer, ...]:
        with self._lock:
            return tuple(self._peers.values())

    def _write(self) -> None:
        """What is true now, one after another: nothing older can come after it."""
        with self._writing:
            self._write_file(write_peers(_remembered(self._all())))

    def _write_seen(self) -> None:
        try:
            self._write()
        except OSError as fault:
            _log.warning("when paired programs were last seen cannot be written down: %s", fault)

    def _soon(self, task: Callable[[], None]) -> None:
        try:
            self._worker.submit(task)
        except RuntimeError:
            _log.info("the terminal ends; when a paired program was last seen is not written down")

    def _now(self) -> str:
        return datetime.fromtimestamp(self._wall_ms() // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _remembered(peers: tuple[StoredPeer, ...]) -> tuple[StoredPeer, ...]:
    """All that may come in, and the newest of those that were revoked: a key that is forgotten is refused as well."""
    revoked = [peer for peer in peers if peer.revoked_at]
    forgotten = {peer.peer_id for peer in sorted(revoked, key=lambda peer: peer.revoked_at)[:-MOST]}
    return tuple(peer for peer in peers if peer.peer_id not in forgotten)
