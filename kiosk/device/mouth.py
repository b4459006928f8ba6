"""`kiosk voice`: the process in which the speech engine lives, started and told by `speech.SpokenVoice`.

Reads one JSON object a line and ends with its input. Its first and only line of output says what it can do.
"""

import json
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, QUrl, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtTextToSpeech import QTextToSpeech, QVoice

SILENT_ENGINES = frozenset({"mock", "none"})
CHIME = "sounds/chime.wav"


def best_voice(voices: Sequence[tuple[str, str]], language: str, prefer: str = "") -> int | None:
    """Which of these (name, locale) speaks this language best, or None. `prefer`: this one, if it speaks it at all.

    Not by locale alone: speech-dispatcher gives Mandarin none. Variants of a voice (`+Adam`) come after the voice.
    """
    exact, primary = language.replace("-", "_"), language.split("-")[0]

    def rank(name: str, locale: str) -> tuple[int, int] | None:
        plain = name.split("+")[0]
        variant = int("+" in name)
        chinese = "Mandarin" in plain or "Chinese" in plain
        if primary == "zh" and chinese and locale.split("_")[0] in ("zh", "cmn", "C"):
            return (0 if locale == exact else 1 if plain.startswith("Chinese (Mandarin") else 2, variant)
        if locale == exact:
            return 0, variant
        if locale.split("_")[0] == primary:
            return (1 if locale in ("en_US", "en_GB") else 2), variant
        return None

    ranked = [
        (found, name, at) for at, (name, locale) in enumerate(voices) if (found := rank(name, locale)) is not None
    ]
    return min(ranked, key=lambda one: (one[1] != prefer, one))[-1] if ranked else None


class Mouth(QObject):
    """One engine, and a chime beside it. `prefer`: the name of the voice to take where it can be taken."""

    line = Signal(str)
    over = Signal()

    def __init__(self, assets: Path, prefer: str) -> None:
        super().__init__()
        self._assets, self._prefer = assets, prefer
        self._engine = _engine()
        self._voices: list[QVoice] = _voices(self._engine) if self._engine else []
        self._names = [(voice.name(), voice.locale().name()) for voice in self._voices]
        self._chime: QObject | None = None
        self.line.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def told(self, languages: Sequence[str]) -> dict[str, object]:
        """What this machine can do, as the first line says it."""
        found = {one: best_voice(self._names, one, self._prefer) for one in languages}
        speaks = self._engine is not None and any(at is not None for at in found.values())
        sound = _hears()
        return {
            "kind": "voice" if speaks else "chime" if sound else "none",
            "engine": self._engine.engine() if speaks and self._engine else "",
            "voices": {one: "" if at is None else self._names[at][0] for one, at in found.items()} if speaks else {},
            "sound": sound,
        }

    @Slot(str)
    def _take(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return
        match message:
            case {"do": "say", "text": str(text), "language": str(language), "volume": int(volume)}:
                self._say(text, language, volume / 100)
            case {"do": "stop"} if self._engine is not None:
                self._engine.stop()
            case {"do": "chime", "volume": int(volume)}:
                self._ring(volume / 100)
            case _:
                pass

    def _say(self, text: str, language: str, volume: float) -> None:
        at = best_voice(self._names, language, self._prefer)
        if self._engine is None or at is None:
            return
        self._engine.setVoice(self._voices[at])
        self._engine.setVolume(volume)
        self._engine.say(text)

    def _ring(self, volume: float) -> None:
        if not _hears():
            return
        from PySide6.QtMultimedia import QSoundEffect

        if not isinstance(self._chime, QSoundEffect):
            self._chime = QSoundEffect(self)
            self._chime.setSource(QUrl.fromLocalFile(str(self._assets / CHIME)))
        self._chime.setVolume(volume)
        self._chime.play()


def _engine() -> "QTextToSpeech | None":
    try:
        from PySide6.QtTextToSpeech import QTextToSpeech
    except ImportError:
        return None
    for name in QTextToSpeech.availableEngines():
        if name in SILENT_ENGINES:
            continue
        engine = QTextToSpeech(name)
        if engine.state() is not QTextToSpeech.State.Error:
            return engine
    return None


def _voices(engine: "QTextToSpeech") -> "list[QVoice]":
    """Every voice of the engine; it lists those of one locale at a time."""
    voices = list(engine.availableVoices())
    for locale in engine.availableLocales():
        if locale.name().split("_")[0] in ("zh", "en", "cmn"):
            engine.setLocale(locale)
            voices.extend(engine.availableVoices())
    return voices


def _hears() -> bool:
    try:
        from PySide6.QtMultimedia import QMediaDevices
    except ImportError:
        return False
    return bool(QMediaDevices.audioOutputs())


def speak(assets: Path, languages: Sequence[str], prefer: str) -> int:
    """Run until the input ends."""
    app = QCoreApplication.instance() or QCoreApplication(["kiosk voice"])
    mouth = Mouth(assets, prefer)
    mouth.over.connect(app.quit, Qt.ConnectionType.QueuedConnection)
    print(json.dumps(mouth.told(languages)), flush=True)

    def listen() -> None:
        for line in sys.stdin:
            mouth.line.emit(line)
        mouth.over.emit()

    threading.Thread(target=listen, daemon=True).start()
    code: int = app.exec()
    return code
