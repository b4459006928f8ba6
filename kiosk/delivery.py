"""A unit's way to central: the sync lane with its transport, its keys and its news, for the composition root.

Nothing here reads or moves the journal; that is the lane's and the journal's.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from kiosk import __version__
from kiosk.core.view import View
from kiosk.device.clock import Clock
from kiosk.device.identity import DEVICE_KEY, Identity
from kiosk.device.secrets import Vault
from kiosk.device.settings import Settings
from kiosk.sync.client import HttpExchange, Route, Signer
from kiosk.sync.lane import SyncLane
from kiosk.sync.plan import Pace, pace_for
from kiosk.sync.ports import (
    ClockOff,
    Exchange,
    Healthy,
    JournalPort,
    LiveState,
    MustBeginAnew,
    ProfileArrived,
    Progress,
    SyncNews,
    Trouble,
)

log = logging.getLogger(__name__)


class DeliveryImpossible(Exception):
    """This unit cannot speak to central at all; the message says why. It goes on recording."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom to tell, on the sync lane's thread: central has more of the journal; central sent another profile."""

    progressed: Callable[[], None]
    profile_arrived: Callable[[bytes], None]


def route_of(settings: Settings, url: str) -> Route:
    """The way to a central at this address, as the settings have it."""
    central = settings.central
    return Route(url, central.ca_file, central.proxy, central.allow_plain_http)


def pace_of(settings: Settings, identity: Identity) -> Pace:
    """How often this unit reports to its central and tries again."""
    address = settings.central.url or identity.central_url
    return pace_for(address, settings.sync.heartbeat_s, settings.sync.retry_max_s)


def open_exchange(settings: Settings, identity: Identity, vault: Vault) -> Exchange:
    """A signed way to this unit's central. The settings' address wins over the one it was enrolled at.

    Raises DeliveryImpossible.
    """
    key = vault.get(DEVICE_KEY)
    if key is None:
        raise DeliveryImpossible("this terminal's key is not in the key store; enrol it again")
    try:
        return HttpExchange(
            route_of(settings, settings.central.url or identity.central_url), Signer(identity.key_id, key)
        )
    except ValueError as fault:
        raise DeliveryImpossible(str(fault)) from fault


class Delivery:
    """Brings the journal to central for as long as it runs."""

    def __init__(
        self, exchange: Exchange, journal: JournalPort, clock: Clock, pace: Pace, live: Callable[[], LiveState],
        listener: Listener,
    ) -> None:  # fmt: skip
        self._listener = listener
        self._lane = SyncLane(journal, exchange, clock, random.random, live, self._tell, pace)
        self.start = self._lane.start
        self.nudge = self._lane.nudge
        self.report = self._lane.report
        self.ask = self._lane.ask
        self.close = self._lane.close

    def _tell(self, news: SyncNews) -> None:
        match news:
            case Progress(_, _, quarantined):
                for one in quarantined:  # central has the reason; its words may tell what a citizen tapped
                    log.error("central keeps entry %d apart, and the reason with it", one.sequence)
                self._listener.progressed()
            case ProfileArrived(text, _):
                self._listener.profile_arrived(text)
            case MustBeginAnew(_, reason, words):
                log.error("central: this journal cannot go on (%s): %s", reason, words)
            case Trouble(kind, words, alarm):
                log.log(logging.ERROR if alarm else logging.WARNING, "central: %s: %s", kind, words)
            case Healthy():
                log.info("central: reached again")
            case ClockOff(offset_ms):
                log.warning("central's clock is %+.1f s from ours", offset_ms / 1000)


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
