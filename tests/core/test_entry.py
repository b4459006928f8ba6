import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.entry import GENESIS, Draft, Head, Personal, canonical, chain_fault, content_fault, record_hash, seal

HEAD = Head(1_700_000_000_000_000)
PERSONAL = Personal("ab" * 16, {"comment": "等待时间太长", "contact": "13800000000"})


def draft(number: int = 1, **changes: Any) -> Draft:
    plain = Draft(f"{number:032x}", "visit.ended", 1_000, 10, "boot", "v" * 32, {"outcome": "skipped"})
    return dataclasses.replace(plain, **changes)


def test_an_entry_takes_the_place_after_the_head() -> None:
    first = seal(draft(1), HEAD)
    second = seal(draft(2), first.head)
    assert (first.sequence, first.previous) == (1, GENESIS)
    assert (second.sequence, second.previous) == (2, first.hash)
    assert chain_fault(first.record(), HEAD) is None
    assert chain_fault(second.record(), first.head) is None


def test_the_hash_of_a_known_entry_never_changes() -> None:
    """Pinned: terminals and centrals of different versions must agree for ever."""
    entry = seal(draft(1, personal=Personal("00", {"comment": "好"})), HEAD)
    assert entry.personal_digest == "5eb7e5ca72b1bc79dd8b11118072e892ef7a53c6c14cc835b8450172a7d3e84c"
    assert entry.hash == "74dc9243822eb2deeaac950a4cb9a2f207b3f7e42bcca13dd4ce0ab096109769"
    assert entry.hash == record_hash(json.loads(canonical(entry.record())))


@pytest.mark.parametrize(
    "key", ["epoch", "kind", "visit_id", "wall_ms", "mono_ms", "boot_id", "body", "personal_digest"]
)
def test_any_change_to_a_record_is_noticed(key: str) -> None:
    record = seal(draft(personal=PERSONAL), HEAD).record()
    assert content_fault({**record, key: "other"}) == "altered"


def test_a_key_that_this_program_does_not_know_is_under_the_hash_too() -> None:
    record = {**seal(draft(), HEAD).record(), "seen": "2027"}
    assert content_fault(record) == "altered"
    record["hash"] = record_hash(record)
    assert content_fault(record) is None


def test_wiping_personal_data_leaves_the_chain_whole() -> None:
    record = seal(draft(personal=PERSONAL), HEAD).record()
    held = {**record, "personal": {"salt": PERSONAL.salt, **PERSONAL.fields}}
    assert content_fault(held) is None
    assert content_fault(record) is None
    assert chain_fault(record, HEAD) is None


def test_changed_personal_data_is_noticed() -> None:
    record = seal(draft(personal=PERSONAL), HEAD).record()
    changed = {"salt": PERSONAL.salt, **PERSONAL.fields, "comment": "很好"}
    assert content_fault({**record, "personal": changed}) == "altered_personal"


@pytest.mark.parametrize("personal", ["text", 3, {"comment": "no salt"}, {"salt": 1.5}, []])
def test_garbled_personal_data_is_noticed_and_never_raises(personal: object) -> None:
    record = seal(draft(personal=PERSONAL), HEAD).record()
    assert content_fault({**record, "personal": personal}) is not None


def test_a_gap_a_foreign_epoch_and_a_broken_link_are_told_apart() -> None:
    first = seal(draft(1), HEAD)
    third = seal(draft(3), seal(draft(2), first.head).head)
    assert chain_fault(third.record(), first.head) == "gap"
    assert chain_fault(first.record(), Head(5)) == "wrong_epoch"
    assert chain_fault(seal(draft(2), Head(HEAD.epoch, 1, "f" * 64)).record(), first.head) == "broken_link"


@pytest.mark.parametrize("value", [1.0, 2**53, -(2**53), {1: 2}, {"é": 1}, b"x", {"a": [1.5]}, object()])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="canonical"):
        canonical(value)


def test_a_lone_surrogate_has_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical("\ud800")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcXYZ_09", max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_canonical_text_reads_back_as_itself_and_encodes_the_same(value: object) -> None:
    text = canonical(value)
    assert canonical(json.loads(text)) == text
