"""Packs journal records into one body: consecutive, of one epoch, within the limits, with the digest to be echoed."""

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from kiosk.core.entry import Head
from kiosk.protocol.central import StatedClocks, StatedHead
from kiosk.sync.ports import MEBIBYTE

HEAD_LIMIT = 160
"""Bytes that the stated head takes at most."""
SIZE_LIMIT = MEBIBYTE
"""Bytes of an unpacked body; one entry larger than that travels alone."""

_HEAD, _BETWEEN, _TAIL = b'{"entries":[', b"]", b"}"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sent. `after`: the sequence before the first; `hash`: of the last entry; `digest`: SHA-256 hex of the
    unpacked body."""

    epoch: int
    after: int
    last: int
    hash: str
    text: bytes
    digest: str

    @property
    def count(self) -> int:
        """How many entries it holds."""
        return self.last - self.after

    def wire(self, gzipped: bool) -> bytes:
        """The bytes to send; the same each time."""
        return gzip.compress(self.text, 3, mtime=0) if gzipped else self.text


def pack(
    records: Sequence[dict[str, Any]],
    head: Head,
    after: int,
    size_limit: int = SIZE_LIMIT,
    *,
    withheld: bool = False,
    clocks: StatedClocks | None = None,
) -> Batch | None:
    """As many records of the journal that ends at `head` as follow `after` without a hole and fit; None if the first
    does not follow. `withheld`: without `personal`, and saying so. `clocks`: what they show now."""
    texts: list[bytes] = []
    rest = _BETWEEN + (b',"personal":"withheld"' if withheld else b"")
    if clocks is not None:
        rest += b',"clocks":' + msgspec.json.encode(clocks)
    size = len(_HEAD) + len(rest) + HEAD_LIMIT + len(_TAIL)
    last = head
    for record in records:
        sequence = after + len(texts) + 1
        if record.get("epoch") != head.epoch or record.get("sequence") != sequence:
            break
        if withheld and "personal" in record:
            record = {key: value for key, value in record.items() if key != "personal"}
        text = msgspec.json.encode(record)
        size += len(text) + 1
        if texts and size > size_limit:
            break
        texts.append(text)
        last = Head(head.epoch, sequence, record["hash"])
    if not texts:
        return None
    # Entries may have been appended since the head was asked for.
    stated = last if last.sequence > head.sequence else head
    said = msgspec.json.encode(StatedHead(epoch=stated.epoch, sequence=stated.sequence, hash=stated.hash))
    body = b"".join((_HEAD, b",".join(texts), rest, b',"head":', said, _TAIL))
    return Batch(head.epoch, after, last.sequence, last.hash, body, hashlib.sha256(body).hexdigest())
