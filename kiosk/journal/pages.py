"""Reads the pages of an encrypted database and its log without SQLite, each judged by its own authentication.

One damaged page, a broken checksum chain in the log or a lost header costs what it covers and nothing else: SQLite
itself drops every commit behind one flipped bit. Reads only.
https://utelle.github.io/SQLite3MultipleCiphers/docs/ciphers/cipher_chacha20/, https://www.sqlite.org/fileformat2.html
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.poly1305 import Poly1305

PAGE = 4096
RESERVED = 32
USABLE = PAGE - RESERVED
_NONCE = 16
_PLAIN_HEADER = 24
_FILE_HEADER = 100
_LOG_HEADER = 32
_FRAME_HEADER = 24
_TABLE_LEAF = 0x0D

Row = tuple[int, list[Any]]
"""A row id and the columns of a table's row."""


class PageFile:
    """A database and its log, as pages by number, the log's newest first. `key`: the raw key of the journal."""

    def __init__(self, database: Path, log: Path, key: bytes) -> None:
        self._key = key
        self._database = database.read_bytes() if database.exists() else b""
        self._log = log.read_bytes() if log.exists() else b""
        self._newest: dict[int, bytes] = {}
        self.readable = 0

    def rows(self) -> Iterator[Row]:
        """The rows of every table, from every version of every page that holds; so most come more than once."""
        pages = [*self._of_the_log(), *self._of_the_database()]
        for number, page in pages:
            self._newest.setdefault(number, page)
        for number, page in pages:
            yield from self._rows_of(number, page)

    def _of_the_log(self) -> Iterator[tuple[int, bytes]]:
        size = _FRAME_HEADER + PAGE
        whole = range(_LOG_HEADER, len(self._log) - size + 1, size)
        for start in reversed(whole):
            number = int.from_bytes(self._log[start : start + 4], "big")
            sealed = self._log[start + _FRAME_HEADER : start + size]
            for guess in (number, *(number ^ 1 << bit for bit in range(32))):  # the number itself may be what flipped
                page = unsealed(self._key, guess, sealed)
                if page is not None:
                    self.readable += 1
                    yield guess, page
                    break

    def _of_the_database(self) -> Iterator[tuple[int, bytes]]:
        for start in range(0, len(self._database) - PAGE + 1, PAGE):
            page = unsealed(self._key, start // PAGE + 1, self._database[start : start + PAGE])
            if page is not None:
                self.readable += 1
                yield start // PAGE + 1, page

    def _rows_of(self, number: int, page: bytes) -> Iterator[Row]:
        start = _FILE_HEADER if number == 1 else 0
        if page[start] != _TABLE_LEAF:
            return
        (count,) = struct.unpack_from(">H", page, start + 3)
        for place in struct.unpack_from(f">{count}H", page, start + 8):
            try:
                row_id, payload = self._cell(page, place)
                yield row_id, _columns(payload)
            except (IndexError, ValueError, struct.error):  # its overflow is lost, or it is no row after all
                continue

    def _cell(self, page: bytes, place: int) -> tuple[int, bytes]:
        size, place = _varint(page, place)
        row_id, place = _varint(page, place)
        most = USABLE - 35
        if size <= most:
            return row_id, page[place : place + size]
        least = (USABLE - 12) * 32 // 255 - 23
        local = least + (size - least) % (USABLE - 4)
        local = local if local <= most else least
        payload = page[place : place + local]
        following = int.from_bytes(page[place + local : place + local + 4], "big")
        while len(payload) < size:
            if following not in self._newest:
                raise ValueError("an overflow page does not hold")
            overflow = self._newest[following]
            following = int.from_bytes(overflow[:4], "big")
            payload += overflow[4 : 4 + size - len(payload)]
        return row_id, payload


def unsealed(key: bytes, number: int, sealed: bytes) -> bytes | None:
    """The usable part of a page in clear; None if its authentication does not hold under this key and number."""
    nonce, tag = sealed[USABLE : USABLE + _NONCE], sealed[USABLE + _NONCE :]
    counter = int.from_bytes(nonce[12:], "little") ^ number
    once = _chacha20(key, counter, nonce, bytes(64))
    judge = Poly1305(once[:32])
    judge.update(sealed[: USABLE + _NONCE])
    try:
        judge.verify(tag)
    except InvalidSignature:
        return None
    plain = _PLAIN_HEADER if number == 1 else 0
    return sealed[:plain] + _chacha20(once[32:], counter + 1, nonce, sealed[plain:USABLE])


def _chacha20(key: bytes, counter: int, nonce: bytes, data: bytes) -> bytes:
    start = struct.pack("<I", counter & 0xFFFFFFFF) + nonce[:12]
    return Cipher(algorithms.ChaCha20(key, start), None).encryptor().update(data)


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for step in range(9):
        byte = data[place + step]
        if step == 8:
            return value << 8 | byte, place + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + step + 1
    raise AssertionError("a varint has nine bytes at most")


def _columns(payload: bytes) -> list[Any]:
    header_size, place = _varint(payload, 0)
    types = []
    while place < header_size:
        kind, place = _varint(payload, place)
        types.append(kind)
    values: list[Any] = []
    for kind in types:
        size = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)[kind] if kind < 12 else (kind - 12) // 2
        part = payload[place : place + size]
        if len(part) != size:
            raise ValueError("a column is cut short")
        place += size
        if kind >= 12:
            values.append(part.decode("utf-8") if kind % 2 else part)
        elif kind in (8, 9):
            values.append(kind - 8)
        else:
            values.append(int.from_bytes(part, "big", signed=True) if 0 < kind < 7 else None)
    return values
