"""Brings the journal to other places than central, such as an auditor's, each at its own position.

Invariant: a mirror has a lane, a thread and a connection of its own, so none holds central or another back; and none
gets personal data, wipes any, or ends a journal.
"""

import logging
from collections.abc import Callable

from kiosk.delivery import (
    Delivery,
    DeliveryImpossible,
    Listener,
    Place,
    open_exchange,
    pace_of,
    witness_of,
)
from kiosk.device.clock import Clock
from kiosk.device.identity import IdentityBroken, read_identity
from kiosk.device.paths import Home
from kiosk.device.secrets import Vault, VaultError
from kiosk.device.settings import Settings
from kiosk.journal.lane import JournalLane
from kiosk.sync.ports import LiveState

log = logging.getLogger(__name__)

Tell = Callable[[str, str | None], None]


class Mirrors:
    """The mirrors that the settings name. `tell`: of what is wrong with one, on its lane's thread, or here."""

    def __init__(
        self, home: Home, settings: Settings, vault: Vault, lane: JournalLane, clock: Clock,
        live: Callable[[], LiveState], tell: Tell,
    ) -> None:  # fmt: skip
        self._settings, self._home, self._vault = settings, home, vault
        self._lane, self._clock, self._live, self._tell = lane, clock, live, tell
        self._running: list[Delivery] = []

    def start(self) -> None:
        """Begin with all of them; of one that cannot begin it is told why."""
        for mirror in self._settings.mirror:
            try:
                delivery = self._open(mirror.name, mirror)
            except (DeliveryImpossible, IdentityBroken, VaultError) as fault:
                log.error("nothing can be brought to the mirror %s: %s", mirror.name, fault)
                self._tell(f"mirror.{mirror.name}", str(fault))
            else:
                self._running.append(delivery)
                delivery.start()

    def nudge(self) -> None:
        """Something was appended."""
        for delivery in self._running:
            delivery.nudge()

    def close(self) -> None:
        """End all."""
        for delivery in self._running:
            delivery.close()

    def _open(self, name: str, place: Place) -> Delivery:
        identity = read_identity(self._home, name)
        if identity is None:
            raise DeliveryImpossible(f"not enrolled there; run `kiosk enroll --as {name}`")
        return Delivery(
            open_exchange(self._settings, identity, self._vault, place),
            self._lane.for_destination(name),
            self._clock,
            pace_of(self._settings, identity, place),
            self._live,
            Listener(lambda: None, lambda _text: None, self._tell),
            witness_of(identity),
            name,
        )
