"""Makes this machine a known terminal: its key is made here, its public half goes to central with a one-use code.

Invariant: the private key never leaves this module's caller; what is stored, and where, is the caller's, and the key
must be stored before `enrol` is called, or an enrolment whose answer is lost could never be used.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from kiosk.protocol.central import BODY_LIMIT, Enrolment, EnrolmentRequest
from kiosk.protocol.problem import problem_code
from kiosk.protocol.profile import QUESTION, ProfileRefused, read_profile
from kiosk.sync.answers import decode_answer, judge_profile, read_problem
from kiosk.sync.outcome import ClockHint, ProfileText
from kiosk.sync.ports import Call, Exchange, NoReply, Reply


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who this terminal now is, and its first profile: valid, or None with `profile_fault` saying why. The sync lane
    fetches it again; an enrolment holds without. `central_key`, `recovery_key`: see `Identity`."""

    device_id: str
    key_id: str
    profile: bytes | None
    profile_etag: str
    profile_fault: str
    central_key: str = ""
    recovery_key: str = ""


class EnrolmentFailed(Exception):
    """This machine is not enrolled. `again`: the same code may work later; else a person must ask for another.
    `problem`: central's code for it, empty where it gave none."""

    def __init__(self, words: str, again: bool, problem: str = "") -> None:
        super().__init__(words)
        self.again = again
        self.problem = problem


def make_device_key() -> bytes:
    """A new Ed25519 private key, raw, 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes_raw()


def enrol(
    unsigned: Exchange,
    signed: Callable[[str], Exchange],
    code: str,
    private_key: bytes,
    hardware: Mapping[str, str],
    wall_ms: Callable[[], int],
) -> Enrolled:
    """Enrol with central. `signed` opens an exchange that signs with `private_key` under the key id it is given.

    Raises EnrolmentFailed.
    """
    enrolment = _ask(unsigned, code.strip(), private_key, hardware, wall_ms())
    exchange = signed(enrolment.credentials.key_id)
    try:
        text, etag, fault = _first_profile(exchange, wall_ms)
    finally:
        exchange.close()
    return Enrolled(
        enrolment.device_id, enrolment.credentials.key_id, text, etag, fault,
        central_key=enrolment.central_key, recovery_key=enrolment.recovery_key,
    )  # fmt: skip


def _ask(exchange: Exchange, code: str, private_key: bytes, hardware: Mapping[str, str], now_ms: int) -> Enrolment:
    if not 0 < len(code) <= 200:
        raise EnrolmentFailed("that is no enrolment code", again=False)
    request = EnrolmentRequest(code=code, public_key=_public_key(private_key), hardware=dict(hardware))
    reply = exchange.call(Call("POST", "/enrolments", msgspec.json.encode(request)), now_ms // 1000)
    if isinstance(reply, NoReply):
        raise EnrolmentFailed(f"central cannot be reached: {reply.why}", again=True)
    if (found := decode_answer(reply, Enrolment)) is not None:
        return found
    raise _refused(reply)


def _refused(reply: Reply) -> EnrolmentFailed:
    problem = read_problem(reply)
    if problem is None:
        return EnrolmentFailed(f"what answered ({reply.status}) is not central; is the address right?", again=True)
    words = f"central refuses: {problem.title}. {problem.detail}".strip()
    again = reply.status in (408, 425, 429) or reply.status >= 500
    return EnrolmentFailed(words, again=again, problem=problem_code(problem.type))


def _first_profile(exchange: Exchange, wall_ms: Callable[[], int]) -> tuple[bytes | None, str, str]:
    offset_ms = 0
    for _ in range(2):
        reply = exchange.call(Call("GET", QUESTION, answer_limit=BODY_LIMIT), (wall_ms() + offset_ms) // 1000)
        match judge_profile(reply):
            case ProfileText(text, etag):
                try:
                    read_profile(text)
                except ProfileRefused as fault:
                    return None, "", f"central's profile is refused: {fault}"
                return text, etag, ""
            case ClockHint(server_time):
                offset_ms = server_time - wall_ms()
            case outcome:
                return None, "", getattr(outcome, "why", "central gave no profile")
    return None, "", "central refuses our time even after telling its own"


def _public_key(private_key: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()).decode()
