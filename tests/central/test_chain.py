"""Where records stand, over random histories: honest ones raise nothing, damaged ones never block."""

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.central.chain import UNCLAIMED, find_run, first_head, follow, record_text
from kiosk.core.entry import Draft, Head, Kind, Personal, canonical, seal

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="ascii"), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
_BODIES = st.dictionaries(st.text(st.characters(codec="ascii"), max_size=8), _JSON, max_size=3)
_PERSONAL = st.none() | st.dictionaries(st.sampled_from(["comment", "contact"]), st.text(st.characters(codec="utf-8")))


def _journal(bodies: list[tuple[dict[str, Any], dict[str, str] | None]], epoch: int = 7) -> list[dict[str, Any]]:
    head, records = Head(epoch), []
    for index, (body, fields) in enumerate(bodies):
        personal = Personal("5a" * 16, fields) if fields is not None else None
        kind = Kind.JOURNAL_BEGAN if index == 0 else "something"
        entry = seal(Draft(f"{index:032x}", kind, index, index, "b" * 32, None, body, personal), head)
        head = entry.head
        record = json.loads(json.dumps(entry.record()))
        if personal is not None:
            record["personal"] = {"salt": personal.salt, **personal.fields}
        records.append(record)
    return records


_JOURNALS = st.lists(st.tuples(_BODIES, _PERSONAL), min_size=1, max_size=12).map(_journal)


@settings(max_examples=60, deadline=None)
@given(_JOURNALS, st.integers(0, 11))
def test_an_honest_journal_raises_nothing_however_it_is_cut_up(records: list[dict[str, Any]], cut: int) -> None:
    head = first_head(7)
    for part in (records[:cut], records[cut:]):
        if not part:
            continue
        run = find_run(part)
        assert run is not None
        assert not run.cut
        placed = follow(run, head, 0)
        assert [p.fault for p in placed] == [None] * len(part)
        head = Head(7, placed[-1].sequence, placed[-1].hash)
    assert head.hash == records[-1]["hash"]


@settings(max_examples=60, deadline=None)
@given(_JOURNALS)
def test_what_is_kept_of_a_record_is_its_canonical_text(records: list[dict[str, Any]]) -> None:
    for record in records:
        bare = {key: value for key, value in record.items() if key != "personal"}
        text, personal = record_text(record)
        assert text.encode() == canonical(bare)
        assert personal == (canonical(record["personal"]).decode() if "personal" in record else None)


@settings(max_examples=100, deadline=None)
@given(
    _JOURNALS.filter(lambda records: len(records) > 2),
    st.integers(1, 10),
    st.sampled_from(["hash", "previous", "sequence", "epoch", "body", "kind", "format", "wall_ms", "personal_digest"]),
    st.none() | st.integers() | st.text(max_size=3) | st.floats(allow_nan=False, allow_infinity=False),
)
def test_one_damaged_record_is_noticed_and_the_rest_flows(
    records: list[dict[str, Any]], index: int, key: str, value: Any
) -> None:
    index = min(index, len(records) - 2)
    damaged = copy.deepcopy(records)
    damaged[index][key] = value
    if canonical_or_none(damaged[index]) == canonical_or_none(records[index]):
        return
    run = find_run(damaged)
    assert run is not None
    placed = follow(run, first_head(7), 0)
    assert len(placed) == len(records)
    assert placed[index].fault is not None
    faults = [p.fault for p in placed if p.sequence not in (index + 1, index + 2)]
    assert faults == [None] * len(faults)


def canonical_or_none(record: dict[str, Any]) -> bytes | None:
    """Canonical bytes; None where there are none."""
    try:
        return canonical(record)
    except ValueError:
        return None


def test_after_a_record_that_claims_no_hash_the_next_one_is_believed() -> None:
    records = _journal([({}, None)] * 4)
    records[1]["hash"] = None
    run = find_run(records)
    assert run is not None
    placed = follow(run, first_head(7), 0)
    assert [p.fault for p in placed] == [None, "unreadable", None, None]
    assert placed[1].hash == UNCLAIMED


def test_a_garbled_first_place_does_not_move_the_batch() -> None:
    records = _journal([({}, None)] * 5)[2:]
    records[0]["sequence"] = 900
    run = find_run(records)
    assert run is not None
    assert (run.first, run.cut) == (3, False)


def test_a_batch_of_two_epochs_ends_with_the_first() -> None:
    run = find_run(_journal([({}, None)] * 3) + _journal([({}, None)] * 3, epoch=8))
    assert run is not None
    assert (run.epoch, len(run.records), run.cut) == (7, 3, True)
