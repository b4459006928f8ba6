"""Starts what the command line asks for: checks the home and the settings as a whole, then hands over.

Nothing is half-started: a fault in the settings ends with 78 before a window, a lock or a port is taken, and a second
instance leaves with 75.
"""

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kiosk import __version__
from kiosk.core.supervision import EX_NO_PICTURE
from kiosk.device.clock import SystemClock
from kiosk.device.files import clear_folders, clear_leftovers, read_file
from kiosk.device.graphics import choose_renderer, remember
from kiosk.device.heart import heart_of_this_process
from kiosk.device.instance import AlreadyRunning, hold_lock
from kiosk.device.logbook import logged_to
from kiosk.device.paths import (
    HOME_VARIABLE,
    JOURNAL_COPY,
    Home,
    HomeError,
    assets_folder,
    default_home,
    languages_in,
    open_home,
)
from kiosk.device.settings import Settings, SettingsRefused, read_settings
from kiosk.upkeep import UpkeepParts

EX_TEMPFAIL = 75
EX_CONFIG = 78
EX_UNAVAILABLE = 69
STACKS = "stacks.txt"
"""In the home's `logs`: where every thread stood when the terminal hung."""
_PROFILE_LIMIT = 16 * 1024 * 1024  # as kiosk.unit has it, which is not to be imported before the first frame

if TYPE_CHECKING:
    from kiosk.core.events import Seen
    from kiosk.device.speech import SpokenVoice
    from kiosk.terminal import Loop
    from kiosk.ui.placement import Wish
    from kiosk.unit import Unit


log = logging.getLogger(__name__)


class Unusable(Exception):
    """The home or its settings cannot be used; the message is for the technician."""


def settled(root: Path | None) -> tuple[Home, Settings]:
    """The home and its settings, checked.

    Raises Unusable.
    """
    try:
        home = open_home(root or default_home())
        return home, read_settings(home.settings, languages_in(assets_folder()))
    except (HomeError, SettingsRefused) as fault:
        raise Unusable(str(fault)) from fault


def run_terminal(
    root: Path | None,
    windowed: tuple[int, int] | None,
    screen: str | None,
    station_port: int | None,
    safe: bool = False,
    software: bool = False,
) -> int:
    """`kiosk run`. `safe`: with the software renderer and without a station, after crashes at start; `software`: with
    that renderer, after a life without a picture."""
    if safe:
        os.environ["QT_QUICK_BACKEND"] = "software"
        station_port = 0
    with contextlib.suppress(HomeError):  # told where the home is opened in earnest
        home = open_home(root or default_home())
        if home.answers.exists():
            from kiosk.first_run import lay_out

            lay_out(home, languages_in(assets_folder()))
    return _with_home(root, lambda home, settings: _run(home, settings, windowed, screen, station_port, software))


def supervise_terminal(
    root: Path | None, windowed: tuple[int, int] | None, screen: str | None, station_port: int | None
) -> int:
    """`kiosk supervise`: `kiosk run` with these options, again and again."""
    from kiosk.supervisor import supervise, this_program
    from kiosk.update.choice import choice_for

    options: list[str] = []
    if root is not None:
        options += ["--home", str(root)]
    if windowed is not None:
        options += ["--windowed", f"{windowed[0]}x{windowed[1]}"]
    if screen is not None:
        options += ["--screen", screen]
    if station_port is not None:
        options += ["--station-port", str(station_port)]
    return supervise(["run", *options], choice_for(root or default_home(), this_program))


def update(options: argparse.Namespace) -> int:
    """`kiosk update`."""
    from kiosk.updates import update as work

    return _with_home(options.home, lambda home, settings: work(home, settings, options))


def version_in_force(root: Path | None) -> str | None:
    """The program of the version in force, where that is another one than this, which came with a package.

    Only a packaged program hands on: from the sources whoever starts a command means these sources. Never to what
    is not exactly as it was signed, and never by whoever may do more than the terminal's own account.
    """
    from kiosk.update.state import Place, StateBroken, read_state

    place = Place(Path(os.path.abspath(root or default_home())))
    if not getattr(sys, "frozen", False) or Path(sys.executable).is_relative_to(place.slots):
        return None
    try:
        slot = read_state(place).starts
    except StateBroken:
        return None
    program = None if slot is None else place.program(slot.name)
    if slot is None or program is None or not program.exists() or _may_do_more(place.root):
        return None
    from kiosk.update.metadata import MetadataRefused
    from kiosk.update.staging import fault_of_slot, trusted_root

    try:
        fault = fault_of_slot(place, trusted_root(place, assets_folder()), slot.name, slot.version)
    except (MetadataRefused, OSError) as refused:
        fault = str(refused)
    if fault is not None:
        print(f"version {slot.version} is not used, for {fault}; this is the packaged one", file=sys.stderr)
    return str(program) if fault is None else None


def _may_do_more(folder: Path) -> bool:
    """Whether this process may do what the account that these files belong to may not."""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.shell32.IsUserAnAdmin())
    return folder.stat().st_uid != os.geteuid()


def _run(
    home: Home,
    settings: Settings,
    windowed: tuple[int, int] | None,
    screen: str | None,
    station_port: int | None,
    no_picture: bool,
) -> int:
    try:
        lock = hold_lock(home.lock)
    except AlreadyRunning as fault:
        print(fault, file=sys.stderr)
        return EX_TEMPFAIL
    except OSError as fault:
        print(f"the terminal's lock cannot be taken: {fault}", file=sys.stderr)
        return EX_CONFIG
    with lock, logged_to(home.logs):
        _keep_to_ourselves(home)
        software = choose_renderer(home.graphics, __version__, no_picture)
        from kiosk.device.foreground import open_foreground
        from kiosk.ui.looks import Looks
        from kiosk.ui.shell import Look, run
        from kiosk.ui.words import WordsError

        set_to = settings.screen
        look = Look(
            assets=assets_folder(),
            scratch=home.scratch,
            windowed=windowed or _size(settings.screen.windowed),
            wish=_wish(settings, screen),
            diagonal_inches=settings.screen.diagonal_inches or None,
            language=settings.language,
            home=Looks(set_to.large, set_to.contrast, set_to.still, set_to.low, set_to.left, set_to.spoken),
            behind=_stands_behind(home),
            foreground=open_foreground,
        )

        def booted(loop: "Loop", seen: "Seen") -> "Unit":
            from kiosk.supervisor import this_program
            from kiosk.unit import Makings, boot

            threading.Thread(target=_painted, args=(home, no_picture, software), name="renderer", daemon=True).start()
            port = settings.station.port if station_port is None else station_port
            fetch = this_program("--home", str(home.root), "update", "fetch")
            unit = boot(loop, Makings(home, settings, assets_folder(), port, clock, seen, _leave, fetch))
            if home.answers.exists():
                from kiosk.first_run import FirstRun, is_due

                if is_due(home):
                    FirstRun(unit, home, languages_in(assets_folder()), time.sleep).start()
            return unit

        def voice() -> "SpokenVoice":
            from kiosk.device.speech import SpokenVoice

            return SpokenVoice(prefer=settings.speech.voice)

        clock = SystemClock()
        try:
            heart = heart_of_this_process(home.logs / STACKS, _leave)
            upkeep = UpkeepParts(settings, clock, watched_over=heart is not None)
            speaks = voice if settings.speech.enabled else None
            code = run(booted, look, clock.mono_ms, speaks, heart, upkeep.means)
            upkeep.close(home)
            if code == EX_NO_PICTURE:
                _painted(home, True, True)  # whoever starts us next has one, supervised or not
            return code
        except WordsError as fault:
            print(f"the words of the screen do not hold: {fault}. Put the file back as it was.", file=sys.stderr)
            return EX_CONFIG


def _painted(home: Home, no_picture: bool, software: bool) -> None:
    """A first frame was shown: remember with what; or the card has just given none. Not while there is a screen, which
    waits for no disk, but on a thread."""
    try:
        remember(home.graphics, __version__, no_picture, software)
    except OSError as fault:
        log.warning("how this machine draws cannot be remembered: %s", fault)


def _leave() -> None:
    """Whoever watches over us asks us to end, or is gone, and then the next one is to start a terminal it can watch; or
    another version is to begin. `raise_signal`, for `kill` ends a process of Windows where it stands."""
    signal.raise_signal(signal.SIGTERM)


def _wish(settings: Settings, screen: str | None) -> "Wish":
    """Which screen is asked for: on the command line, else in the settings."""
    from kiosk.ui.placement import Wish, read_wish

    set_to = settings.screen
    return read_wish(screen) if screen else Wish(set_to.name, set_to.size, set_to.position)


class _Mode(msgspec.Struct):
    mode: str = "window"


def _stands_behind(home: Home) -> bool:
    """Whether the stored profile has us behind another program. Read for that alone; the unit reads it in earnest, and
    says what is wrong with it."""
    try:
        return msgspec.json.decode(read_file(home.profile, _PROFILE_LIMIT), type=_Mode).mode == "self_service"
    except (OSError, ValueError, msgspec.MsgspecError):
        return False


def _keep_to_ourselves(home: Home) -> None:
    """Leave no trace beside the journal: no memory on the disk should we crash, for it holds the journal's key and what
    a citizen is writing; no half-written file and no copy of the journal that a kill left behind."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    with contextlib.suppress(OSError):
        for folder in (home.root, home.keys):
            clear_leftovers(folder)
        clear_folders(home.scratch, JOURNAL_COPY)


def run_console(
    root: Path | None, station: str, token_file: Path | None, certificate_sha256: str, language: str
) -> int:
    """`kiosk clerk`: needs the station's token, or the key of a pairing, and nothing else of the terminal's home."""
    path = token_file or (root or default_home()) / "station.token"
    try:
        token = path.read_text("ascii").strip()
    except (OSError, ValueError) as fault:
        print(
            f"the station's token cannot be read: {fault}. Start the terminal once, or name it with --token-file",
            file=sys.stderr,
        )
        return EX_CONFIG
    from kiosk.clerk.line import Station
    from kiosk.clerk.settings import read_settings as read_console_settings

    folder = console_folder(root)
    try:
        at = Station(station, token, certificate_sha256)
        at.check()
        settings = read_console_settings(folder)
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return EX_CONFIG
    from kiosk.clerk.console import Makings, run

    return run(Makings(at, assets_folder(), folder, settings, language))


def console_folder(root: Path | None) -> Path:
    """Where the console has its settings and remembers its place: the home if one is named, else the user's folder for
    such things, for a console may stand on a machine without a terminal."""
    if root is not None or os.environ.get(HOME_VARIABLE):
        return root or default_home()
    import platformdirs

    return Path(platformdirs.user_state_dir("kiosk", appauthor=False))


def enroll(root: Path | None, central_url: str, code: str, mirror: str | None = None) -> int:
    """`kiosk enroll`: exit 0 if this machine is now a known terminal; 69 if the same code may work later, 1 if not."""
    from kiosk.enrolment import enroll_here

    return _with_home(root, lambda home, settings: enroll_here(home, settings, central_url, code, mirror))


def enroll_by(root: Path | None, answers: Path | None, code_text: str, only_check: bool = False) -> int:
    """`kiosk enroll --answers FILE`, `--code-text LINE`."""
    from kiosk.answers import AnswersRefused, read_answers, read_code_text
    from kiosk.enrolment import enroll_by_answers

    if answers is not None and only_check:
        try:
            read_answers(answers, languages_in(assets_folder()))
        except (AnswersRefused, OSError) as fault:
            print(fault, file=sys.stderr)
            return EX_CONFIG
        return 0
    if answers is not None:
        file = answers
        return _with_home(root, lambda home, _settings: enroll_by_answers(home, file, languages_in(assets_folder())))
    try:
        url, code = read_code_text(code_text)
    except AnswersRefused as fault:
        print(fault, file=sys.stderr)
        return EX_CONFIG
    return enroll(root, url, code)


def doctor(root: Path | None, as_json: bool, language: str, as_lines: bool = False) -> int:
    """`kiosk doctor`: exit 1 if any check fails. Settings that do not hold are a finding here, not an end."""
    from kiosk.doctor import examine

    return examine(root or default_home(), as_json, language, as_lines)


def acceptance(options: argparse.Namespace) -> int:
    """`kiosk acceptance`."""
    from kiosk.acceptance.command import Wanted, make, verify

    words = list(options.words)
    if words[:1] == ["verify"] and len(words) == 2:
        token = options.token_file.read_text("ascii").strip() if options.token_file else ""
        home, settings = None, Settings()
        if not options.public_key and not options.central:
            try:
                home, settings = settled(options.home)
            except Unusable as fault:
                print(fault, file=sys.stderr)
                return EX_CONFIG
        return verify(home, settings, Path(words[1]), options.public_key, options.central, token)
    if len(words) != (0 if options.on_unit else 1):
        print("usage: kiosk acceptance FILE.pdf, or kiosk acceptance verify FILE.pdf", file=sys.stderr)
        return 2
    target = None if options.on_unit else Path(words[0])
    wanted = Wanted(target, options.language, options.technician, options.to)
    return _with_home(options.home, lambda home, settings: make(home, settings, wanted))


def support(root: Path | None, target: Path) -> int:
    """`kiosk support`."""
    from kiosk.support import make_bundle

    return make_bundle(root or default_home(), target)


def displays(root: Path | None, screen: str | None, as_json: bool) -> int:
    """`kiosk displays`: exit 1 if none of them would be the citizen's; 69 if no screen can be reached."""

    def listed(_home: Home, settings: Settings) -> int:
        from kiosk.ui.displays import list_displays, there_are_screens

        if not there_are_screens():
            print("no screen can be reached from here: neither DISPLAY nor WAYLAND_DISPLAY is set", file=sys.stderr)
            return EX_UNAVAILABLE
        found, words = list_displays(_wish(settings, screen), as_json)
        print(words)
        return 0 if found else 1

    return _with_home(root, listed)


def speak_aloud(prefer: str) -> int:
    """`kiosk voice`: ends with its input. Knows no home, for it says only what it is told."""
    from kiosk.device.mouth import speak

    assets = assets_folder()
    return speak(assets, languages_in(assets), prefer)


def removal_check(root: Path | None) -> int:
    """`kiosk removal check`."""
    from kiosk.removal import check_removal

    return _with_home(root, check_removal)


def removal_allow(root: Path | None, persons: list[tuple[str, str]], export: Path) -> int:
    """`kiosk removal allow`."""
    from kiosk.removal import allow_removal

    return _with_home(root, lambda home, settings: allow_removal(home, settings, persons, export))


def retire(root: Path | None, number: str, code: str) -> int:
    """`kiosk retire`."""
    from kiosk.retirement import retire as retire_here

    return _with_home(root, lambda home, settings: retire_here(home, settings, number, code))


def journal_status(root: Path | None, as_json: bool) -> int:
    """`kiosk journal status`."""
    from kiosk.bookkeeping.looking import print_status

    return _with_home(root, lambda home, settings: print_status(home, settings, as_json))


def journal_verify(root: Path | None, central_key: str, receipt: str, as_json: bool) -> int:
    """`kiosk journal verify`."""
    from kiosk.bookkeeping.verification import Asked, print_verification

    asked = Asked(central_key, receipt)
    return _with_home(root, lambda home, settings: print_verification(home, settings, asked, as_json))


def journal_export(root: Path | None, target: Path, everything: bool) -> int:
    """`kiosk journal export`."""
    from kiosk.bookkeeping.export import export_journal

    return _with_home(root, lambda home, settings: export_journal(home, settings, target, everything))


def journal_recover(root: Path | None, key_file: Path | None, records: Path | None, personal: bool) -> int:
    """`kiosk journal recover`."""
    from kiosk.bookkeeping.recovery import recover, write_records

    if records is None:
        return _with_home(root, lambda home, settings: recover(home, settings, key_file))
    target = records
    return _with_home(root, lambda home, settings: write_records(home, settings, key_file, target, personal))


def station(options: argparse.Namespace) -> int:
    """`kiosk station`."""
    from kiosk import peering

    def work(home: Home, settings: Settings) -> int:
        match options.what:
            case "pair" if options.terminal:
                key_file = options.key_file or home.root / peering.KEY_FILE
                return peering.pair_with(options.terminal, options.code, options.name, options.fingerprint, key_file)
            case "pair":
                return peering.open_pairing(home, settings, options.station)
            case "peers":
                return peering.list_peers(home, settings, options.station, options.json)
            case "revoke":
                return peering.revoke(home, settings, options.station, options.peer_id)
            case _ if options.renew:
                return peering.renew(home, settings)
            case _:
                return peering.show_certificate(home, options.pem)

    return _with_home(options.home, work)


def _with_home(root: Path | None, work: Callable[[Home, Settings], int]) -> int:
    try:
        home, settings = settled(root)
    except Unusable as fault:
        print(fault, file=sys.stderr)
        return EX_CONFIG
    return work(home, settings)


def _size(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    width, _, height = text.partition("x")
    return int(width), int(height)
