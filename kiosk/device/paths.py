"""Where one terminal keeps its state, and where the program's assets lie.

Invariant: every folder of the home is 0700 and every file of it ours alone, whatever umask was, and nothing in it is
reached through a symlink.
"""

import contextlib
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HOME_VARIABLE = "KIOSK_HOME"
JOURNAL_COPY = "journal-copy-"
"""How folders in `scratch` begin that hold a copy of the journal for as long as someone looks at it."""

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


class HomeError(Exception):
    """The folder cannot be a terminal's home: `code` says why, `path` where, the message what to do."""

    def __init__(
        self, code: Literal["symlink", "foreign_owner", "wrong_kind", "refused"], path: Path, words: str
    ) -> None:
        super().__init__(f"{path}: {words}")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class Home:
    """The files of one terminal. A value of names: `open_home` is what makes and checks the folders."""

    root: Path

    @property
    def journal(self) -> Path:
        """The journal's database."""
        return self.root / "journal.db"

    @property
    def journal_logs(self) -> tuple[Path, ...]:
        """What the database library keeps beside it."""
        return tuple(self.root / f"{self.journal.name}{ending}" for ending in ("-wal", "-journal", "-shm"))

    @property
    def mark(self) -> Path:
        """How far the journal had got, kept apart from it."""
        return self.root / "journal.mark"

    @property
    def sealed_key(self) -> Path:
        """The journal's key, sealed for the hall's recovery key alone; absent until that is known."""
        return self.root / "journal.key.sealed"

    @property
    def ballast(self) -> Path:
        """Room that is given up when the disk is full, so that a tap is still kept."""
        return self.root / "ballast"

    @property
    def troubles(self) -> Path:
        """What the running terminal finds wrong, for `kiosk doctor`: a JSON object of codes and words."""
        return self.root / "troubles.json"

    @property
    def graphics(self) -> Path:
        """That the graphics card gave no picture; absent while it does."""
        return self.root / "graphics.json"

    @property
    def renewed(self) -> Path:
        """When the terminal last began anew because it had grown too large; absent until it does."""
        return self.root / "renewed.json"

    @property
    def night(self) -> Path:
        """When the last canaries were sent."""
        return self.root / "night.json"

    @property
    def pins(self) -> Path:
        """The wrong PINs of each clerk since the last right one; a pulled plug does not forget them."""
        return self.root / "pins.json"

    @property
    def codes(self) -> Path:
        """Which one-time codes of technicians were used, and the wrong ones; a pulled plug does not forget them."""
        return self.root / "codes.json"

    @property
    def answers(self) -> Path:
        """The answer file that a package has put here: the terminal enrols by it on its first run, and removes it."""
        return self.root / "enrol.toml"

    @property
    def settings(self) -> Path:
        """What the technician may write; absent unless written."""
        return self.root / "kiosk.toml"

    @property
    def station_token(self) -> Path:
        """The bearer token of the station API."""
        return self.root / "station.token"

    @property
    def certificate(self) -> Path:
        """The station's certificate for the hall's network, with its key; absent unless that was ever served."""
        return self.root / "station.pem"

    @property
    def peers(self) -> Path:
        """The programs that were paired, by the digests of their keys."""
        return self.root / "peers.json"

    @property
    def identity(self) -> Path:
        """Who this terminal is to central; absent until enrolled."""
        return self.root / "identity.json"

    def identity_at(self, mirror: str) -> Path:
        """Who this terminal is to the mirror of this name; absent until enrolled there."""
        return self.root / f"identity.{mirror}.json"

    @property
    def profile(self) -> Path:
        """The last good profile, as central sent it."""
        return self.root / "profile.json"

    @property
    def vault(self) -> Path:
        """Which key store holds this terminal's secrets, and which secrets; never a secret itself."""
        return self.root / "vault.json"

    @property
    def lock(self) -> Path:
        """Held by the one running terminal."""
        return self.root / "kiosk.lock"

    @property
    def keys(self) -> Path:
        """Folder: secrets where the machine has no key store."""
        return self.root / "keys"

    @property
    def scratch(self) -> Path:
        """Folder: what may be wiped after every visit, such as what the keyboard learnt."""
        return self.root / "scratch"

    @property
    def quarantine(self) -> Path:
        """Folder: broken journals, moved aside and never deleted."""
        return self.root / "quarantine"

    @property
    def acceptance(self) -> Path:
        """Folder: what was tried at the glass, and the acceptance sheets that were made of it."""
        return self.root / "acceptance"

    @property
    def logs(self) -> Path:
        """Folder: what the program said."""
        return self.root / "logs"


def default_home() -> Path:
    """`KIOSK_HOME`, else the user's data folder of this operating system."""
    if named := os.environ.get(HOME_VARIABLE):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("kiosk", appauthor=False))


def open_home(root: Path) -> Home:
    """Make the home's folders where they are missing and check all that is there.

    Folders become 0700 and files 0600 if they were wider. Refused are a symlink as the home, as the folder it lies in
    or as anything of ours within it, and an owner other than the user who runs this (root may own `kiosk.toml`).

    Raises HomeError.
    """
    home = Home(Path(os.path.abspath(root)))
    try:
        if home.root.parent.is_symlink():
            raise HomeError("symlink", home.root.parent, "a terminal's home may not lie behind a symlink")
        _make_parents(home.root.parent)
        for folder in (home.root, home.keys, home.scratch, home.quarantine, home.logs, home.acceptance):
            _make_folder(folder)
        for file in (
            home.journal,
            *home.journal_logs,
            home.mark,
            home.sealed_key,
            home.ballast,
            home.troubles,
            home.night,
            home.pins,
            home.codes,
            home.answers,
            home.settings,
            home.station_token,
            home.certificate,
            home.peers,
            home.identity,
            *home.root.glob("identity.*.json"),
            home.profile,
            home.vault,
            home.lock,
        ):
            _check_file(file, may_be_root=file == home.settings)
        for file in (*home.keys.iterdir(), *home.acceptance.iterdir()):
            _check_file(file, may_be_root=False)
        for kept in home.quarantine.rglob("*"):
            if kept.is_dir() and not kept.is_symlink():
                _make_folder(kept)
            else:
                _check_file(kept, may_be_root=False)
    except OSError as fault:
        path = Path(fault.filename) if isinstance(fault.filename, str) else home.root
        raise HomeError("refused", path, fault.strerror or str(fault)) from fault
    return home


def assets_folder() -> Path:
    """The assets: beside the sources, or inside the frozen program."""
    if getattr(sys, "frozen", False):
        return Path(getattr(sys, "_MEIPASS", Path(sys.executable).parent)) / "assets"
    return Path(__file__).resolve().parents[2] / "assets"


def languages_in(assets: Path) -> tuple[str, ...]:
    """The tags of the languages that the screen has words in, Chinese first: one file each."""
    tags = (path.stem for path in (assets / "translations").glob("*.json"))
    return tuple(sorted(tags, key=lambda tag: (not tag.startswith("zh"), tag)))


def _make_parents(folder: Path) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        _make_folder(each)


def _make_folder(folder: Path) -> None:
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    found = os.lstat(folder)
    if stat.S_ISLNK(found.st_mode):
        raise HomeError("symlink", folder, "is a symlink; a terminal's folders may not be")
    if not stat.S_ISDIR(found.st_mode):
        raise HomeError("wrong_kind", folder, "is not a folder")
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _NOFOLLOW)
    try:
        found = os.fstat(handle)
        _check_owner(folder, found, may_be_root=False)
        if stat.S_IMODE(found.st_mode) != 0o700:
            os.fchmod(handle, 0o700)
    finally:
        os.close(handle)


def _check_file(file: Path, may_be_root: bool) -> None:
    try:
        found = os.lstat(file)
    except FileNotFoundError:
        return
    if stat.S_ISLNK(found.st_mode):
        raise HomeError("symlink", file, "is a symlink; a terminal's files may not be")
    if not stat.S_ISREG(found.st_mode):
        raise HomeError("wrong_kind", file, "is not a regular file")
    if os.name == "nt":
        return
    _check_owner(file, found, may_be_root)
    if found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o177:
        os.chmod(file, 0o600)


def _check_owner(path: Path, found: os.stat_result, may_be_root: bool) -> None:
    if os.name == "nt" or found.st_uid == os.geteuid() or (may_be_root and found.st_uid == 0):
        return
    raise HomeError("foreign_owner", path, f"belongs to user {found.st_uid}; this program runs as user {os.geteuid()}")
