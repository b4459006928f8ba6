"""How the client's commands are written."""

import argparse
from collections.abc import Callable
from pathlib import Path

COMMANDS = ("visit", "staff", "pause", "resume", "call", "state")
STAGES = ("pending", "accepted", "completed")
KINDS = ("away", "waiting", "out_of_service")
CODES = "exit: 0 done, 1 refused, 69 the terminal is away, 75 busy (try again), 77 not let in, 78 cannot be asked so"

New = Callable[[str, str], argparse.ArgumentParser]


def add_commands(command: New) -> None:
    """Add the six commands; `command(name, words)` makes one."""
    visit = command("visit", "start, invite or end a visit at the terminal of this window")
    what = visit.add_subparsers(dest="what", required=True, metavar="what")
    start = _part(what, "start", "begin a visit; prints its id")
    start.add_argument("--matter", required=True, metavar="CODE")
    start.add_argument("--matter-name", metavar="NAME", help="where the profile does not list the matter")
    start.add_argument("--case", required=True, metavar="NUMBER", help="办件编号")
    start.add_argument("--service-number", type=int, metavar="N", help="服务次数")
    start.add_argument("--stage", choices=STAGES, help="how far the case is")
    start.add_argument("--slip", metavar="NUMBER", help="the number on the queue slip")
    start.add_argument("--citizen-name", metavar="NAME")
    start.add_argument("--invite", action="store_true", help="the service is over: show the five levels at once")
    start.add_argument("--key", metavar="KEY", help="the same key again starts no second visit (Idempotency-Key)")
    invite = _part(what, "invite", "show the five levels")
    invite.add_argument("visit", nargs="?", metavar="VISIT_ID", help="the running one, if none is named")
    cancel = _part(what, "cancel", "end without a rating")
    cancel.add_argument("visit", nargs="?", metavar="VISIT_ID", help="the running one, if none is named")
    cancel.add_argument("--reason", required=True)

    staff = command("staff", "sign a clerk in or out at the terminal of this window")
    what = staff.add_subparsers(dest="what", required=True, metavar="what")
    sign_in = _part(what, "in", "sign in")
    sign_in.add_argument("number", metavar="NUMBER", help="工号")
    sign_in.add_argument("--pin", action="store_true", help="ask for the PIN, or read it from standard input")
    _part(what, "out", "sign out")

    pause = command("pause", "pause the service (暂停服务)")
    pause.add_argument("reason", metavar="REASON")
    pause.add_argument("--kind", choices=KINDS)
    pause.add_argument("--until", metavar="HH:MM", help="when it is expected to be over")
    resume = command("resume", "end the pause")
    call = command("call", "call the next queue number")
    call.add_argument("number", metavar="NUMBER")
    state = command("state", "what the terminal of this window is doing")
    state.add_argument("--follow", action="store_true", help="go on with each change, and come back after every loss")
    for each in (pause, resume, call, state):
        _add_station(each)


def _part(
    what: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, words: str
) -> argparse.ArgumentParser:
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("--home", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    part = what.add_parser(name, help=words, description=words, parents=[home])
    _add_station(part)
    return part


def _add_station(parser: argparse.ArgumentParser) -> None:
    parser.epilog = CODES
    parser.add_argument("--station", metavar="URL", default="http://127.0.0.1:7801", help="default: %(default)s")
    parser.add_argument(
        "--token-file", "--key-file", type=Path, metavar="FILE", dest="token_file",
        help="the station's token, or the key of a paired PC; default: the token of this home",
    )  # fmt: skip
    parser.add_argument(
        "--certificate-sha256",
        metavar="HEX",
        default="",
        help="of a terminal over the hall's network; default: what stands beside its key",
    )
    parser.add_argument("--json", action="store_true", help="print the station's answer, a refusal too")
    parser.add_argument("--language", choices=["zh-CN", "en"], help="default: that of the system")
    parser.add_argument(
        "--wait", type=float, default=2.0, metavar="SECONDS",
        help="go on trying so long where the terminal is busy; default: %(default)s",
    )  # fmt: skip
