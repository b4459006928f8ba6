"""The file in which a stretch of journal travels by hand: for stations without a line. Shapes and framing, no crypto.

One line of JSON (the header), then a newline, then the sealed payload, then an Ed25519 signature of the terminal over
both. The payload is sealed with HPKE for the hall's recovery key (see `SUITE`) and is, opened, gzip of one JSON record
a line: consecutive flat records as they travel in a batch, `personal` beside those that still have it. The header is
part of what the sealing binds, so no payload fits another header.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.protocol.central import Shape, StatedHead

FORMAT = 1
SUITE = "HPKE base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305"
SEALING_BYTES = 48
"""How much longer the sealed payload is than the plain one: the encapsulated key and the tag."""
SIGNATURE_BYTES = 64
HEADER_LIMIT = 4096
FILE_LIMIT = 64 * 1024 * 1024
"""What central takes at once: some 300,000 entries."""

_Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
_Place = Annotated[int, Meta(ge=1, le=2**53 - 1)]


class ExportHeader(Shape, frozen=True):
    """What the file holds: the entries of `epoch` from `first` to `last` of the journal that ended at `head`.

    `made_at`: Unix ms by the terminal's clock; `recipient`: SHA-256 hex of the recovery key (raw public half) for which
    the payload is sealed; `payload`: its length in bytes, sealed."""

    format: Annotated[int, Meta(ge=1)]
    device_id: str
    key_id: str
    epoch: int
    first: _Place
    last: _Place
    head: StatedHead
    made_at: int
    recipient: _Hex
    payload: Annotated[int, Meta(ge=SEALING_BYTES)]


class ExportBroken(ValueError):
    """The file is none, or not a whole one; `code` says which (`export_broken`, `export_cut`, `export_format`)."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Framed:
    """An export, taken apart. `text`: the header as it stands in the file."""

    header: ExportHeader
    text: bytes
    sealed: bytes
    signature: bytes


def header_text(header: ExportHeader) -> bytes:
    """The header as one line, without its newline."""
    return msgspec.json.encode(header)


def signed_text(header: bytes, sealed: bytes) -> bytes:
    """What the terminal signs."""
    return b"kiosk-export-1\n" + header + b"\n" + sealed


def sealing_info(header: bytes) -> bytes:
    """What the sealing binds beside the payload (the `info` of HPKE)."""
    return b"kiosk-export-1\n" + header


def frame(header: bytes, sealed: bytes, signature: bytes) -> bytes:
    """The file."""
    return b"".join((header, b"\n", sealed, signature))


def unframe(file: bytes) -> Framed:
    """The parts of a file. Nothing of it is verified but its lengths.

    Raises ExportBroken.
    """
    text, newline, rest = file[:HEADER_LIMIT].partition(b"\n")
    if not newline:
        raise ExportBroken("export_broken", "This is no exported journal: it does not begin with a header.")
    try:
        version = msgspec.json.decode(text, type=_Format).format
        if version > FORMAT:
            raise ExportBroken("export_format", f"The file has format {version}; format {FORMAT} at most is read here.")
        header = msgspec.json.decode(text, type=ExportHeader)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise ExportBroken("export_broken", f"This is no exported journal: {fault}") from fault
    rest = file[len(text) + 1 :]
    if len(rest) != header.payload + SIGNATURE_BYTES:
        more = len(rest) - header.payload - SIGNATURE_BYTES
        what = f"{-more} bytes are missing at its end" if more < 0 else f"{more} bytes too many stand at its end"
        raise ExportBroken("export_cut", f"The file is not whole: {what}.")
    return Framed(header, text, rest[: header.payload], rest[header.payload :])


class _Format(msgspec.Struct):
    format: int
