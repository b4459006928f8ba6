"""Packs journal records into one body: consecutive, of one epoch, within the limits, with the digest to be echoed."""

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from kiosk.sync.ports import MEBIBYTE

SIZE_LIMIT = MEBIBYTE
"""Bytes of an unpacked body; one entry larger than that travels alone."""

_HEAD, _TAIL = b'{"entries":[', b"]}"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is sent. `after`: the sequence before the first; `digest`: SHA-256 hex of the unpacked body."""

    epoch: int
    after: int
    last: int
    text: bytes
    digest: str

    @property
    def count(self) -> int:
        """How many entries it holds."""
        return self.last - self.after

    def wire(self, gzipped: bool) -> bytes:
        """The bytes to send; the same each time."""
        return gzip.compress(self.text, 3, mtime=0) if gzipped else self.text


def pack(records: Sequence[dict[str, Any]], epoch: int, after: int, size_limit: int = SIZE_LIMIT) -> Batch | None:
    """As many records as follow `after` without a hole and fit; None if the first does not follow."""
    texts: list[bytes] = []
    size = len(_HEAD) + len(_TAIL)
    for record in records:
        if record.get("epoch") != epoch or record.get("sequence") != after + len(texts) + 1:
            break
        text = msgspec.json.encode(record)
        size += len(text) + 1
        if texts and size > size_limit:
            break
        texts.append(text)
    if not texts:
        return None
    body = _HEAD + b",".join(texts) + _TAIL
    return Batch(epoch, after, after + len(texts), body, hashlib.sha256(body).hexdigest())
