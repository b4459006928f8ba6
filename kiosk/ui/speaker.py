"""Says what is on the screen: everything, to whoever has asked for it; to all others, the hall's three prompts.

What is written is taken from the scene itself, in the order of reading, so that nothing can be shown and not said. What
can be pressed is said when keys come to it, and only then.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem, QQuickWindow

from kiosk.core.hours import volume_now
from kiosk.core.voice import Voice
from kiosk.ui.derive import Properties
from kiosk.ui.key_walk import is_field, is_stop, reading_order, top_layer
from kiosk.ui.sayings import Role, Stop, guidance, prompt, said, stop_said
from kiosk.ui.screen_model import ScreenModel

ASKED_FOR = 70
"""How loud (0 to 100) for who has asked to be read to, where the hall's hours say nothing or silence."""
_READ = frozenset({QAccessible.Role.StaticText, QAccessible.Role.AlertMessage})
_TICKED = frozenset({QAccessible.Role.CheckBox, QAccessible.Role.RadioButton})


def _local_time() -> str:
    return datetime.now().strftime("%H:%M")


class Speaker(QObject):
    """`local_time`: gives `HH:MM`."""

    def __init__(
        self,
        window: QQuickWindow,
        root: QQuickItem,
        model: ScreenModel,
        voice: Voice,
        local_time: Callable[[], str] = _local_time,
    ) -> None:
        super().__init__(window)
        self._window, self._root, self._model, self._voice = window, root, model, voice
        self._local_time = local_time
        self._told = model.shown
        self._texts: tuple[str, ...] = ()
        self._stop: Stop | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        meta = model.metaObject()
        for number in range(meta.propertyCount()):
            name = bytes(meta.property(number).notifySignal().name().data()).decode()
            if name:
                getattr(model, name).connect(self._changed)
        root.enabledChanged.connect(self._changed)
        window.activeFocusItemChanged.connect(self._changed)

    def warm(self) -> None:
        """Get the voice ready where the hall's hours will want it."""
        if any(hours.volume > 0 for hours in self._model.scene.speech):
            self._voice.warm()

    @Slot()
    def _changed(self) -> None:
        """Whatever changed: look once, when everything that came with it is in place."""
        self._soon.start()

    @Slot()
    def _look(self) -> None:
        if not self._root.isEnabled():
            return  # a page is on its way; the end of the dead time brings us here again
        before, now = self._told, self._model.shown
        self._told = now
        if before.citizen != now.citizen:
            self._voice.stop()
        if now.spoken:
            self._read(before, now)
            return
        self._texts, self._stop = (), None
        if before.spoken:
            self._voice.stop()
        key = prompt(before, now)
        if key and not now.muted:
            self._say(now.words[key], now.language, self._hour_volume(), rings=True)

    def _read(self, before: Properties, now: Properties) -> None:
        texts, stop = self._written(now), self._focused()
        anew = not before.spoken or _place(before) != _place(now)
        writing = bool(now.panel) and not anew
        fresh = texts if anew else tuple(one for one in texts if one not in self._texts)
        opening = [now.words["say.spoken"]] if not before.spoken else []
        if now.curtain != before.curtain:
            opening.append(now.words["say.curtain" if now.curtain else "say.no_curtain"])
        parts = [*opening, *(() if writing else fresh)]
        if stop is not None and (anew or stop != self._stop):
            parts.append(stop_said(stop, now.words))
        self._texts, self._stop = texts, stop
        if parts:
            self._say(said(parts, now.words), now.language, self._hour_volume() or ASKED_FOR, rings=anew)

    def _written(self, now: Properties) -> tuple[str, ...]:
        """Everything written on the topmost layer, in the order of reading, and what can be done there."""
        texts = [_written_on(item) for item in reading_order(_readable(top_layer(self._root)))]
        return tuple(text for text in (*texts, guidance(now)) if text)

    def _focused(self) -> Stop | None:
        item = self._window.activeFocusItem()
        return stop_of(item) if item is not None and (is_stop(item) or is_field(item)) else None

    def _hour_volume(self) -> int:
        return volume_now(self._model.scene.speech, self._local_time())

    def _say(self, text: str, language: str, volume: int, rings: bool) -> None:
        if volume <= 0:
            return
        if self._voice.speaks(language):
            self._voice.say(text, language, volume)
        elif rings:
            self._voice.chime(volume)


def stop_of(item: QQuickItem) -> Stop:
    """What a screen reader, too, would find here."""
    face = QAccessible.queryAccessibleInterface(item)
    name, state = face.text(QAccessible.Text.Name), face.state()
    role: Role = "button"
    if is_field(item):
        role = "field"
    elif face.role() in _TICKED:
        role = "choice"
    elif state.checkable:
        role = "switch"
    return Stop(name, role, bool(state.checked))


def _place(shown: Properties) -> tuple[str, str, str, str]:
    return shown.page, shown.sheet, shown.panel, shown.language


def _readable(items: list[QQuickItem]) -> list[QQuickItem]:
    return [item for item in items if not _in_a_stop(item) and _written_on(item)]


def _in_a_stop(item: QQuickItem | None) -> bool:
    return item is not None and (is_stop(item) or _in_a_stop(item.parentItem()))


def _written_on(item: QQuickItem) -> str:
    face = QAccessible.queryAccessibleInterface(item)
    if face is None or face.role() not in _READ:
        return ""
    return face.text(QAccessible.Text.Name)
