"""Reads answers. Invariant: only an answer that central alone can have given to exactly what was sent is a success;
captive portals, proxies and other servers yield `TryAgain`, and so cost time and never a rating."""

from typing import TypeVar

import msgspec

from kiosk.protocol.central import HeartbeatAnswer, JournalReceipt
from kiosk.protocol.problem import MEDIA_TYPE, Problem, problem_code
from kiosk.sync.backoff import retry_after_s
from kiosk.sync.batch import Batch
from kiosk.sync.outcome import (
    Beaten,
    ClockHint,
    ProfileSame,
    ProfileText,
    Refusal,
    ResendFrom,
    Shrink,
    Stop,
    Taken,
    TryAgain,
)
from kiosk.sync.ports import NoReply, Reply

_EARLIEST_MS = 1_577_836_800_000
_LATEST_MS = _EARLIEST_MS + 200 * 365 * 86_400_000
_SPOILT_ON_THE_WAY = frozenset({"gzip", "cut_body", "digest_mismatch"})
_T = TypeVar("_T")


class _ProfileMark(msgspec.Struct):
    """By what a profile is told from the JSON of something else, before anyone validates it."""

    format: int
    version: str


def judge_journal(reply: Reply | NoReply, sent: Batch) -> Taken | Refusal:
    """What became of a batch. A `Taken` acknowledges some of the batch, and nothing after it."""
    found = _success(reply, JournalReceipt, sent.count)
    if not isinstance(found, JournalReceipt):
        return found
    if found.digest != sent.digest or found.epoch != sent.epoch:
        return TryAgain("not_central", "the answer is to something else than what was sent")
    if found.acknowledged <= sent.after:
        return TryAgain(
            "busy", f"of {sent.after + 1} to {sent.last} central took nothing; it holds {found.acknowledged}"
        )
    assert isinstance(reply, Reply)
    return Taken(min(found.acknowledged, sent.last), found, reply.body)


def judge_heartbeat(reply: Reply | NoReply) -> Beaten | Refusal:
    """What became of a heartbeat."""
    found = _success(reply, HeartbeatAnswer)
    return Beaten(found) if isinstance(found, HeartbeatAnswer) else _never_shrink(found)


def judge_profile(reply: Reply | NoReply) -> ProfileText | ProfileSame | Refusal:
    """What became of the question for the profile."""
    if isinstance(reply, Reply) and reply.status == 304:
        return ProfileSame()
    found = _success(reply, _ProfileMark)
    if not isinstance(found, _ProfileMark):
        return _never_shrink(found)
    assert isinstance(reply, Reply)
    return ProfileText(reply.body, reply.headers.get("etag") or f'"{found.version}"')


def is_plausible(server_time: int) -> bool:
    """Whether a server's time (Unix ms) lies within 200 years from 2020, and so may be one."""
    return _EARLIEST_MS < server_time < _LATEST_MS


def read_problem(reply: Reply) -> Problem | None:
    """The problem details of an answer, if it has any that speak of its own status."""
    if _media_type(reply) != MEDIA_TYPE:
        return None
    try:
        problem = msgspec.json.decode(reply.body, type=Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return problem if problem.status == reply.status and problem_code(problem.type) != problem.type else None


def decode_answer(reply: Reply, shape: type[_T]) -> _T | None:
    """The body in this shape, if status, type and schema are those of a success."""
    if reply.status not in (200, 201) or _media_type(reply) != "application/json":
        return None
    try:
        return msgspec.json.decode(reply.body, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _success(reply: Reply | NoReply, shape: type[_T], sent: int = 0) -> _T | Refusal:
    if isinstance(reply, NoReply):
        match reply.kind:
            case "tls":
                return TryAgain("tls", reply.why)
            case "unusable":
                return TryAgain("not_central", reply.why)
            case _:
                return TryAgain("unreachable", reply.why)
    if (found := decode_answer(reply, shape)) is not None:
        return found
    return _refusal(reply, sent)


def _refusal(reply: Reply, sent: int) -> Refusal:
    after_s = retry_after_s(reply.headers.get("retry-after"), reply.headers.get("date"))
    problem = read_problem(reply)
    if problem is None:
        return _not_ours(reply, sent, after_s)
    code = problem_code(problem.type)
    words = f"{reply.status} {code}: {problem.title}" + (f" ({problem.detail})" if problem.detail else "")
    match reply.status, code:
        case 401, "signature_time" if is_plausible(problem.server_time):
            return ClockHint(problem.server_time)
        case 409, "gap" if problem.acknowledged is not None and problem.acknowledged >= 0:
            return ResendFrom(problem.acknowledged, words)
        case 409, "equivocation":
            return Stop("equivocation", words, "this", problem.head)
        case 409, "foreign_journal":
            return Stop("foreign", words, "this")
        case _, "protocol_version":
            return Stop("protocol", words, "all")
        case 401 | 403 | 410, _:
            return Stop("disowned", words, "all")
        case 400, _ if code in _SPOILT_ON_THE_WAY:
            return TryAgain("not_central", words, after_s)
        case 400 | 413 | 415 | 422, _:
            return Shrink(sent, words)
        case 404 | 405 | 426, _:
            return Stop("protocol", words, "this")
        case _:
            return TryAgain("busy", words, after_s)


def _not_ours(reply: Reply, sent: int, after_s: float | None) -> Refusal:
    """An answer that does not speak as central does: a proxy in front of it, or something else altogether."""
    kind = _media_type(reply) or "no content type"
    if reply.status == 413:
        return Shrink(sent, "413: the body is too large for something on the way")
    if reply.status in (408, 425, 429) or 500 <= reply.status != 511:
        return TryAgain("busy", f"{reply.status} ({kind})", after_s)
    return TryAgain("not_central", f"{reply.status} ({kind}) is not what central answers", after_s)


def _never_shrink(found: Refusal) -> Refusal:
    """What is not a batch cannot be sent in parts, and holds up nothing else."""
    match found:
        case Shrink(_, why) | ResendFrom(_, why):
            return TryAgain("busy", why)
        case _:
            return found


def _media_type(reply: Reply) -> str:
    return reply.headers.get("content-type", "").partition(";")[0].strip().lower()
