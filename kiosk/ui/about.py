"""What Qt and its binding say of themselves."""

from PySide6 import __version__
from PySide6.QtCore import qVersion


def library_versions() -> dict[str, str]:
    """Version of the binding and of Qt."""
    return {"pyside6": __version__, "qt": qVersion()}
