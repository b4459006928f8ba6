"""The bill of materials of a built program, as CycloneDX 1.5: what its parts say of themselves, and every
Python part whose modules it holds. The same program gives the same bytes.
"""

import json
import subprocess
from pathlib import Path

from developer.environments import FULL
from developer.steps import Command, Trouble

_NATIVE = {
    "python": ("CPython", "pkg:generic/python"),
    "qt": ("Qt", "pkg:generic/qt"),
    "sqlite": ("SQLite", "pkg:generic/sqlite"),
    "sqlite3mc": ("SQLite3 Multiple Ciphers", "pkg:generic/sqlite3mc"),
    "openssl": ("OpenSSL", "pkg:generic/openssl"),
    "openssl-of-cryptography": ("OpenSSL (within cryptography)", "pkg:generic/openssl"),
}
_INSTALLED = (  # name, version and top-level modules of every distribution that the program was built from
    "import importlib.metadata as m, json, sys; sys.path[:] = sys.argv[1:] or sys.path; "
    "tops = m.packages_distributions(); "
    "print(json.dumps([[d.metadata['Name'], d.version, [k for k, v in tops.items() if d.metadata['Name'] in v]] "
    "for d in m.distributions()]))"
)


def bill_of(program: Path, made_s: int, built_from: Path | None = None) -> bytes:
    """The bill of this program folder. `made_s`: Unix seconds that it bears as its time; `built_from`: the folder of
    the packages that went into it, where those are not this environment's.

    Raises Trouble where the program does not say what it is made of.
    """
    said = _said_by(program)
    parts = [_component(name, purl, said[part]) for part, (name, purl) in _NATIVE.items()]
    held = _modules_in(program)
    for name, version, modules in _installed(built_from):
        if name == "pyinstaller":
            parts.append(_component("PyInstaller bootloader", "pkg:pypi/pyinstaller", version))
        elif held & set(modules):
            parts.append(_component(name, f"pkg:pypi/{name}", version))
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": _time(made_s),
            "component": {
                "type": "application", "name": "kiosk", "version": said["kiosk"], "bom-ref": "kiosk",
                "licenses": [{"license": {"id": "GPL-3.0-or-later"}}],
            },
        },
        "components": sorted(parts, key=lambda part: str(part["bom-ref"])),
    }  # fmt: skip
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def _component(name: str, purl: str, version: str) -> dict[str, object]:
    full = f"{purl}@{version}"
    reference = f"{full}#{name.replace(' ', '-').lower()}"
    return {"type": "library", "name": name, "version": version, "purl": full, "bom-ref": reference}


def _said_by(program: Path) -> dict[str, str]:
    asked = subprocess.run([program / "kiosk", "versions", "--json"], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        raise Trouble(
            f"The program does not say what it is made of:\n{asked.stderr}", "the program", "mend `kiosk versions`."
        )
    found: dict[str, str] = json.loads(asked.stdout)
    return found


def _installed(folder: Path | None) -> list[tuple[str, str, list[str]]]:
    """Name (lower case), version and top-level modules of all that is installed, sorted."""
    command: Command = [FULL.python, "-c", _INSTALLED, *([folder] if folder else [])]
    asked = subprocess.run(command, capture_output=True, text=True, check=True)
    return sorted((name.lower().replace("_", "-"), version, tops) for name, version, tops in json.loads(asked.stdout))


def _modules_in(program: Path) -> set[str]:
    """The top-level modules that a built program holds: of its archive, and those that lie beside it."""
    reader = (
        "import json, sys; from PyInstaller.archive.readers import CArchiveReader as R; "
        "a = R(sys.argv[1]); z = a.open_embedded_archive('PYZ.pyz'); "
        "print(json.dumps(sorted({n.split('.')[0] for n in z.toc})))"
    )
    asked = subprocess.run([FULL.python, "-c", reader, program / "kiosk"], capture_output=True, text=True, check=True)
    beside = {path.name.split(".")[0] for path in (program / "_internal").iterdir()}
    return set(json.loads(asked.stdout)) | beside


def _time(seconds: int) -> str:
    import datetime

    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
