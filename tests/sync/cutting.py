"""Cuts central's answer after every one of its bytes, central having committed, in each way that it may be framed.

`python -m tests.sync.cutting` prints the tally: answers cut, positions moved by an answer that had not come whole,
entries that central has twice or not at all, and terminals that did not learn it at the next try.
"""

import argparse
import gzip
import socket
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from kiosk.protocol.central import JournalReceipt
from kiosk.sync.plan import first_plan
from kiosk.sync.ports import Reply
from tests.sync.standins import JSON, WITNESS, Seen, raw
from tests.sync.test_line import Line, line

ENTRIES = 3
Frame = Callable[[Reply], bytes]


def _status_and_headers(more: str) -> bytes:
    return f"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n{more}\r\n".encode()


def chunked(reply: Reply) -> bytes:
    """As a proxy on the way may frame it: in pieces of 40 bytes."""
    pieces = [reply.body[at : at + 40] for at in range(0, len(reply.body), 40)]
    framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return _status_and_headers("transfer-encoding: chunked\r\n") + framed + b"0\r\n\r\n"


def until_closed(reply: Reply) -> bytes:
    """As HTTP/1.0 has it: nothing says how long it is."""
    return _status_and_headers("connection: close\r\n") + reply.body


def gzipped(reply: Reply) -> bytes:
    """As nobody asked for it."""
    return raw(Reply(201, {**JSON, "content-encoding": "gzip"}, gzip.compress(reply.body, mtime=0)))


FRAMES: dict[str, Frame] = {"length": raw, "chunked": chunked, "until closed": until_closed, "gzip": gzipped}


@dataclass
class Tally:
    """What came of so many cuts."""

    cuts: int = 0
    wrong: int = 0
    not_once: int = 0
    not_learnt: int = 0


def cut_everywhere(framing: str, every: int = 1) -> Tally:
    """Cut after each byte (or each `every`-th) of the answer to a batch, and look what the terminal makes of it."""
    tally = Tally()
    with line(ENTRIES, witness=WITNESS, signed=False) as found:
        whole = _whole(found, FRAMES[framing])
        for at in range(0, len(whole), every):
            _begin(found)
            _cut_once(found, FRAMES[framing], at)
            found.step()
            tally.cuts += 1
            tally.wrong += not _is_right(found)
            tally.not_once += found.central.sequences() != list(range(1, ENTRIES + 1))
            found.spoil = lambda seen, answer: answer
            for _ in range(60):
                if found.journal.acknowledged == ENTRIES:
                    break
                found.step()
            tally.not_learnt += found.journal.acknowledged != ENTRIES
            tally.not_once += found.central.sequences() != list(range(1, ENTRIES + 1))
    return tally


def _begin(found: Line) -> None:
    """A new terminal that has nothing to say but its journal."""
    found.terminal(ENTRIES)
    found.lane._plan = first_plan(found.clock.mono_ms(), 0.0, works=("journal",))


def _whole(found: Line, frame: Frame) -> bytes:
    """The answer as it is without a cut: the same each time, for the clock stands."""
    kept: list[bytes] = []

    def keep(seen: Seen, answer: bytes) -> bytes:
        if seen.target.endswith("/journal"):
            kept.append(frame(Reply(201, JSON, answer.partition(b"\r\n\r\n")[2])))
        return answer

    _begin(found)
    found.spoil = keep
    found.step()
    return kept[0]


def _cut_once(found: Line, frame: Frame, at: int) -> None:
    cuts = [at]

    def spoil(seen: Seen, answer: bytes) -> "bytes | Callable[[socket.socket], None]":
        if not seen.target.endswith("/journal") or not cuts:
            return answer
        part = frame(Reply(201, JSON, answer.partition(b"\r\n\r\n")[2]))[: cuts.pop()]
        return lambda connection: connection.sendall(part)

    found.spoil = spoil


def _is_right(found: Line) -> bool:
    """Whether the position moved not at all, or by an answer that had come whole."""
    if found.journal.acknowledged == 0:
        return not found.journal.answers
    try:
        receipt = msgspec.json.decode(found.journal.answers[-1], type=JournalReceipt)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return receipt.acknowledged == found.journal.acknowledged == ENTRIES


def main() -> int:
    """Print the tally of each framing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="cut after every so many bytes")
    every = parser.parse_args().every
    print(f"{'framing':<14}{'cuts':>6}{'wrong':>7}{'not once':>10}{'not learnt':>12}")
    bad = 0
    for framing in FRAMES:
        tally = cut_everywhere(framing, every)
        print(f"{framing:<14}{tally.cuts:>6}{tally.wrong:>7}{tally.not_once:>10}{tally.not_learnt:>12}", flush=True)
        bad += tally.wrong + tally.not_once + tally.not_learnt
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
