"""`kiosk support FILE.zip`: what somebody far away needs in order to help, and nothing of a citizen and no secret.

Invariant: no file of the home goes in but logs and troubles, no entry of the journal is read for it, and every text
passes through `masked`. The file is there whole or not at all.
"""

import base64
import io
import os
import re
import stat
import sys
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from kiosk import __version__
from kiosk.bookkeeping.looking import NoJournal, look_at_journal, status_record
from kiosk.device.files import read_file, write_file
from kiosk.device.logbook import log_files
from kiosk.device.paths import Home, HomeError, assets_folder, languages_in, open_home
from kiosk.device.secrets import VaultError, open_vault
from kiosk.device.settings import Settings, SettingsRefused, read_settings
from kiosk.doctor import System, findings_of
from kiosk.journal.connection import DiskFault, JournalFault
from kiosk.roster import read_roster
from kiosk.versions import versions

STACKS = "stacks.txt"
_LIMIT = 4 * 1024 * 1024
_SHORTEST = 6
"""What is shorter is no secret, and would be found in any text."""
_USER = re.compile(r"//[^/@\s\"']*@")
_NAMED = re.compile(
    r"(?i)\b([\w-]*(?:token|secret|passw\w*|pin|api[_-]?key)[\w-]*[\"']?\s*[=:]\s*[\"']?)[^\s\"',{}\[\]]+"
)
_LONG = re.compile(r"[A-Za-z0-9_+=-]{40,}")
_HIDDEN = "…"


def make_bundle(root: Path, target: Path, system: System | None = None) -> int:
    """Write the file. Exit 0, or 1 with nothing written."""
    try:
        write_file(target, bundle(root, system))
    except OSError as fault:
        print(f"{target} was not written: {fault.strerror or fault}", file=sys.stderr)
        return 1
    print(f"{target}: checks, versions, settings, logs and the journal's counts. It holds no entry and no secret.")
    print(f"{target}：检查结果、版本、设置、日志与日志库条数；不含任何评价内容和密钥。")
    return 0


def bundle(root: Path, system: System | None = None) -> bytes:
    """The whole archive. A home that cannot be opened gives what can be said of it."""
    found: dict[str, object] = {
        "doctor.json": list(findings_of(root, "en", system)),
        "versions.json": _versions(),
    }
    secrets: Collection[str] = ()
    if root.exists():
        try:
            home = open_home(root)
        except HomeError:
            home = None
        if home is not None:
            secrets = secrets_of(home)
            found |= _of_home(home)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in found.items():
            text = masked(content, secrets) if isinstance(content, str) else _json(content, secrets)
            file.writestr(name, text)
    return archive.getvalue()


def masked(text: str, secrets: Collection[str] = ()) -> str:
    """The same without these secrets, without who logs in by an address, and without whatever looks like a secret."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    text = _USER.sub(f"//{_HIDDEN}@", text)
    text = _NAMED.sub(rf"\1{_HIDDEN}", text)
    return _LONG.sub(_HIDDEN, text)


def secrets_of(home: Home) -> frozenset[str]:
    """This home's secrets that lie in files, in every way they are commonly written."""
    found: set[str] = set()
    for path in (home.station_token, home.sealed_key, home.certificate, *sorted(home.keys.iterdir())):
        try:
            raw = read_file(path, _LIMIT)
        except (OSError, ValueError):
            continue
        for one in {raw, raw.strip()}:
            found |= {one.hex(), base64.b64encode(one).decode(), base64.urlsafe_b64encode(one).decode().rstrip("=")}
            found |= {line.strip() for line in one.decode("utf-8", "ignore").splitlines()}
    found |= _of_technicians(home)
    return frozenset(one for one in found if len(one) >= _SHORTEST)


def _of_technicians(home: Home) -> set[str]:
    if not home.vault.exists():
        return set()
    try:
        return {one.secret for one in read_roster(open_vault(home, "auto", "file")).technicians}
    except (VaultError, OSError):
        return set()


def _of_home(home: Home) -> dict[str, object]:
    found: dict[str, object] = {"home.json": _listing(home.root)}
    settings = Settings()
    try:
        settings = read_settings(home.settings, languages_in(assets_folder()))
        found["settings.json"] = settings
    except SettingsRefused as fault:
        found["settings.refused.txt"] = str(fault)
    try:
        with look_at_journal(home, settings) as journal:
            found["journal.json"] = status_record(journal.status(), journal.positions())
    except (NoJournal, JournalFault, VaultError, DiskFault, OSError) as fault:
        found["journal.fault.txt"] = str(fault)
    for path in (home.troubles, *log_files(home.logs), home.logs / STACKS):
        text = _tail(path)
        if text is not None:
            found[str(path.relative_to(home.root))] = text
    return found


def _versions() -> dict[str, str]:
    try:
        return versions()
    except ImportError as fault:
        return {"kiosk": __version__, "fault": str(fault)}


def _tail(path: Path) -> str | None:
    """The end of a file that is no symlink; None where there is none, and why where it cannot be read."""
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - _LIMIT, 0))
            return file.read(_LIMIT).decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as fault:
        return f"cannot be read: {fault}"


def _listing(root: Path) -> list[dict[str, Any]]:
    """Every file's and folder's name, size, mode and time: the size of a journal, or an owner, tells a lot."""
    found = []
    for path in sorted(root.rglob("*")):
        try:
            about = path.lstat()
        except OSError:
            continue
        found.append(
            {
                "name": str(path.relative_to(root)), "bytes": about.st_size, "mode": stat.filemode(about.st_mode),
                "owner": about.st_uid, "changed": int(about.st_mtime),
            }
        )  # fmt: skip
    return found


def _json(value: object, secrets: Collection[str]) -> str:
    """As JSON, each text in it masked."""

    def hide(one: Any) -> Any:
        match one:
            case str():
                return masked(one, secrets)
            case dict():
                return {key: hide(within) for key, within in one.items()}
            case list() | tuple():
                return [hide(within) for within in one]
            case _:
                return one

    return msgspec.json.format(msgspec.json.encode(hide(msgspec.to_builtins(value))), indent=2).decode()
