"""The check of versions: which is in force, what waits, and what became of the last one (docs/adr/0021)."""

import time
from collections.abc import Iterator

from kiosk import __version__
from kiosk.core.release import is_newer
from kiosk.doctor.finding import Note, ok, warning
from kiosk.doctor.patient import Patient
from kiosk.update.state import Place, StateBroken, read_state


def version(patient: Patient) -> Iterator[Note]:
    """Which version is started, and whether one did not do."""
    place = Place(patient.home.root)
    try:
        slots = read_state(place)
    except StateBroken as fault:
        yield warning("update.broken", fault=fault, file=place.state)
        return
    current = slots.current
    running = current.version if current is not None and is_newer(current.version, __version__) else __version__
    at = time.strftime("%Y-%m-%d %H:%M", time.localtime(slots.last.at_ms / 1000))
    values = {"version": running, "package": __version__, "of": slots.last.version, "at": at, "why": slots.last.why}
    if slots.trial is not None:
        yield warning("update.trial", **{**values, "of": slots.trial.version})
    elif slots.last.what == "returned":
        yield warning("update.returned", **values)
    elif slots.last.what == "left":
        yield warning("update.left", **values)
    elif slots.last.what == "damaged":
        yield warning("update.damaged", **values)
    elif slots.staged is not None:
        yield ok("update.waits", **{**values, "of": slots.staged.version})
    elif slots.last.what == "kept":
        yield ok("update.kept", **values)
    else:
        yield ok("update.none", **values)
