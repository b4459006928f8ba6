"""What is sealed for the hall: nobody else opens it, and nothing of it can be changed."""

import hashlib

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kiosk.core.entry import Head
from kiosk.protocol.export import ExportBroken, frame, sealing_info, signed_text, unframe
from kiosk.sync.sealing import SealBroken, Sender, open_key, seal_export, seal_key
from tests.sync.standins import EPOCH, Journal

HALL = X25519PrivateKey.generate()
PUBLIC = HALL.public_key().public_bytes_raw()
DEVICE = Ed25519PrivateKey.generate()
JOURNAL_KEY = bytes(range(32))
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def sealed(entries: int = 5, after: int = 0) -> bytes:
    records = Journal(entries).records
    sender = Sender("d" * 32, "c" * 32, Head(EPOCH, entries, records[-1]["hash"]), 1_780_000_000_000)
    return seal_export(records[after:], sender, DEVICE.private_bytes_raw(), PUBLIC)


def test_the_halls_recovery_key_opens_the_journals_key_and_tells_its_epoch() -> None:
    text = seal_key(JOURNAL_KEY, EPOCH, PUBLIC)
    assert open_key(text, HALL.private_bytes_raw()) == (JOURNAL_KEY, EPOCH)
    assert len(text) == 88


def test_nobody_but_the_halls_recovery_key_opens_the_journals_key() -> None:
    text = seal_key(JOURNAL_KEY, EPOCH, PUBLIC)
    tried = [X25519PrivateKey.generate().private_bytes_raw() for _ in range(50)]
    tried += [DEVICE.private_bytes_raw(), JOURNAL_KEY, PUBLIC, bytes(31) + b"\x01"]
    for key in tried:
        with pytest.raises(SealBroken):
            open_key(text, key)


def test_a_sealed_key_that_was_changed_in_any_byte_is_refused() -> None:
    text = seal_key(JOURNAL_KEY, EPOCH, PUBLIC)
    for at in range(len(text)):
        with pytest.raises(SealBroken):
            open_key(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :], HALL.private_bytes_raw())
    for cut in (b"", text[:40], text[:-1], text + b"x"):
        with pytest.raises(SealBroken):
            open_key(cut, HALL.private_bytes_raw())


def test_nothing_of_the_key_stands_in_what_is_sealed_and_it_is_sealed_anew_each_time() -> None:
    first, second = seal_key(JOURNAL_KEY, EPOCH, PUBLIC), seal_key(JOURNAL_KEY, EPOCH, PUBLIC)
    assert first != second
    assert not any(JOURNAL_KEY[at : at + 8] in first for at in range(25))


def test_an_export_is_not_taken_for_a_key_nor_a_key_for_an_export() -> None:
    parts = unframe(sealed())
    with pytest.raises(SealBroken):
        open_key(parts.sealed, HALL.private_bytes_raw())
    with pytest.raises(InvalidTag):
        SUITE.decrypt(seal_key(JOURNAL_KEY, EPOCH, PUBLIC), HALL, sealing_info(parts.text))


def test_a_key_of_another_length_is_none() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_key(b"short", EPOCH, PUBLIC)


# -- exports ---------------------------------------------------------------------------------------------------------


def test_the_header_says_what_the_file_holds_and_for_whom() -> None:
    header = unframe(sealed(5, 2)).header
    assert (header.device_id, header.key_id, header.epoch) == ("d" * 32, "c" * 32, EPOCH)
    assert (header.first, header.last, header.head.sequence) == (3, 5, 5)
    assert header.recipient == hashlib.sha256(PUBLIC).hexdigest()


def test_a_header_fits_no_other_payload_and_the_signature_covers_both() -> None:
    one, other = unframe(sealed(5)), unframe(sealed(4))
    DEVICE.public_key().verify(one.signature, signed_text(one.text, one.sealed))
    with pytest.raises(InvalidTag):
        SUITE.decrypt(other.sealed, HALL, sealing_info(one.text))
    with pytest.raises(InvalidSignature):
        DEVICE.public_key().verify(one.signature, signed_text(one.text, other.sealed))


@pytest.mark.parametrize("spoil", ["a hole", "another epoch", "nothing"])
def test_records_that_are_not_consecutive_are_not_exported(spoil: str) -> None:
    records = Journal(5).records
    if spoil == "a hole":
        del records[2]
    if spoil == "another epoch":
        records[2] = {**records[2], "epoch": EPOCH + 1}
    if spoil == "nothing":
        records = []
    with pytest.raises(ValueError, match=r"follow|nothing"):
        seal_export(records, Sender("d", "c", Head(EPOCH, 5), 0), DEVICE.private_bytes_raw(), PUBLIC)


def test_a_file_that_is_cut_or_longer_or_none_says_so() -> None:
    file = sealed()
    for broken, code in (
        (file[:-1], "export_cut"), (file[:-64], "export_cut"), (file + b"x", "export_cut"), (b"", "export_broken"),
        (file[:50], "export_broken"), (b"PK\x03\x04\n", "export_broken"), (b"{}\n", "export_broken"),
        (file.replace(b'"format":1', b'"format":2', 1), "export_format"),
    ):  # fmt: skip
        with pytest.raises(ExportBroken) as caught:
            unframe(broken)
        assert caught.value.code == code
    parts = unframe(file)
    assert frame(parts.text, parts.sealed, parts.signature) == file


def test_a_header_with_an_unknown_key_is_refused() -> None:
    parts = unframe(sealed())
    text = msgspec.json.encode({**msgspec.json.decode(parts.text), "level": "x"})
    with pytest.raises(ExportBroken, match="level"):
        unframe(frame(text, parts.sealed, parts.signature))
