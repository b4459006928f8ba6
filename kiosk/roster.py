"""The technicians' secrets on this terminal: asked of central, opened, and kept in the vault beside the other secrets.

Invariant: no secret is in the profile, in a log or in any file but the vault's.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from kiosk.device.identity import Identity
from kiosk.device.secrets import Vault, VaultLost
from kiosk.protocol.technicians import Roster, RosterQuestion, SealedRoster, roster_info, roster_text
from kiosk.sync.answers import decode_answer
from kiosk.sync.ports import Call, NoReply, Reply

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

ROSTER = "technicians"
"""The name under which the vault has them."""
NOBODY = Roster()


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
