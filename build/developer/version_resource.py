"""What Windows shows of the program's file: whose it is and of which version, as PyInstaller's text form has it."""

import re
from pathlib import Path

from developer.steps import ROOT

_NAMES = {
    "CompanyName": "The rating terminal's makers",
    "FileDescription": "Rating terminal",
    "InternalName": "kiosk",
    "LegalCopyright": "GPL-3.0-or-later",
    "OriginalFilename": "kiosk.exe",
    "ProductName": "Rating terminal",
}
_NAMES_ZH = {**_NAMES, "FileDescription": "政务服务好差评终端", "ProductName": "政务服务好差评终端"}
_TEMPLATE = """\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={four}, prodvers={four}, mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0),
  kids=[
    StringFileInfo([StringTable("040904B0", [{english}]), StringTable("080404B0", [{chinese}])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200, 0x0804, 1200])]),
  ],
)
"""


def program_version() -> str:
    """The version in `kiosk/__init__.py`, its only place."""
    found = re.search(r'__version__ = "([^"]+)"', (ROOT / "kiosk" / "__init__.py").read_text("utf-8"))
    assert found, "the version lives in kiosk/__init__.py"
    return found[1]


def four_numbers(version: str) -> tuple[int, int, int, int]:
    """`0.7.1.dev2` → (0, 7, 1, 0): Windows knows four numbers and no words."""
    leading = re.match(r"\d+(?:\.\d+)*", version)
    numbers = [int(part) for part in leading[0].split(".")] if leading else []
    first, second, third, fourth, *_ = [*numbers, 0, 0, 0, 0]
    return first, second, third, fourth


def version_resource(folder: Path) -> str:
    """Write it into this folder; the file's path."""
    version = program_version()

    def strings(names: dict[str, str]) -> str:
        said = {**names, "FileVersion": version, "ProductVersion": version}
        return ", ".join(f"StringStruct({name!r}, {words!r})" for name, words in said.items())

    target = folder / "version_resource.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = _TEMPLATE.format(four=four_numbers(version), english=strings(_NAMES), chinese=strings(_NAMES_ZH))
    target.write_text(text, "utf-8")
    return str(target)
