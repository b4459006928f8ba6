"""The unit's journal in safe hands: its lane, its key, the room held for it, and what to say when something is wrong.

Invariant: whatever happens to file, disk or key, appends go on being taken; what that cost is told, never hidden.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from kiosk.core.entry import Kind
from kiosk.custody import note, places_of, renew, reopen, take_custody
from kiosk.device.clock import Clock
from kiosk.device.identity import IdentityBroken, read_identity
from kiosk.device.paths import Home
from kiosk.device.secrets import Vault
from kiosk.device.settings import Secrets
from kiosk.journal.ballast import Ballast
from kiosk.journal.begun import BegunAnew
from kiosk.journal.keeping import KEY_LOST, bring_over_waiting
from kiosk.journal.lane import JournalLane
from kiosk.journal.quarantine import pending
from kiosk.journal.store import Journal
from kiosk.sealed_key import keep_sealed
from kiosk.sync.evidence import Witness
from kiosk.sync.ports import MustBeginAnew

log = logging.getLogger(__name__)

DISK_FULL_WORDS = (
    "the disk is full: the room held in reserve was given up, and ratings are still kept in it. Free some room on it"
)
DISK_NARROW_WORDS = "the disk is almost full: there is no room to hold in reserve for ratings. Free some room on it"
_ANEW_EVERY_MS = 600_000
"""At most one journal in so long is begun because central says so: a central that errs must not fill the disk."""


@dataclass(frozen=True, slots=True)
class Alarmed:
    """Whom to tell, from any thread. `fails` and `well`: the disk refuses the journal's work, or does it again.
    `trouble`: something for the technician by code, or over (None)."""

    fails: Callable[[], None]
    well: Callable[[], None]
    trouble: Callable[[str, str | None], None]


class Safekeeping:
    """The journal of one home, from the first opening to the last. `lane` is what others record through."""

    def __init__(self, home: Home, secrets: Secrets, clock: Clock, alarmed: Alarmed) -> None:
        self._home = home
        self._secrets = secrets
        self._clock = clock
        self._alarmed = alarmed
        self._key = b""
        self._anew_from_ms = 0
        self._unfinished = False
        self.vault: Vault | None = None
        self.witness: Witness | None = None
        self.lane = JournalLane(
            self._open,
            trouble=self._fails,
            well=self._is_well,
            renew=self._renew,
            anew=self._begun_anew,
            vouched=lambda head: self.witness is not None and self.witness.fault(head) is None,
            ballast=Ballast(home.ballast, full=self._is_full, room=self._has_room),
        )

    def note(self, kind: str, body: Mapping[str, Any]) -> None:
        """Something that concerns no visit, for the record; tried until it is there. From any thread."""
        self.lane.append(note(self._clock, kind, body))

    def must_begin_anew(self, news: MustBeginAnew) -> None:
        """Central has shown that the journal of this epoch cannot go on. From any thread."""

        def known(current: "Future[int]") -> None:
            if current.exception() is None and current.result() == news.epoch:
                self._begin_anew(news.reason)

        self.lane.call(lambda journal: journal.epoch).add_done_callback(known)

    # -- on the lane's thread ----------------------------------------------------------------------------------------

    def _open(self) -> Journal:
        if self.vault is None:
            custody = take_custody(self._home, self._secrets, self._clock)
            self.vault, self._key, journal = custody.vault, custody.key, custody.journal
        else:  # the key is known: a key store that is locked by now ends no journal
            journal = reopen(self._home, self._key, self._clock)
        self._seal_key(journal)
        return journal

    def _renew(self, journal: Journal, reason: str) -> Journal:
        renewed = renew(self._home, self._key, self._clock, journal, reason)
        self._seal_key(renewed)
        return renewed

    def _seal_key(self, journal: Journal) -> None:
        """So that the hall can read this journal should the key store be lost; recording does not depend on it."""
        try:
            identity = read_identity(self._home)
            if identity is not None and identity.recovery_key:
                keep_sealed(self._home.sealed_key, self._key, journal.epoch, identity.recovery_key)
        except (IdentityBroken, OSError, ValueError) as fault:
            words = f"the journal's key could not be sealed for the hall: {fault}"
            log.warning("%s", words)
            self._alarmed.trouble("not_sealed", words)
        else:
            self._alarmed.trouble("not_sealed", None)

    def _begin_anew(self, reason: str) -> None:
        now_ms = self._clock.mono_ms()
        if now_ms < self._anew_from_ms:
            log.error("central asks for another journal (%s) too soon after the last; not begun", reason)
            return
        self._anew_from_ms = now_ms + _ANEW_EVERY_MS
        self.lane.begin_anew(reason)

    def _begun_anew(self, begun: BegunAnew) -> None:
        self._unfinished = begun.fault is not None
        words = begun.words()
        log.error("%s", words)
        self._alarmed.trouble("journal_begun_anew", words)

    def _fails(self, words: str) -> None:
        log.error("the disk refuses the journal's work, which is tried again: %s", words)
        self._alarmed.fails()

    def _is_well(self) -> None:
        log.info("the journal takes entries again")
        self._alarmed.well()
        self._bring_the_rest()

    def _is_full(self, given_up: int) -> None:
        """Taps are still kept, in the room that was held for this."""
        words = DISK_FULL_WORDS if given_up else DISK_NARROW_WORDS
        log.error("%s", words)
        self._alarmed.trouble("disk_full", words)
        if given_up:
            self.note(Kind.DISK_FULL, {"given_up": given_up})

    def _has_room(self) -> None:
        log.info("the disk has room again")
        self._alarmed.trouble("disk_full", None)
        self.note(Kind.DISK_HAS_ROOM, {})
        self._bring_the_rest()

    def _bring_the_rest(self) -> None:
        """What could not be brought over while the disk refused."""

        def work(journal: Journal) -> None:
            bring_over_waiting(journal, places_of(self._home), self._key)
            begun, journal.begun_anew = journal.begun_anew, None
            if begun is not None:
                self._begun_anew(begun)
            waiting = pending(self._home.quarantine)
            self._unfinished = any(case.reason != KEY_LOST for _, case in waiting)  # that one waits for its key

        if self._unfinished:
            self._unfinished = False
            self.lane.call(work).add_done_callback(self._rest_brought)

    def _rest_brought(self, future: "Future[None]") -> None:
        if not future.cancelled() and (fault := future.exception()) is not None:
            log.warning("not all of an earlier journal could be brought over: %s", fault)
            self._unfinished = True
