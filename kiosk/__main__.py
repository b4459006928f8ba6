"""The command line: parses and calls, nothing else."""

import argparse
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

from kiosk import __version__
from kiosk.client.arguments import add_commands

EX_CONFIG = 78
EX_USAGE = 64
EX_TEMPFAIL = 75
OF_THE_PACKAGE = ("supervise", "update", "central", "demo", "selftest", "versions", "lockdown")
"""Commands that are this very program's, whatever version is in force."""
_SCREEN = 'the screen to cover: its name, its size ("1280x800", "10.1in") or its position ("right", "not primary")'


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code."""
    options = _parser().parse_args(arguments)
    if _may_hand_on(options.command) and (program := _in_force(options)) is not None:
        return _hand_on([program, *(sys.argv[1:] if arguments is None else arguments)])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of its plugins as soon as it is imported
    command: str = options.command
    result: int = globals()["_" + command](options)
    return result


def _may_hand_on(command: str) -> bool:
    """A terminal that is supervised is the version that its supervisor chose, and has proved."""
    return command not in OF_THE_PACKAGE and not (command == "run" and "KIOSK_TRIAL" in os.environ)


def _in_force(options: argparse.Namespace) -> str | None:
    from kiosk.start import version_in_force

    return version_in_force(options.home)


def _hand_on(words: list[str]) -> int:
    """To the version in force, which may be the only one that reads its files."""
    if sys.platform == "win32":
        return subprocess.run(words, check=False).returncode
    os.execv(words[0], words)


def _run(options: argparse.Namespace) -> int:
    from kiosk.start import run_terminal

    return run_terminal(
        options.home, options.windowed, options.screen, options.station_port, options.safe, options.software
    )


def _supervise(options: argparse.Namespace) -> int:
    from kiosk.start import supervise_terminal

    return supervise_terminal(options.home, options.windowed, options.screen, options.station_port)


def _clerk(options: argparse.Namespace) -> int:
    from kiosk.start import run_console

    key_file = options.key_file or options.token_file
    return run_console(options.home, options.station, key_file, options.certificate_sha256, options.language)


def _central(options: argparse.Namespace) -> int:
    try:
        from kiosk.central import import_file, serve
    except ImportError as fault:
        print(f"central is an optional part and not installed here ({fault.name} is missing)", file=sys.stderr)
        return EX_CONFIG
    if options.file is not None:
        return import_file(options.data, options.database, options.file)
    at = options.host, options.port
    return serve(options.data, options.database, *at, options.sample, options.public_url, options.updates)


def _demo(options: argparse.Namespace) -> int:
    from kiosk.demo.play import run_demo

    return run_demo(options.out)


def _enroll(options: argparse.Namespace) -> int:
    from kiosk.start import enroll, enroll_by

    if options.answers is not None or options.code_text:
        return enroll_by(options.home, options.answers, options.code_text, options.only_check)
    if not (options.central and options.code):
        print("say --central and --code, or --code-text, or --answers", file=sys.stderr)
        return EX_USAGE
    return enroll(options.home, options.central, options.code, options.mirror)


def _hall(options: argparse.Namespace) -> int:
    from kiosk.hall import work

    return work(options)


def _doctor(options: argparse.Namespace) -> int:
    from kiosk.start import doctor

    return doctor(options.home, options.json, options.language, options.lines)


def _acceptance(options: argparse.Namespace) -> int:
    from kiosk.start import acceptance

    return acceptance(options)


def _support(options: argparse.Namespace) -> int:
    from kiosk.start import support

    return support(options.home, options.file)


def _displays(options: argparse.Namespace) -> int:
    from kiosk.start import displays

    return displays(options.home, options.screen, options.json)


def _voice(options: argparse.Namespace) -> int:
    from kiosk.start import speak_aloud

    return speak_aloud(options.prefer)


def _selftest(_options: argparse.Namespace) -> int:
    from kiosk.selftest import selftest

    return selftest()


def _removal(options: argparse.Namespace) -> int:
    from kiosk import start

    if options.what == "check":
        return start.removal_check(options.home)
    persons = list(zip(options.technician, options.code, strict=False))
    return start.removal_allow(options.home, persons, options.export)


def _retire(options: argparse.Namespace) -> int:
    from kiosk.start import retire

    return retire(options.home, options.technician, options.code)


def _lockdown(options: argparse.Namespace) -> int:
    from kiosk.device.paths import default_home
    from kiosk.lockdown.run import lock_down

    return lock_down(options.what, options.home or default_home(), options.language)


def _versions(options: argparse.Namespace) -> int:
    from kiosk.versions import print_versions

    return print_versions(options.json)


def _update(options: argparse.Namespace) -> int:
    from kiosk.start import update

    return update(options)


def _client(options: argparse.Namespace) -> int:
    from kiosk.client.run import run
    from kiosk.device.paths import default_home

    return run(options, options.home or default_home())


_visit = _staff = _pause = _resume = _call = _state = _client


def _station(options: argparse.Namespace) -> int:
    from kiosk.start import station

    return station(options)


def _journal(options: argparse.Namespace) -> int:
    from kiosk import start

    match options.what:
        case "status":
            return start.journal_status(options.home, options.json)
        case "verify":
            return start.journal_verify(options.home, options.central_key, options.receipt, options.json)
        case "export":
            return start.journal_export(options.home, options.file, options.all)
        case _:
            return start.journal_recover(options.home, options.key, options.records, options.with_personal)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) >= 320 and int(height) >= 320):
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1280x800")
    return int(width), int(height)


def _port(text: str) -> int:
    if not (text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port (0 to 65535)")
    return int(text)


def _address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^\s?#]{1,120}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no address such as https://rate.example.gov.cn")
    return text.rstrip("/")


def _home_again() -> argparse.ArgumentParser:
    """`--home` may stand behind a command as well as before it."""
    again = argparse.ArgumentParser(add_help=False)
    again.add_argument("--home", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return again


def _parser() -> argparse.ArgumentParser:
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("--home", type=Path, default=None, help="all state of one terminal lies here (KIOSK_HOME)")
    parser = argparse.ArgumentParser(prog="kiosk", description="The rating terminal (政务服务好差评).", parents=[home])
    parser.add_argument("--version", action="version", version=f"kiosk {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, words: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=words, description=words, parents=[_home_again()])

    run = command("run", "the terminal")
    run.add_argument("--safe", action="store_true", help="the safe profile: drawn without graphics card, no station")
    run.add_argument("--software", action="store_true", help="drawn without graphics card, which gave no picture")
    supervise = command("supervise", "the terminal, watched over: what hangs or falls is started again")
    for one in (run, supervise):
        one.add_argument("--windowed", type=_size, metavar="WxH", help="a window on a desk; fullscreen otherwise")
        one.add_argument("--screen", metavar="WISH", help=_SCREEN)
        one.add_argument("--station-port", type=_port, metavar="N", help="the station API's port; 0: none")

    clerk = command("clerk", "the clerk's console")
    clerk.add_argument("--station", metavar="URL", default="http://127.0.0.1:7801", help="the terminal's station API")
    clerk.add_argument("--token-file", type=Path, help="the station's token; by default the one of this home")
    clerk.add_argument("--key-file", type=Path, metavar="FILE", help="over the hall's network: the key of this pairing")
    clerk.add_argument("--certificate-sha256", default="", metavar="HEX", help="and the one certificate to be believed")
    clerk.add_argument("--language", choices=["zh-CN", "en"], default="", help="by default that of last time")

    add_commands(command)

    central = command("central", "the central server")
    central.add_argument("--data", type=Path, required=True, metavar="DIR", help="token, database and sample lie here")
    central.add_argument("--database", metavar="URL", help="default: SQLite in DIR")
    central.add_argument("--host", default="127.0.0.1")
    central.add_argument("--port", type=_port, default=7800)
    central.add_argument("--sample", action="store_true", help="fill an empty central with the sample hall")
    central.add_argument("--public-url", type=_address, metavar="URL", help="how phones reach it, for the sample hall")
    central.add_argument("--updates", type=Path, metavar="DIR", help="a signed repository of updates, for terminals")
    central.add_argument(
        "--import", dest="file", type=Path, metavar="FILE", help="take in an exported journal, with the server stopped"
    )

    demo = command("demo", "central, terminal and console on this machine with the sample hall")
    demo.add_argument("--out", type=Path, default=Path("out/demo"), metavar="DIR", help="where the pictures go")

    enrol = command("enroll", "make this machine a known terminal")
    enrol.add_argument("--central", metavar="URL")
    enrol.add_argument("--code")
    enrol.add_argument("--code-text", default="", metavar="LINE", help="what central's QR code says: kiosk-enrol:1;…")
    enrol.add_argument("--answers", type=Path, metavar="FILE", help="central, code and settings in one TOML file")
    enrol.add_argument("--only-check", action="store_true", help="say whether the answer file holds, and do nothing")
    enrol.add_argument("--as", dest="mirror", metavar="NAME", help="with the [[mirror]] of this name in the settings")

    _add_hall(command("hall", "the hall's work at central: technicians, enrolment codes, replacements, revocations"))

    doctor = command("doctor", "check the unit, one line a check; exit 1 if any fails")
    doctor.add_argument("--json", action="store_true")
    doctor.add_argument("--lines", action="store_true", help="JSON, each check in a line of its own as it is made")
    doctor.add_argument("--language", choices=["zh-CN", "en"], default="", help="by default this system's; of JSON, en")

    sheet = command("acceptance", "the acceptance sheet as a signed PDF; with `verify` before the file: check one")
    sheet.add_argument("words", nargs="*", metavar="[verify] FILE.pdf")
    sheet.add_argument("--technician", default="", metavar="NUMBER", help="whose sheet it is")
    sheet.add_argument("--language", choices=["zh-CN", "en"], default="zh-CN")
    sheet.add_argument("--to", type=Path, metavar="FOLDER", help="a copy there, too")
    sheet.add_argument("--public-key", default="", metavar="KEY", help="verify: the unit's key, raw Ed25519 in base64")
    sheet.add_argument("--central", default="", metavar="URL", help="verify: by the key that this central has")
    sheet.add_argument("--token-file", type=Path, metavar="FILE", help="verify: central's admin.token")
    sheet.add_argument("--on-unit", action="store_true", help=argparse.SUPPRESS)  # how the unit's page makes it

    support = command(
        "support", "the checks, versions, settings and logs in one file, without personal data and secrets"
    )
    support.add_argument("file", type=Path, metavar="FILE.zip")

    displays = command("displays", "the screens as this program sees them, and which one would be the citizen's")
    displays.add_argument("--screen", metavar="WISH", help=_SCREEN)
    displays.add_argument("--json", action="store_true")

    command("selftest", "journal, key store, screen and TLS of this program itself, in a home of its own")

    removal = command("removal", "whether this terminal may be taken away: exit 1 while anything is unsent")
    of_removal = removal.add_subparsers(dest="what", required=True, metavar="what")
    again = _home_again()
    of_removal.add_parser("check", help="may it go?", parents=[again])
    allow = of_removal.add_parser("allow", help="let it go though entries are unsent, by two persons", parents=[again])
    for name, words in (("--technician", "their number"), ("--code", "their one-time code")):
        allow.add_argument(name, action="append", required=True, metavar="N", help=f"{words}; given twice")
    allow.add_argument("--export", type=Path, required=True, metavar="FILE", help="where what is unsent goes, sealed")
    retiring = command("retire", "end the journal of a terminal that is taken away for good, and tell central")
    retiring.add_argument("--technician", required=True, metavar="N", help="the number of who does it")
    retiring.add_argument("--code", required=True, metavar="CODE", help="their one-time code")

    lockdown = command("lockdown", "Windows: make this machine a terminal and nothing else; shown before it is done")
    lockdown.add_argument("what", choices=["plan", "apply", "undo", "list"])
    lockdown.add_argument("--language", choices=["zh-CN", "en"], default="en", help="of the list to confirm by hand")

    parts = command("versions", "what this program is made of, asked of the parts themselves")
    parts.add_argument("--json", action="store_true")

    voice = command("voice", "the speech engine's process, which the terminal starts by itself")
    voice.add_argument("--prefer", default="", metavar="NAME", help="this voice, for the language that it speaks")

    _add_update(command("update", "another version of this program, from central or from a stick"))

    _add_station(command("station", "the hall's network: pair programs, revoke them, the terminal's certificate"))

    journal = command("journal", "look after the journal")
    of_journal = journal.add_subparsers(dest="what", required=True, metavar="what")

    def about(name: str, words: str) -> argparse.ArgumentParser:
        return of_journal.add_parser(name, help=words, description=words, parents=[_home_again()])

    status = about("status", "what it holds, and how much of that central has")
    status.add_argument("--json", action="store_true")
    verify = about("verify", "whether its chain holds, and agrees with what central countersigned; exit 1 if not")
    verify.add_argument("--central-key", default="", metavar="KEY", help="believe this key, not the one of enrolment")
    verify.add_argument("--receipt", default="", metavar="CODE", help="say where the rating with this receipt stands")
    verify.add_argument("--json", action="store_true")
    export = about("export", "what central does not have, in one file that only the hall can read")
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("--all", action="store_true", help="what central has, too")
    recover = about("recover", "bring over what journals that were set aside still give")
    recover.add_argument("--key", type=Path, metavar="FILE", help="the hall's recovery key, from central's folder")
    recover.add_argument("--records", type=Path, metavar="FILE", help="instead write every readable record there")
    recover.add_argument("--with-personal", action="store_true", help="with what citizens wrote")
    return parser


def _add_hall(hall: argparse.ArgumentParser) -> None:
    hall.add_argument("--central", required=True, metavar="URL")
    hall.add_argument("--token-file", required=True, metavar="FILE", help="central's admin.token")
    hall.add_argument("--ca-file", default="", metavar="FILE", help="trust these authorities alone")
    hall.add_argument("--allow-plain-http", action="store_true", help="though the token can be read on its way")
    what = hall.add_subparsers(dest="what", required=True, metavar="what")
    technician = what.add_parser("technician", help="add a person; shows the secret once, as text and QR code")
    code = what.add_parser("code", help="a one-use code for a window, as text and QR code")
    replace = what.add_parser("replace", help="a one-use code whose bearer takes a terminal's place")
    for one in (technician, code):
        one.add_argument("--hall", required=True, metavar="CODE")
    technician.add_argument("--number", required=True)
    technician.add_argument("--name", required=True)
    technician.add_argument("--role", choices=["technician", "supervisor"], default="technician")
    code.add_argument("--window", required=True)
    code.add_argument("--mode", choices=["window", "hall", "self_service"], default="window")
    for one in (code, replace):
        one.add_argument("--days", type=int, choices=range(31), default=0, metavar="N", help="30 at most; else an hour")
    replace.add_argument("id", metavar="DEVICE")
    revoke = what.add_parser("revoke", help="a technician, a code that is not used, or a terminal's key")
    revoke.add_argument("kind", choices=["technician", "code", "device"])
    revoke.add_argument("id", metavar="ID")
    what.add_parser("technicians", help="who they are and were")
    what.add_parser("codes", help="which codes were given, and what became of each")


def _add_update(update: argparse.ArgumentParser) -> None:
    what = update.add_subparsers(dest="what", required=True, metavar="what")

    def about(name: str, words: str, source: bool = False) -> argparse.ArgumentParser:
        part = what.add_parser(name, help=words, description=words, parents=[_home_again()])
        if source:
            part.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="a stick's folder; else central")
        return part

    about("check", "what is offered, and whether this terminal would take it", source=True)
    about("apply", "bring the newest and change over as soon as no visit is open", source=True)
    about("fetch", "bring what is this terminal's turn; it changes over when the hall is closed", source=True)
    about("status", "which version is in force, and what happened last").add_argument("--json", action="store_true")
    about("back", "return to the version before")
    about("trust", "believe this publisher, where the package brought none").add_argument("file", type=Path)
    verify = about("verify", "whether a slot is exactly what was signed; the supervisor asks it")
    verify.add_argument("slot")
    verify.add_argument("version")


def _add_station(station: argparse.ArgumentParser) -> None:
    what = station.add_subparsers(dest="what", required=True, metavar="what")

    def about(name: str, words: str, asks: bool = True) -> argparse.ArgumentParser:
        part = what.add_parser(name, help=words, description=words, parents=[_home_again()])
        if asks:
            part.add_argument("--station", metavar="URL", help="this machine's station; by default as in the settings")
        return part

    pair = about("pair", "at the terminal: have it show a code; elsewhere, with --terminal: pair this machine with it")
    pair.add_argument("--terminal", metavar="URL", default="", help="such as https://192.168.1.20:7802")
    pair.add_argument("--code", default="", help="the six digits that it shows")
    pair.add_argument(
        "--fingerprint", default="", metavar="HEX", help="what it shows beside them; asked for if not given"
    )
    pair.add_argument("--name", default="", help="of this machine, for the terminal's list; by default its own")
    pair.add_argument("--key-file", type=Path, metavar="FILE", help="where the key goes; by default into this home")
    peers = about("peers", "which programs were paired")
    peers.add_argument("--json", action="store_true")
    about("revoke", "let a program in no more").add_argument("peer_id", metavar="ID")
    certificate = about("certificate", "by what programs know this terminal", asks=False)
    certificate.add_argument("--pem", action="store_true", help="the certificate itself, for programs that want a file")
    certificate.add_argument("--renew", action="store_true", help="make another; all programs must be paired anew")


if __name__ == "__main__":
    sys.exit(main())
