"""Whole ratings as the fold makes them, with bodies and a comment as long as they get."""

import secrets
from collections.abc import Iterator

from kiosk.core.entry import Draft, Kind, Personal

COMMENT = "等候的时间太长，窗口只开了一个，前面的人办了很久，材料又退回来两次。" * 5
assert len(COMMENT) >= 150


def rating(number: int) -> Iterator[Draft]:
    """The four entries of one visit."""
    visit_id, rating_id = secrets.token_hex(16), secrets.token_hex(16)
    times = 1_795_000_000_000 + number * 60_000, number * 60_000, "5e" * 16
    yield Draft(secrets.token_hex(16), Kind.VISIT_STARTED, *times, visit_id, {
        "matter": {"code": "11341200MB1A00011X2000119001001", "name": "国有建设用地使用权及房屋所有权转移登记"},
        "case_number": f"3412{number:014}", "service_number": 1, "window": "A01", "channel": "hall_tablet",
        "staff": {"number": "F1001", "name": "陈雨桐", "verified": True},
    }, Personal(secrets.token_hex(16), {"citizen_name": "欧阳某某"}))  # fmt: skip
    yield Draft(secrets.token_hex(16), Kind.VISIT_INVITED, *times, visit_id, {"by": "clerk"})
    yield Draft(secrets.token_hex(16), Kind.LEVEL_TAPPED, *times, visit_id, {
        "rating_id": rating_id, "level": "very_dissatisfied", "options_version": "2020",
    })  # fmt: skip
    yield Draft(secrets.token_hex(16), Kind.VISIT_ENDED, *times, visit_id, {
        "outcome": "rated", "cause": None, "rating_id": rating_id, "level": "very_dissatisfied", "tapped_ms": times[0],
        "reasons": ["101", "102", "103", "104", "105", "106"], "finished": True, "options_version": "2020",
    }, Personal(secrets.token_hex(16), {"comment": COMMENT[:150], "contact": "13800138000"}))  # fmt: skip
