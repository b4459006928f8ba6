"""The technicians' secrets on this terminal: asked of central, opened, and kept in the vault beside the other secrets.

Invariant: no secret is in the profile, in a log or in any file but the vault's.
"""

import base64
import binascii
import logging
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from kiosk.device.identity import Identity, IdentityBroken
from kiosk.device.secrets import Vault, VaultError, VaultLost
from kiosk.protocol.technicians import Roster, RosterQuestion, SealedRoster, roster_info, roster_text
from kiosk.sync.answers import decode_answer
from kiosk.sync.ports import Call, NoReply, Reply

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

ROSTER = "technicians"
"""The name under which the vault has them."""
NOBODY = Roster()
log = logging.getLogger(__name__)


class RosterRefused(Exception):
    """Central's answer is none, or is not central's; the message says why and holds no secret."""


def read_roster(vault: Vault) -> Roster:
    """Who may look after this terminal; nobody, where central never named anyone.

    Raises VaultLost.
    """
    kept = vault.get(ROSTER)
    if kept is None:
        return NOBODY
    try:
        return msgspec.json.decode(kept, type=Roster)
    except msgspec.MsgspecError:
        raise VaultLost("the technicians in the key store cannot be read") from None  # its words might hold a piece


def keep_roster(vault: Vault, roster: Roster) -> None:
    """These from now on. Raises VaultLost, OSError."""
    vault.put(ROSTER, msgspec.json.encode(roster))


@dataclass(frozen=True, slots=True)
class Asking:
    """One question to central: the key drawn for its answer alone, and who asks whom."""

    key: "X25519PrivateKey"
    identity: Identity

    @property
    def _public(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def call(self) -> Call:
        """What to send, signed as every call of a terminal."""
        return Call("POST", "/device/technicians", msgspec.json.encode(RosterQuestion(sealing_key=self._public)))

    def opened(self, reply: Reply | NoReply) -> Roster:
        """What the answer holds. Raises RosterRefused."""
        from cryptography.exceptions import InvalidSignature, InvalidTag
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

        if isinstance(reply, NoReply):
            raise RosterRefused(f"central cannot be reached: {reply.why}")
        answer = decode_answer(reply, SealedRoster)
        if answer is None:
            raise RosterRefused(f"central gave no technicians ({reply.status})")
        device_id = self.identity.device_id
        try:
            central = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.identity.central_key, validate=True))
            signature = base64.b64decode(answer.signature, validate=True)
            central.verify(signature, roster_text(device_id, self._public, answer.sealed))
            suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
            sealed = base64.b64decode(answer.sealed, validate=True)
            return msgspec.json.decode(suite.decrypt(sealed, self.key, roster_info(device_id)), type=Roster)
        except InvalidSignature:
            raise RosterRefused("what answered is not this terminal's central") from None
        except (InvalidTag, ValueError, binascii.Error, msgspec.MsgspecError):
            raise RosterRefused("central's answer cannot be opened") from None


def ask_for_roster(identity: Identity) -> Asking:
    """A question that no earlier answer fits."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return Asking(X25519PrivateKey.generate(), identity)


AGAIN_MS = 60_000
"""Between one question to central and the next."""
_PATIENCE_S = 60.0


class RosterLine:
    """Keeps the technicians of a running unit as central has them. `vault`, `identity`: of this unit, None while there
    is none; `ask`: a question to central; `mono_ms`: monotonic. `look` is for the loop and never waits."""

    def __init__(
        self,
        vault: Callable[[], Vault | None],
        identity: Callable[[], Identity | None],
        ask: "Callable[[Call], Future[Reply | NoReply]]",
        mono_ms: Callable[[], int],
    ) -> None:
        self._vault, self._identity, self._ask, self._mono_ms = vault, identity, ask, mono_ms
        self._held: str | None = None
        self._not_before_ms = 0
        self._under_way = False
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="roster")

    def look(self, wanted: str) -> None:
        """The profile names this version: fetch it unless it is here. Called whenever central was heard of."""
        if self._held != wanted and not self._under_way and self._mono_ms() >= self._not_before_ms:
            self._under_way = True
            self._worker.submit(self._fetch, wanted).add_done_callback(self._done)

    def close(self) -> None:
        """Fetch no more."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _done(self, _fetched: "Future[None]") -> None:
        self._under_way = False

    def _fetch(self, wanted: str) -> None:
        vault = self._vault()
        if vault is None:
            return
        try:
            self._held = read_roster(vault).version
            if self._held == wanted:
                return
            roster = NOBODY
            if wanted:
                identity = self._identity()
                if identity is None:
                    return
                self._not_before_ms = self._mono_ms() + AGAIN_MS
                asking = ask_for_roster(identity)
                roster = asking.opened(self._ask(asking.call()).result(_PATIENCE_S))
            keep_roster(vault, roster)
            self._held = roster.version
            log.info("%d technicians may look after this terminal", len(roster.technicians))
        except (RosterRefused, VaultError, OSError, TimeoutError, CancelledError, IdentityBroken) as fault:
            log.warning("who may look after this terminal is as it was: %s", str(fault) or type(fault).__name__)
