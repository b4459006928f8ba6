"""Write type descriptions of the Python QML types, and lint all QML against them: `python build/qml_types.py [--lint]`.

The descriptions go to a folder of this environment's in `out/qml/`, where `qmllint` finds the modules; nothing at run
time needs them.
"""

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = {
    "Kiosk.Model": (
        "kiosk/ui/desk_properties.py",
        "kiosk/ui/around_properties.py",
        "kiosk/ui/matter_properties.py",
        "kiosk/ui/screen_properties.py",
        "kiosk/ui/desk_slots.py",
        "kiosk/ui/matter_slots.py",
        "kiosk/ui/screen_model.py",
        *("kiosk/ui/menu_properties.py", "kiosk/ui/menu_model.py"),
        "kiosk/ui/upkeep.py",
        *("kiosk/ui/technician_properties.py", "kiosk/ui/technician_model.py"),
        *("kiosk/ui/handwriting.py", "kiosk/ui/ink.py"),
    ),
    "Kiosk.ClerkModel": (
        "kiosk/clerk/window_properties.py",
        "kiosk/clerk/console_properties.py",
        "kiosk/clerk/desk_slots.py",
        "kiosk/clerk/console_model.py",
    ),
}
LOST = re.compile(  # types of Qt's keyboard, and that our models are QObjects
    r'VirtualKeyboard/Styles/.* on type "QQuickItem"|"QQuickWordCandidateListSettings"|of type \w+ to QObject'
)
QT_TYPES = Path(sysconfig.get_path("purelib")) / "PySide6" / "Qt" / "metatypes"


def tool(name: str) -> str:
    """A PySide6 tool of the environment that runs this script."""
    return str(Path(sysconfig.get_path("scripts")) / name)


def write_types(out: Path, module: str) -> None:
    """Describe one module below `out`."""
    folder = out / module.replace(".", "/")
    folder.mkdir(parents=True, exist_ok=True)
    sources = [str(ROOT / source) for source in MODULES[module]]
    dumped = subprocess.run([tool("pyside6-metaobjectdump"), *sources], check=True, capture_output=True, text=True)
    found = json.loads(dumped.stdout)
    assert found, "the QML types were not found in the sources"
    for one in found:
        for described in one["classes"]:
            described["object"] = True  # metaobjectdump loses it where the base class stands in another file
    (folder / "types.json").write_text(json.dumps(found))
    registrar = [tool("pyside6-qmltyperegistrar"), "--generate-qmltypes", str(folder / "model.qmltypes")]
    version = ["--import-name", module, "--major-version", "1", "--minor-version", "0"]
    cpp = ["-o", str(folder / "unused.cpp")]
    foreign = [
        f"--foreign-types={path}"
        for name in ("core", "gui", "quick")
        for path in QT_TYPES.glob(f"qt6{name}_*metatypes.json")
    ]  # else it grumbles
    subprocess.run([*registrar, *cpp, *version, *foreign, str(folder / "types.json")], check=True)
    (folder / "qmldir").write_text(f"module {module}\ntypeinfo model.qmltypes\ndepends QtQuick\n")


def lint(out: Path) -> int:
    """Lint every QML file; 0 when there is not one warning."""
    files = sorted(str(path) for path in (ROOT / "kiosk").rglob("*.qml"))
    rooms = (ROOT / "kiosk" / "ui" / "qml", ROOT / "kiosk" / "clerk" / "qml")
    paths = ["-I", str(out), *(part for room in rooms for part in ("-I", str(room)))]
    known = subprocess.run([tool("pyside6-qmllint"), "--help"], capture_output=True, text=True).stdout
    if "--max-warnings" in known:
        return subprocess.run([tool("pyside6-qmllint"), "--max-warnings", "0", *paths, *files]).returncode
    return lint_but_for_what_is_lost([*paths, *files])


def lint_but_for_what_is_lost(arguments: list[str]) -> int:
    """The gate for Qt 6.7, whose qmllint loses some types: every warning counts but those."""
    said = subprocess.run([tool("pyside6-qmllint"), *arguments], capture_output=True, text=True)
    told = [line for line in (said.stdout + said.stderr).splitlines() if line.startswith("Warning: ")]
    counting = [line for line in told if not LOST.search(line)]
    print("\n".join(counting) or f"no warning but {len(told)} of types that it loses")
    return int(bool(counting))


def main(arguments: list[str]) -> int:
    """See the module."""
    out = ROOT / "out" / "qml" / Path(sys.prefix).parent.name
    for module in MODULES:
        write_types(out, module)
    return lint(out) if "--lint" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
