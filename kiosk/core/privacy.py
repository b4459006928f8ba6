"""What is shown of things that identify a citizen, and what counts as a telephone number."""

import re

COMMENT_LIMIT = 150
"""Characters of free text at most (DOMAIN, rules that reach the screen)."""

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[2-9][0-9]{6,7}(-[0-9]{1,6})?")


def mask_case_number(case_number: str) -> str:
    """The first and last four characters with dots between; shorter numbers show their last two only."""
    if len(case_number) > 8:
        return f"{case_number[:4]}{'•' * 6}{case_number[-4:]}"
    return f"{'•' * max(len(case_number) - 2, 0)}{case_number[-2:]}"


def mask_contact(contact: str) -> str:
    """All but the first three and the last two digits hidden."""
    if len(contact) < 7:
        return "•" * len(contact)
    return f"{contact[:3]}{'•' * (len(contact) - 5)}{contact[-2:]}"


def is_contact(text: str) -> bool:
    """True for a Chinese mobile number (11 digits) or a landline with area code."""
    return bool(_MOBILE.fullmatch(text) or _LANDLINE.fullmatch(text))
