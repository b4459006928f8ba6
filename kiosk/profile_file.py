"""The profile in force, and the file in which the last good one waits for the next start.

Invariant: one that does not validate, or cannot be kept, never takes the place of one that does.
"""

import logging

from kiosk.core import events as e
from kiosk.core.options import OptionList
from kiosk.core.view import Scene
from kiosk.device.files import read_file, write_file
from kiosk.device.paths import Home
from kiosk.protocol.profile import Profile, ProfileRefused, read_profile
from kiosk.protocol.staging import scene_of, terms_of

log = logging.getLogger(__name__)

PROFILE_LIMIT = 16 * 1024 * 1024
REFUSAL_LIMIT = 500


def stored_profile(home: Home) -> Profile | None:
    """The last good profile; None if there never was one, or if its file was spoilt (said in the log)."""
    try:
        return read_profile(read_file(home.profile, PROFILE_LIMIT))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as fault:
        log.warning("the stored profile cannot be used: %s", fault)
        return None


def keep_profile(home: Home, text: bytes) -> Profile | str:
    """Validate what central sent and keep it; why not, where it is refused. Not where a screen waits for the disk."""
    try:
        profile = read_profile(text)
        write_file(home.profile, text)
    except (ProfileRefused, OSError) as fault:
        log.error("central's profile is refused: %s", fault)
        return str(fault)[:REFUSAL_LIMIT]
    return profile


class InForce:
    """The profile that the terminal works by, None before the first; `refused`: why the newest one is not it."""

    def __init__(self, home: Home, options: OptionList, keep_days: int) -> None:
        self._options, self._keep_days = options, keep_days
        self.profile = stored_profile(home)
        self.refused = ""

    @property
    def version(self) -> str:
        """Empty where there is none."""
        return self.profile.version if self.profile else ""

    def take(self, profile: Profile) -> None:
        """This one from now on."""
        self.profile, self.refused = profile, ""

    def scene(self) -> Scene:
        """What stands on the screen by it."""
        return scene_of(self.profile, self._options, self._keep_days)

    def terms(self) -> e.Terms:
        """What the rules follow by it."""
        return terms_of(self.profile, self._options)
