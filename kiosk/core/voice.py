"""What speaks, as the screen sees it; `kiosk.device.speech` has the real one."""

from typing import Protocol


class Voice(Protocol):
    """What speaks. Nothing here waits, and nothing here fails: at worst it stays silent."""

    @property
    def kind(self) -> str:
        """`voice`: it has words; `chime`: only a sound; `none`: nothing at all; empty: not known yet."""

    def speaks(self, language: str) -> bool:
        """Whether it has a voice for this language, as far as is known; `language`: as a translation file is called."""

    def warm(self) -> None:
        """Make ready, for soon it will be wanted."""

    def say(self, text: str, language: str, volume: int) -> None:
        """Say this instead of what is being said. `volume`: 0 to 100."""

    def stop(self) -> None:
        """Be silent."""

    def chime(self, volume: int) -> None:
        """A short sound without words."""

    def close(self) -> None:
        """Be silent for good."""
