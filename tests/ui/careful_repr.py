"""How pytest prints a failure: without asking any object of Qt for what it says of itself.

QML destroys items of which Python still holds a wrapper; `repr` of such a one reads freed memory, and the failure that
was to be printed takes the whole run with it. To import it is enough (`-p tests.ui.careful_repr`, or in a conftest).
"""

import builtins
import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from types import MethodType
from typing import Any

import _pytest._io
import _pytest.assertion
from PySide6.QtCore import QObject

_BRACKETS = {list: "[]", tuple: "()", set: "{}", frozenset: "{}"}


def careful_repr(value: Any) -> str:
    """The words of `value`, in which those of Qt's objects are their class and place alone."""
    if isinstance(value, QObject):
        return f"<{type(value).__qualname__} at {id(value):#x}>"
    if isinstance(value, MethodType) and isinstance(value.__self__, QObject):
        return f"<bound method {value.__qualname__}>"
    if type(value) in _BRACKETS:
        first, last = _BRACKETS[type(value)]
        return first + ", ".join(map(careful_repr, value)) + last
    if type(value) is dict:
        return "{" + ", ".join(f"{careful_repr(key)}: {careful_repr(one)}" for key, one in value.items()) + "}"
    if is_dataclass(value) and not isinstance(value, type) and type(value).__repr__.__qualname__ != "object.__repr__":
        said = (f"{one.name}={careful_repr(getattr(value, one.name, None))}" for one in fields(value) if one.repr)
        return f"{type(value).__qualname__}({', '.join(said)})"
    return builtins.repr(value)


def careful_ascii(value: Any) -> str:
    """The same in ASCII."""
    return careful_repr(value).encode("ascii", "backslashreplace").decode()


for printers in (_pytest._io, _pytest.assertion):
    for found in pkgutil.iter_modules(printers.__path__, f"{printers.__name__}."):
        printer = importlib.import_module(found.name)
        vars(printer).update(repr=careful_repr, ascii=careful_ascii)  # found before the built-in ones
