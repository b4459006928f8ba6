"""A matter is found by whatever the clerk remembers of it."""

import pytest

from kiosk.clerk.matters import found, with_recent
from kiosk.protocol.station import MatterView

MATTERS = (
    MatterView(code="340100", name="不动产转移登记", initials="bdczydj", name_en="Transfer of real estate"),
    MatterView(code="340110", name="不动产抵押登记", initials="bdcdydj", name_en="Mortgage of real estate"),
    MatterView(code="340200", name="社会保障卡申领", initials="shbzksl", name_en="Social security card"),
    MatterView(code="AB-7", name="Business licence"),
    MatterView(code="999", name=""),
)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("", ["340100", "340110", "340200", "AB-7", "999"]),
        ("bdc", ["340100", "340110"]),
        ("BDCDY", ["340110"]),
        ("dydj", ["340110", "340100"]),  # as it stands, then with letters left out
        ("bdcdj", ["340100", "340110"]),  # some letters left out
        ("抵押", ["340110"]),
        ("登记", ["340100", "340110"]),
        ("3402", ["340200"]),
        ("card", ["340200"]),
        ("real 抵押", ["340110"]),
        ("34 sl", ["340200"]),
        ("LICENCE ab", ["AB-7"]),
        ("99", ["999"]),
        ("nothing", []),
    ],
)
def test_a_matter_is_found_by_initials_code_chinese_or_english(typed: str, codes: list[str]) -> None:
    assert [matter.code for matter in found(MATTERS, typed)] == codes


def test_what_fits_better_stands_first_however_recent_the_other_is() -> None:
    matters = (MatterView(code="1", name="甲", initials="axbdc"), MatterView(code="2", name="乙", initials="bdc"))
    assert [matter.code for matter in found(matters, "bdc", ("1",))] == ["2", "1"]


def test_among_equals_and_where_nothing_is_typed_the_recent_stand_first() -> None:
    recent = with_recent(with_recent(with_recent((), "340110"), "AB-7"), "340110")
    assert recent == ("340110", "AB-7")
    assert [matter.code for matter in found(MATTERS, "", recent)] == ["340110", "AB-7", "340100", "340200", "999"]
    assert [matter.code for matter in found(MATTERS, "bdc", recent)] == ["340110", "340100"]
