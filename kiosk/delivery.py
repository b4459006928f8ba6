"""A unit's way to one destination: the sync lane with its transport, its keys and its news, for the composition root.

Nothing here reads or moves the journal; that is the lane's and the journal's.
"""

import base64
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from kiosk import __version__
from kiosk.core.view import Earlier, View
from kiosk.device.clock import Clock
from kiosk.device.identity import DEVICE_KEY, Identity
from kiosk.device.secrets import Vault
from kiosk.device.settings import Central, Mirror, Settings
from kiosk.protocol.central import Quarantined, ReceiptState
from kiosk.protocol.problem import Problem, problem_code
from kiosk.sync.client import HttpExchange, Route, Signer
from kiosk.sync.evidence import Witness
from kiosk.sync.lane import SyncLane
from kiosk.sync.plan import Pace, pace_for
from kiosk.sync.ports import (
    ClockOff,
    Exchange,
    Healthy,
    JournalPort,
    LiveState,
    MustBeginAnew,
    NoReply,
    ProfileArrived,
    Progress,
    Reply,
    SyncNews,
    Trouble,
)

log = logging.getLogger(__name__)

QUARANTINED = "quarantined_at_central"
"""The code of the trouble that central keeps entries apart."""
_KEY_BYTES = 32


class DeliveryImpossible(Exception):
    """This unit cannot speak to central at all; the message says why. It goes on recording."""


Place = Central | Mirror
"""The settings of one destination."""


def _nobody(*_news: object) -> None:
    """Who does not want to know."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom to tell, on the sync lane's thread: central has more of the journal; it sent another profile; something is
    wrong that a technician should see, by code, or is over (None); it has proved that this journal cannot go on."""

    progressed: Callable[[], None]
    profile_arrived: Callable[[bytes], None]
    trouble: Callable[[str, str | None], None] = _nobody
    begin_anew: Callable[[MustBeginAnew], None] = _nobody


def route_of(place: Place, url: str) -> Route:
    """The way to a destination at this address, as the settings have it."""
    return Route(url, place.ca_file, place.proxy, place.allow_plain_http)


def find_mirror(settings: Settings, name: str) -> Mirror | None:
    """The mirror of this name."""
    return next((mirror for mirror in settings.mirror if mirror.name == name), None)


def pace_of(settings: Settings, identity: Identity, place: Place | None = None) -> Pace:
    """How often this unit reports to its central, or to another place, and tries again."""
    address = (place or settings.central).url or identity.central_url
    sync = settings.sync
    return pace_for(address, sync.heartbeat_s, sync.retry_max_s, sync.spread_s)


def open_exchange(settings: Settings, identity: Identity, vault: Vault, place: Place | None = None) -> Exchange:
    """A signed way to this unit's central, or to another place. The settings' address wins over the one it was enrolled
    at.

    Raises DeliveryImpossible.
    """
    key = vault.get(DEVICE_KEY)
    if key is None:
        raise DeliveryImpossible("this terminal's key is not in the key store; enrol it again")
    place = place or settings.central
    try:
        return HttpExchange(route_of(place, place.url or identity.central_url), Signer(identity.key_id, key))
    except ValueError as fault:
        raise DeliveryImpossible(str(fault)) from fault


def link_signer(vault: Vault) -> Callable[[bytes], bytes]:
    """Signs the links by which phones rate, with this terminal's key.

    Raises DeliveryImpossible.
    """
    key = vault.get(DEVICE_KEY)
    if key is None:
        raise DeliveryImpossible("this terminal's key is not in the key store; enrol it again")

    def sign(text: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(key).sign(text)

    return sign


def witness_of(identity: Identity) -> Witness | None:
    """By whose signature this unit's central is believed; None for a central that had no key when it was enrolled.

    Raises DeliveryImpossible.
    """
    if not identity.central_key:
        return None
    try:
        key = base64.b64decode(identity.central_key, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise DeliveryImpossible("the key of central in this terminal's identity is none; enrol it again")
    return Witness(identity.device_id, key)


class Delivery:
    """Brings the journal to one destination for as long as it runs. `mirror`: its name, if it is not central: then
    without personal data, without a profile, and it ends no journal."""

    def __init__(
        self, exchange: Exchange, journal: JournalPort, clock: Clock, pace: Pace, live: Callable[[], LiveState],
        listener: Listener, witness: Witness | None = None, mirror: str | None = None,
    ) -> None:  # fmt: skip
        self._listener = listener
        self._mirror = mirror
        self._name = "central" if mirror is None else f"mirror {mirror}"
        self._apart = QuarantineCount()
        self._lane = SyncLane(
            journal, exchange, clock, random.random, live, self._tell, pace, witness=witness, mirror=mirror is not None
        )
        self.start = self._lane.start
        self.nudge = self._lane.nudge
        self.report = self._lane.report
        self.ask = self._lane.ask
        self.close = self._lane.close

    def _tell(self, news: SyncNews) -> None:
        match news:
            case Progress(epoch, _, quarantined):
                self._tell_quarantined(epoch, quarantined)
                self._listener.progressed()
            case ProfileArrived(text, _):
                self._listener.profile_arrived(text)
            case MustBeginAnew(_, reason, words):
                log.error("%s: this journal cannot go on (%s): %s", self._name, reason, words)
                if self._mirror is None:
                    self._listener.begin_anew(news)
            case Trouble(kind, words, alarm):
                log.log(logging.ERROR if alarm else logging.WARNING, "%s: %s: %s", self._name, kind, words)
                if alarm or self._mirror is not None:  # for what keeps a mirror from the journal keeps it on the disk
                    self._listener.trouble(self._code, f"{kind}: {words}")
            case Healthy():
                log.info("%s: reached again", self._name)
                self._listener.trouble(self._code, None)
            case ClockOff(offset_ms):
                log.warning("the clock of %s is %+.1f s from ours", self._name, offset_ms / 1000)

    @property
    def _code(self) -> str:
        return "central" if self._mirror is None else f"mirror.{self._mirror}"

    def _tell_quarantined(self, epoch: int, quarantined: Sequence[Quarantined]) -> None:
        """Central has the reason of each; its words may tell what a citizen tapped, and so are not repeated here."""
        fresh = self._apart.add(epoch, [one.sequence for one in quarantined])
        for sequence in fresh:
            log.error("%s keeps entry %d apart, and the reason with it", self._name, sequence)
        if fresh and self._mirror is None:
            place = f"the newest at {max(fresh)} of {epoch}"
            words = f"{self._apart.count} entries since the start, {place}"
            self._listener.trouble(QUARANTINED, words)


class QuarantineCount:
    """How many entries central said that it cannot digest, since the program began. Central keeps the lasting count,
    beside the entries themselves; one that it names again is not counted again."""

    def __init__(self) -> None:
        self.count = 0
        self._newest: dict[int, int] = {}

    def add(self, epoch: int, sequences: Sequence[int]) -> list[int]:
        """Count these places of an epoch; which of them are new. Central names them in order."""
        known = self._newest.get(epoch, 0)
        fresh = [sequence for sequence in sequences if sequence > known]
        self._newest[epoch] = max([known, *fresh])
        self.count += len(fresh)
        return fresh


def live_state(view: View, profile_version: str, refused_profile: str, key_store: str) -> LiveState:
    """What the heartbeat says of the terminal. A profile's version is its ETag."""
    return LiveState(
        version=__version__,
        state=str(view.situation.state),
        profile_version=profile_version,
        profile_etag=f'"{profile_version}"' if profile_version else "",
        refused_profile=refused_profile,
        key_store=key_store,
        faults=tuple(sorted({*view.situation.faults, *view.troubles})),
    )


def earlier_of(reply: Reply | NoReply, asked: str) -> Earlier:
    """What central's answer about the receipt `asked` means for whoever asked. Whatever is not understood, or is about
    another receipt, is no answer; and that there is none is believed of central alone, not of a portal in between."""
    if isinstance(reply, NoReply):
        return Earlier("unreachable")
    try:
        if reply.status == 404:
            unknown = problem_code(msgspec.json.decode(reply.body, type=Problem).type) == "receipt_unknown"
            return Earlier("unknown" if unknown else "unreachable")
        found = msgspec.json.decode(reply.body, type=ReceiptState)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Earlier("unreachable")
    if reply.status != 200 or found.receipt != asked:
        return Earlier("unreachable")
    return Earlier(
        "found", found.received_at, found.follow_up, found.reply, found.additions, found.withdrawn_at is not None
    )
