"""A pinned certificate: what people write for it, and what a client sends to anyone else, which is nothing."""

import pytest

from kiosk.protocol.pinning import begins_so, fingerprint_of, lan_address_of, read_fingerprint, shown

FINGERPRINT = fingerprint_of(b"a certificate")


def test_a_fingerprint_is_read_as_people_and_programs_write_it() -> None:
    colons = ":".join(FINGERPRINT.upper()[at : at + 2] for at in range(0, 64, 2))
    blanks = " ".join(FINGERPRINT[at : at + 4] for at in range(0, 64, 4))
    for written in (FINGERPRINT, FINGERPRINT.upper(), colons, blanks, f"{FINGERPRINT}\n", blanks.replace(" ", "-")):
        assert read_fingerprint(written) == FINGERPRINT


@pytest.mark.parametrize(
    "written", ["", FINGERPRINT[:-1], FINGERPRINT + "0", FINGERPRINT[:-1] + "g", shown(FINGERPRINT)]
)
def test_anything_else_is_none(written: str) -> None:
    with pytest.raises(ValueError, match="hex digits"):
        read_fingerprint(written)


def test_people_compare_eight_groups_and_not_fewer() -> None:
    assert len(shown(FINGERPRINT).split()) == 8
    assert begins_so(FINGERPRINT, shown(FINGERPRINT))
    assert begins_so(FINGERPRINT, FINGERPRINT)
    assert not begins_so(FINGERPRINT, shown(FINGERPRINT)[:-1])
    assert not begins_so(FINGERPRINT, "")
    assert not begins_so(FINGERPRINT, "yes")
    assert not begins_so(FINGERPRINT, shown(fingerprint_of(b"another")))


def test_an_address_names_host_and_port_and_nothing_more() -> None:
    assert lan_address_of("https://192.168.1.20:7900") == ("192.168.1.20", 7900)
    assert lan_address_of("https://192.168.1.20/v1/") == ("192.168.1.20", 7802)
    assert lan_address_of("https://[fd00::1]:7802") == ("fd00::1", 7802)
    for wrong in (
        "http://192.168.1.20:7802", "192.168.1.20:7802", "https://", "https://x:99999", "https://u@x", "https://x/y",
        "https://x?y",
    ):  # fmt: skip
        with pytest.raises(ValueError, match=r"."):
            lan_address_of(wrong)
