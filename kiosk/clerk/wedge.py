"""Tells a scanner or a card reader, which types as a keyboard does, from a hand: by how fast the keys come. Pure.

Times are those of the keys themselves, as the system stamps them, so that a slow program takes no hand for a scanner.
"""

from collections.abc import Sequence
from dataclasses import dataclass

GAP_MS = 50
"""Keys closer than this are a device's."""
LEAST = 4
"""A hand may roll over two or three keys as fast."""
LIMIT = 256


@dataclass(frozen=True, slots=True)
class Burst:
    """The keys that came one close after another, the last at `last_ms`."""

    text: str = ""
    last_ms: int = 0

    def goes_on(self, at_ms: int) -> bool:
        """Whether a key at this time is of the same burst."""
        return bool(self.text) and 0 <= at_ms - self.last_ms < GAP_MS

    def pressed(self, text: str, at_ms: int) -> "Burst":
        """One more key, which goes on with it or begins another."""
        return Burst((self.text + text)[-LIMIT - 1 :] if self.goes_on(at_ms) else text, at_ms)

    def ended(self, at_ms: int) -> str:
        """What a device typed, if the Enter key of this time ends it; else empty."""
        whole = self.goes_on(at_ms) and LEAST <= len(self.text) <= LIMIT
        return self.text.strip() if whole else ""


def card_number(text: str, prefixes: Sequence[str]) -> str:
    """The staff number that a card says: what stands behind the first prefix that fits, or all of it."""
    fits = next((prefix for prefix in prefixes if text.startswith(prefix)), "")
    return text.removeprefix(fits).strip()
