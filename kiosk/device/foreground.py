"""The place before all other programs' windows, on a self-service machine: taken for one visit, and given back.

Under X11 by the window manager, asked as a pager asks, for it heeds no program that puts itself forward; without one,
by raising the window and setting the keys ourselves. Should we die in front, the screen is the other program's at once,
and so are the keys: from the window manager, or without one when we have been started again.
Under Wayland no program may do either, and a machine that runs one program at a time (cage) has no use for it.
"""

import contextlib
import logging
import os
import sys
from collections.abc import Callable
from typing import Any, Protocol

_log = logging.getLogger(__name__)

_AS_A_PAGER = 2
_ADD = 1


class Foreground(Protocol):
    """The place in front; see the module."""

    def take(self, window: int) -> bool:
        """Bring this window there, with the keys, and remember who was there; whether that has come about. To be called
        again until it has."""

    def give_back(self) -> bool:
        """Bring back who was there; whether that has come about. To be called again until it has."""


def open_foreground(platform: str) -> Foreground | None:
    """By the name of Qt's platform; None where a program cannot do this, and Qt's own asking is all there is."""
    if platform == "windows":
        return _WindowsForeground()
    if platform == "xcb" and sys.platform == "linux":
        try:
            return XForeground(os.environ.get("DISPLAY"))
        except Exception as fault:  # python-xlib has a dozen kinds
            _log.error("this program cannot come before others: %s", fault)
    return None


class XForeground:
    """Under X11, over a connection of its own. For one thread."""

    def __init__(self, name: str | None) -> None:
        from Xlib.display import Display  # type: ignore[import-untyped, unused-ignore]

        self._display: Any = Display(name)
        self._display.set_error_handler(lambda fault, _request: _log.debug("X: %s", fault))
        self._root: Any = self._display.screen().root
        self._before: int | None = None

    def take(self, window: int) -> bool:
        """See Foreground."""
        return self._done(lambda: self._take(window))

    def give_back(self) -> bool:
        """See Foreground."""
        return self._done(self._give_back)

    def close(self) -> None:
        """Leave the X server."""
        self._display.close()

    def _done(self, step: Callable[[], bool]) -> bool:
        """One that cannot be done is not tried for ever."""
        try:
            return step()
        except Exception as fault:  # as above; the X server itself may have gone
            _log.error("the order of the windows cannot be changed: %s", fault)
            return True

    def _take(self, window: int) -> bool:
        from Xlib import X  # type: ignore[import-untyped, unused-ignore]

        managed = self._managed()
        holder = self._holder(managed)
        if holder != window and self._before is None:
            self._before = holder if managed or holder not in self._nobody() else self._frontmost()
        ours = self._window(window)
        if managed:
            if holder == window:
                return True
            above = self._atom("_NET_WM_STATE_ABOVE")
            self._ask("_NET_WM_STATE", ours, [_ADD, above, 0, _AS_A_PAGER, 0])
            self._ask("_NET_ACTIVE_WINDOW", ours, [_AS_A_PAGER, X.CurrentTime, 0, 0, 0])
        else:
            ours.configure(stack_mode=X.Above)
            if holder == window and self._display.get_input_focus().revert_to == X.RevertToPointerRoot:
                return True
            ours.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self._display.sync()
        return self._holder(managed) == window

    def _give_back(self) -> bool:
        from Xlib import X  # type: ignore[import-untyped, unused-ignore]

        managed = self._managed()
        holder = self._holder(managed)
        if self._before is None and not managed and holder in self._nobody():
            self._before = self._frontmost()  # a life of ours before this one ended in front
        before = self._before
        if before is None or before == holder or (managed and before not in self._values("_NET_CLIENT_LIST")):
            self._before = None
            return True
        if managed:
            self._ask("_NET_ACTIVE_WINDOW", self._window(before), [_AS_A_PAGER, X.CurrentTime, 0, 0, 0])
        elif (outermost := self._outermost(before)) is None:
            self._before = None
            self._display.set_input_focus(X.PointerRoot, X.RevertToPointerRoot, X.CurrentTime)
        else:
            outermost.configure(stack_mode=X.Above)
            self._window(before).set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self._display.sync()
        return self._before is None

    def _holder(self, managed: bool) -> int:
        """Who has the keys, as the window manager says, or as the server does."""
        if managed:
            return next(iter(self._values("_NET_ACTIVE_WINDOW")), 0)
        focus = self._display.get_input_focus().focus
        return focus if isinstance(focus, int) else int(focus.id)

    def _managed(self) -> bool:
        """Whether a window manager is there: one that has died leaves the property and not the window."""
        for window in self._values("_NET_SUPPORTING_WM_CHECK"):
            return self._values("_NET_SUPPORTING_WM_CHECK", self._window(window)) == [window]
        return False

    def _nobody(self) -> tuple[int, ...]:
        """What the server says where no window has the keys: those of the root are no program's."""
        from Xlib import X  # type: ignore[import-untyped, unused-ignore]

        return X.NONE, X.PointerRoot, int(self._root.id)

    def _frontmost(self) -> int | None:
        """The window that lies on all others."""
        from Xlib import X, error  # type: ignore[import-untyped, unused-ignore]

        for window in reversed(self._root.query_tree().children):
            with contextlib.suppress(error.BadWindow, error.BadDrawable):
                attributes = window.get_attributes()
                if attributes.map_state == X.IsViewable and attributes.win_class == X.InputOutput:
                    return int(window.id)
        return None

    def _outermost(self, window: int) -> Any:
        """The window of it that lies on the root; None if it is gone or not shown."""
        from Xlib import X, error  # type: ignore[import-untyped, unused-ignore]

        one = self._window(window)
        try:
            if one.get_attributes().map_state != X.IsViewable:
                return None
            while (parent := one.query_tree().parent) != self._root:
                one = parent
        except (error.BadWindow, error.BadDrawable):
            return None
        return one

    def _values(self, name: str, window: Any = None) -> list[int]:
        from Xlib import X, error  # type: ignore[import-untyped, unused-ignore]

        try:
            found = (window or self._root).get_full_property(self._atom(name), X.AnyPropertyType)
        except error.BadWindow:
            return []
        return [] if found is None else [int(value) for value in found.value]

    def _ask(self, what: str, window: Any, values: list[int]) -> None:
        """The window manager, as its specification has it."""
        from Xlib import X  # type: ignore[import-untyped, unused-ignore]
        from Xlib.protocol.event import ClientMessage  # type: ignore[import-untyped, unused-ignore]

        message = ClientMessage(window=window, client_type=self._atom(what), data=(32, values))
        self._root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)

    def _window(self, window: int) -> Any:
        return self._display.create_resource_object("window", window)

    def _atom(self, name: str) -> int:
        return int(self._display.intern_atom(name))


class _WindowsForeground:
    """Under Windows, which lets a program come forward only if the one in front allows it: the host should call
    `AllowSetForegroundWindow` with our process's id (or ASFW_ANY) before it starts a visit. For one that does not, we
    attach its input to ours for a moment. Not tried on a machine."""

    def __init__(self) -> None:
        self._before: int | None = None

    def take(self, window: int) -> bool:
        """See Foreground."""
        import ctypes

        user: Any = ctypes.windll.user32  # type: ignore[attr-defined, unused-ignore]
        holder = int(user.GetForegroundWindow() or 0)
        if holder == window:
            return True
        if self._before is None:
            self._before = holder
        topmost, not_moved_nor_sized = ctypes.c_void_p(-1), 0x0001 | 0x0002
        user.SetWindowPos(ctypes.c_void_p(window), topmost, 0, 0, 0, 0, not_moved_nor_sized)
        _put_in_front(user, holder, window)
        return int(user.GetForegroundWindow() or 0) == window

    def give_back(self) -> bool:
        """See Foreground."""
        import ctypes

        user: Any = ctypes.windll.user32  # type: ignore[attr-defined, unused-ignore]
        before = self._before
        if not before or not user.IsWindow(ctypes.c_void_p(before)) or int(user.GetForegroundWindow() or 0) == before:
            self._before = None
            return True
        _put_in_front(user, int(user.GetForegroundWindow() or 0), before)
        return False


def _put_in_front(user: Any, holder: int, window: int) -> None:
    """With the input of the thread in front attached to ours, Windows counts us as that one."""
    import ctypes

    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    ours = kernel.GetCurrentThreadId()
    theirs = user.GetWindowThreadProcessId(ctypes.c_void_p(holder), None) if holder else 0
    attached = bool(theirs) and theirs != ours and bool(user.AttachThreadInput(theirs, ours, True))
    user.SetForegroundWindow(ctypes.c_void_p(window))
    if attached:
        user.AttachThreadInput(theirs, ours, False)
