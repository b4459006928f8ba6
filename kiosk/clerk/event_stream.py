"""Server-sent events, taken apart as they arrive: a pure parser, fed with whatever pieces the network brings."""

from dataclasses import dataclass

BLOCK_LIMIT = 256 * 1024


class StreamBroken(ValueError):
    """What arrives is not an event stream of any sensible size."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The bytes of a block that has not ended yet."""

    pending: bytes = b""


def feed(rest: Rest, piece: bytes) -> tuple[Rest, tuple[bytes, ...]]:
    """The data of the events that this piece completes, and what is left over. Comments are dropped.

    Raises StreamBroken.
    """
    blocks = (rest.pending + piece).replace(b"\r\n", b"\n").split(b"\n\n")
    pending = blocks.pop()
    if len(pending) > BLOCK_LIMIT:
        raise StreamBroken(f"an event of more than {BLOCK_LIMIT} bytes")
    return Rest(pending), tuple(data for block in blocks if (data := _data(block)) is not None)


def _data(block: bytes) -> bytes | None:
    lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
    return b"\n".join(lines) if lines else None
