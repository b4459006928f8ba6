"""One body: consecutive entries of one epoch, within the limits, with the digest that must come back."""

import gzip
import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.entry import Head, content_fault
from kiosk.sync.batch import HEAD_LIMIT, SIZE_LIMIT, pack
from tests.sync.standins import EPOCH, Journal


def test_entries_travel_whole_and_still_fit_their_hash() -> None:
    journal = Journal(3)
    journal.append(1, comment='慢 \U0001f600 " \\ \u2028')
    batch = pack(journal.records, Head(EPOCH), 0)
    assert batch is not None
    entries = json.loads(batch.text)["entries"]
    assert entries == journal.records
    assert [content_fault(entry) for entry in entries] == [None] * 4
    assert entries[3]["personal"]["comment"].startswith("慢")
    assert (batch.epoch, batch.after, batch.last, batch.count) == (EPOCH, 0, 4, 4)


def test_the_digest_is_that_of_the_unpacked_body_whichever_way_it_travels() -> None:
    batch = pack(Journal(3).records, Head(EPOCH), 0)
    assert batch is not None
    assert batch.wire(gzipped=False) == batch.text
    assert gzip.decompress(batch.wire(gzipped=True)) == batch.text
    assert batch.wire(gzipped=True) == batch.wire(gzipped=True)
    assert batch.digest == hashlib.sha256(batch.text).hexdigest()


def test_a_batch_that_would_be_too_large_is_cut_and_one_large_entry_travels_alone() -> None:
    journal = Journal()
    journal.append(1, comment="x" * (SIZE_LIMIT + 1))
    journal.append(3)
    first = pack(journal.records, Head(EPOCH), 0)
    assert first is not None
    assert first.count == 1
    rest = pack(journal.records[1:], Head(EPOCH), 1)
    assert rest is not None
    assert rest.count == 3


@given(st.integers(1, 30), st.integers(100, 20_000))
def test_a_batch_stays_within_its_size_and_takes_what_fits(entries: int, limit: int) -> None:
    records = Journal(entries).records
    batch = pack(records, Head(EPOCH), 0, limit)
    assert batch is not None
    assert batch.count == 1 or len(batch.text) <= limit
    if batch.count < entries:
        following = pack(records[: batch.count + 1], Head(EPOCH), 0, 10**9)
        assert following is not None
        assert len(following.text) > limit - HEAD_LIMIT


def test_a_hole_or_another_epoch_ends_the_batch() -> None:
    records = Journal(5).records
    other = Journal(5, EPOCH + 1).records
    for torn in (records[:2] + records[3:], records[:2] + other[2:], [*records[:2], {}]):
        batch = pack(torn, Head(EPOCH), 0)
        assert batch is not None
        assert batch.last == 2


def test_what_does_not_follow_makes_no_batch() -> None:
    records = Journal(5).records
    assert pack(records[1:], Head(EPOCH), 0) is None
    assert pack(records, Head(EPOCH + 1), 0) is None
    assert pack([], Head(EPOCH), 0) is None
