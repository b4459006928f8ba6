"""What stands on a queue slip and in a phone's link, read exactly or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.phone_link import TOKEN_LENGTH, LinkMalformed, PhoneLink, read_token, write_token
from kiosk.core.slip import Slip, SlipTemplateBroken, check_template, read_slip

LINK = PhoneLink("ab" * 16, "cd" * 16, 1_795_000_000)


@pytest.mark.parametrize(
    ("text", "template", "found"),
    [
        ("KQ1;A018;B07;0101;3412", "", Slip("A018", "B07", "0101", "3412")),
        (" KQ1;A018;;; \n", "", Slip("A018")),
        ("A018|B07", "{slip}|{window}", Slip("A018", "B07")),
        ("no=A018&m=0101", "no={slip}&m={matter}", Slip("A018", "", "0101")),
        ("A018", "{slip}", Slip("A018")),
        ("[A018]", "[{slip}]", Slip("A018")),
        ("[A018]x", "[{slip}]", None),
        ("KQ1;;B07;0101;", "", None),
        ("KQ2;A018;;;", "", None),
        ("KQ1;A018", "", None),
        ("KQ1;A018;B\x0007;;", "", None),
        ("KQ1;" + "A" * 17 + ";;;", "", None),
        ("KQ1;A018;" + "B" * 300 + ";;", "", None),
        ("", "", None),
    ],
)
def test_a_slip_is_read_as_the_hall_writes_it(text: str, template: str, found: Slip | None):
    assert read_slip(text, template) == found


@pytest.mark.parametrize("template", ["", "{slip}", "{window}-{slip}", "x{slip}y{matter}z"])
def test_a_template_that_reads_in_one_way_is_taken(template: str):
    check_template(template)


@pytest.mark.parametrize(
    ("template", "why"),
    [("{window}", "must stand"), ("{slip}{window}", "between"), ("{slip},{slip}", "once"), ("{slip};{age}", "age")],
)
def test_a_template_that_reads_nothing_or_not_in_one_way_is_refused(template: str, why: str):
    with pytest.raises(SlipTemplateBroken, match=why):
        check_template(template)


@given(st.text(max_size=300))
def test_no_text_makes_reading_fail(text: str):
    found = read_slip(text)
    assert found is None or 0 < len(found.slip) <= 16


def test_a_link_is_read_back_as_it_was_written():
    token = write_token(LINK, b"s" * 64)
    assert len(token) == TOKEN_LENGTH
    assert read_token(token) == (LINK, b"s" * 64)
    assert LINK.signed().endswith(LINK.payload())


@given(st.one_of(st.text(max_size=200), st.binary(max_size=120).map(lambda raw: raw.hex())))
def test_anything_else_is_no_link(text: str):
    with pytest.raises(LinkMalformed):
        read_token(text)


def test_a_token_has_one_form_only():
    token = write_token(LINK, b"s" * 64)
    for other in (token + "=", token + "A", token[:-1], " " + token, token.swapcase(), "_" + token[1:]):
        with pytest.raises(LinkMalformed):
            read_token(other)
