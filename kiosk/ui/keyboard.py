"""How Qt is told of the keyboard in the scene and of the pad beside it; where the keyboard keeps what it learns, and
how to make it forget.

The pinyin engine writes the words a citizen typed below Qt's configuration folder and offers them to the next one. So
that folder is a scratch folder of ours, the fields ask the engine not to learn (`Qt.ImhSensitiveData`), and after every
visit the folder is emptied all the same.
"""

import os
import shutil
import sys
from pathlib import Path

from PySide6.QtCore import QStandardPaths


def settle_keyboard(scratch: Path) -> None:
    """Prepare the process for the keyboard in the scene; before the application object is made.

    `os.putenv` reaches Qt but not `os.environ`, so that nobody else in this process finds their configuration moved.
    """
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.putenv("QT_IM_MODULE", "qtvirtualkeyboard")
    os.putenv("QT_VIRTUALKEYBOARD_STYLE", "kiosk")
    os.putenv("QT_VIRTUALKEYBOARD_DESKTOP_DISABLE", "1")  # no keyboard window of its own beside the scene
    os.putenv("QML_NO_TOUCH_COMPRESSION", "1")  # the pad wants every point of a stroke, not one a frame
    if sys.platform != "win32":
        os.putenv("XDG_CONFIG_HOME", str(scratch))
    forget_typing()


def learnt() -> Path:
    """The folder in which the engine keeps what it learnt."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.ConfigLocation)) / "qtvirtualkeyboard"


def forget_typing() -> None:
    """Empty that folder. An empty dictionary is put back at once, because the engine warns when it finds none."""
    shutil.rmtree(learnt(), ignore_errors=True)
    (learnt() / "pinyin").mkdir(parents=True, exist_ok=True, mode=0o700)
    (learnt() / "pinyin" / "usr_dict.dat").touch(mode=0o600)
