"""The terminal's window: a threshold at first, then furnished with the pages. It knows no visit.

Where it stands and whether it is shown is `presence.py`'s affair.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QByteArray, QObject, QPoint, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QClipboard, QCloseEvent, QGuiApplication, QKeyEvent, QScreen
from PySide6.QtQuick import QQuickView

from kiosk.ui.displays import displays_of
from kiosk.ui.keyboard import forget_typing
from kiosk.ui.looks import ORDINARY, Looks
from kiosk.ui.loop import QtLoop
from kiosk.ui.placement import ANY_SCREEN, Wish, choose
from kiosk.ui.words import Words, load_words

if TYPE_CHECKING:
    from kiosk.core.voice import Voice
    from kiosk.ui.handwriting import Pen
    from kiosk.ui.key_walk import KeyWalker
    from kiosk.ui.menu_model import MenuModel
    from kiosk.ui.presence import Foreground
    from kiosk.ui.screen_model import ScreenModel
    from kiosk.ui.technician_model import TechnicianModel
    from kiosk.ui.upkeep import Upkeep

QML = Path(__file__).parent / "qml"


@dataclass(frozen=True, slots=True)
class Look:
    """How and where to show. `windowed`: size in pixels, or None for fullscreen; `wish`: which screen, none for the
    primary one; `diagonal_inches`: of the glass, or None to go by what the screen says; `language`: the home language;
    `home`: the ways of showing that each citizen finds; `scratch`: a folder that may be wiped at any time. `behind`: at
    first another program owns the screen; `foreground`: how to come before it, by the name of Qt's platform."""

    assets: Path
    scratch: Path
    windowed: tuple[int, int] | None = None
    wish: Wish = ANY_SCREEN
    diagonal_inches: float | None = None
    language: str = "zh-CN"
    home: Looks = ORDINARY
    behind: bool = False
    foreground: "Callable[[str], Foreground | None]" = lambda _platform: None


class SceneBroken(RuntimeError):
    """The QML does not load: a bug or a damaged installation."""


class KioskWindow(QQuickView):
    """The window of the terminal: a threshold at first, then furnished with the pages. Fullscreen, it cannot be closed
    by the one in front of it."""

    model: "ScreenModel"
    menu: "MenuModel"
    technician: "TechnicianModel"
    pen: "Pen"
    upkeep: "Upkeep"

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self._look, self._words = look, words
        self._walker: KeyWalker | None = None
        self._placed = False
        self.menu_left: Callable[[], None] = lambda: None  # called when a technician ends the program
        self.left: Callable[[], None] = lambda: None  # called when somebody has closed it, which a desk's may be
        self.setTitle(words.text(words.home, "splash.title"))
        self.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.engine().addImportPath(str(QML))
        theme = self.engine().singletonInstance("Kiosk.Parts", "Theme")
        assert isinstance(theme, QObject), "the theme is in the QML module"
        screens = QGuiApplication.screens()
        displays = displays_of(screens)
        choice = choose(displays, look.wish)
        if look.windowed is None:
            self.setFlag(Qt.WindowType.FramelessWindowHint)
            self.setCursor(Qt.CursorShape.BlankCursor)
        self.cover(screens[displays.index(choice.display)] if choice.display else QGuiApplication.primaryScreen())
        self.setColor("#F7F4EE")
        for name, value in (("width", self.width()), ("height", self.height())):
            theme.setProperty(name, value)  # until the pages are there, which bind them
        theme.setProperty("diagonalInches", look.diagonal_inches or 0.0)
        texts = {name: words.text(words.home, f"splash.{name}") for name in ("title", "text")}
        self._load("Threshold.qml", texts)

    def furnish(self, loop: QtLoop, mono_ms: Callable[[], int]) -> None:
        """Bring in the pages and the model behind them. `mono_ms`: the terminal's own monotonic milliseconds."""
        from kiosk.ui import ink  # noqa: F401 - a type that QML names
        from kiosk.ui.handwriting import Pen
        from kiosk.ui.key_walk import KeyWalker
        from kiosk.ui.layout import layout_digest
        from kiosk.ui.menu_model import MenuModel
        from kiosk.ui.pictures import Pictures
        from kiosk.ui.screen_model import ScreenModel
        from kiosk.ui.technician_model import TechnicianModel
        from kiosk.ui.upkeep import Upkeep

        home, layout = self._look.home, layout_digest(QML)
        self.model = ScreenModel(self._words, mono_ms, loop.post, self._forget, home, layout)
        self.model.setParent(self)  # a window deletes its scene before its children, so no binding outlives the model
        self.pen = Pen(self)
        self.engine().addImageProvider("kiosk", Pictures(self.model, self._look.assets))
        # What the console's words lack of a language that somebody added is said in the first one.
        console = load_words(self._look.assets / "translations" / "clerk", left_out=lambda _fault: None)
        self.menu = MenuModel(self._words, console, mono_ms, loop.post)
        self.menu.setParent(self)
        self.menu.left = lambda: self.menu_left()
        self.technician = TechnicianModel(
            self._words, mono_ms, loop.post, self.model.attach, self._glass_mm, self._picture
        )  # fmt: skip
        self.technician.setParent(self)
        admit = self.technician.admit  # connected itself, it would become a slot, which QML may call
        self.menu.technicianAdmitted.connect(lambda number, name: admit(number, name))
        self.upkeep = Upkeep(self)
        models = {"screen": self.model, "pen": self.pen, "menu": self.menu, "technician": self.technician}
        self._load("Main.qml", {**models, "upkeep": self.upkeep})
        self._walker = KeyWalker(self, self.rootObject(), self.model)
        self.menu.stepChanged.connect(self._walker.start_over)
        self._watch_the_corners(mono_ms)

    def _watch_the_corners(self, mono_ms: Callable[[], int]) -> None:
        from kiosk.ui.corner_watch import CornerWatch
        from kiosk.ui.grid_watch import GridWatch

        model, menu, technician = self.model, self.menu, self.technician

        def opened() -> None:
            model.openSheet("")
            menu.open()

        def touched() -> None:
            menu.touch()
            technician.touch()

        def may_open() -> bool:
            return menu.may_open() and not technician.shown.step

        def speak() -> None:
            menu.speak(model.shown.language)
            technician.speak(model.shown.language)

        CornerWatch(self, self._mm, mono_ms, may_open, opened, touched)
        GridWatch(self, technician)
        model.languageChanged.connect(speak)

    def _mm(self) -> float:
        theme = self.engine().singletonInstance("Kiosk.Parts", "Theme")
        assert isinstance(theme, QObject), "the theme is in the QML module"
        return float(theme.property("mm"))

    def _glass_mm(self) -> tuple[float, float]:
        return self.width() / self._mm(), self.height() / self._mm()

    def _picture(self) -> bytes:
        """What stands on the glass, as PNG."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        self.grabWindow().save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs forget devices and formats
        return bytes(data.data())

    def give_voice(self, voice: "Voice", **how: Any) -> None:
        """From now on what is shown is said, to whoever wants it. `how`: as `kiosk.ui.speaker.Speaker` takes it."""
        from kiosk.ui.speaker import Speaker

        self.technician.give_voice(voice)
        Speaker(self, self.rootObject(), self.model, voice, **how).warm()

    def _load(self, name: str, properties: Mapping[str, object]) -> None:
        self.setInitialProperties(dict(properties))
        self.setSource(QUrl.fromLocalFile(str(QML / "Kiosk" / "Screens" / name)))
        if self.status() is not QQuickView.Status.Ready:
            raise SceneBroken("; ".join(error.toString() for error in self.errors()))

    def cover(self, screen: QScreen, insist: bool = False) -> None:
        """Stand on this screen, from now on or when it is shown: all over it, or in its middle if windowed. `insist`:
        whoever has put it elsewhere, or left it as it was, is asked once more."""
        place = screen.geometry()
        if self._look.windowed:
            size = QSize(*self._look.windowed)
            if not self._look.wish:
                if not self._placed:
                    self.setScreen(screen)
                    self.resize(size)
                self._placed = True
                return  # from then on, a window on a desk is where somebody puts it
            corner = place.center() - QRect(QPoint(), size).center()
            place = QRect(QPoint(max(corner.x(), place.x()), max(corner.y(), place.y())), size)
        moves = self.screen() is not screen
        if not moves and self.geometry() == place:
            return
        shown = self.isVisible()
        if shown and (moves or insist):
            self.hide()
        self.setScreen(screen)
        self.setGeometry(place)
        if shown and (moves or insist):
            self.reveal()

    def reveal(self, quietly: bool = False) -> None:
        """Show it, over the whole screen unless windowed. `quietly`: whoever has the keys keeps them."""
        self.setProperty("_q_showWithoutActivating", quietly)
        if self._look.windowed:
            self.show()
        else:
            self.showFullScreen()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A kiosk stays; a window on a desk may be closed."""
        if self._look.windowed:
            event.accept()
            self.left()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that are not for a field being written in walk the screen; none leads out of the program. While a clerk
        is at the staff menu they are the menu's: arrows walk its keys and tiles, all else is typed there."""
        if self._walker is not None and self.technician.key():
            return
        walker = self._walker
        if walker is not None and self.menu.shown.step:
            if not walker.take_over(event, self.menu.goBack):
                walker.drop()
                self.menu.key(event.text())
            return
        if walker is None or walker.writes(event):
            super().keyPressEvent(event)
            if walker is None or event.isAccepted():
                return
            walker.take(event)
        elif not walker.take(event):
            super().keyPressEvent(event)

    def _forget(self) -> None:
        forget_typing()
        clipboard = QGuiApplication.clipboard()
        clipboard.clear()
        if clipboard.supportsSelection():
            clipboard.clear(QClipboard.Mode.Selection)
