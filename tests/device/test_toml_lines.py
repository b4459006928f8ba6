"""Where each key of a TOML text stands."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.device.toml_lines import key_lines

EVERYTHING = '''\
# a comment with [a table] and key = "value"
title = "a # that is no comment, and a \\" quote" # 2

[ central ] # 4
  url = 'C:\\no\\escapes' # 5
"quoted key" . 'and literal'.bare = 1 # 6
long = """
fake = 1
[fake]
\\""" still in, and two quotes at the end""""" # 7
raw = \'\'\'
fake2 = 1
\'\'\' # 11
list = [ # 14
  "fake3 = 1", # with ] a comment
  { fake4 = [1, 2] },
]
"\\u0061\\U00000062\\t" = 1979-05-27T07:32:00Z # 18

[[screens]] # 20
name = "one"
[screens.size]
width = 1
[[screens]] # 24
name = "two" # 25
[[screens.ports]]
[[screens.ports]]
x = 1
[a.b."c.d"] # 29
inline = { x = 1, y = "}" } # 30
last = true'''


def test_each_key_is_found_on_its_line() -> None:
    tomllib.loads(EVERYTHING)
    assert key_lines(EVERYTHING) == {
        ("title",): 2,
        ("central",): 4,
        ("central", "url"): 5,
        ("central", "quoted key"): 6,
        ("central", "quoted key", "and literal"): 6,
        ("central", "quoted key", "and literal", "bare"): 6,
        ("central", "long"): 7,
        ("central", "raw"): 11,
        ("central", "list"): 14,
        ("central", "ab\t"): 18,
        ("screens",): 20,
        ("screens", "[1]"): 20,
        ("screens", "[1]", "name"): 21,
        ("screens", "[1]", "size"): 22,
        ("screens", "[1]", "size", "width"): 23,
        ("screens", "[2]"): 24,
        ("screens", "[2]", "name"): 25,
        ("screens", "[2]", "ports"): 26,
        ("screens", "[2]", "ports", "[1]"): 26,
        ("screens", "[2]", "ports", "[2]"): 27,
        ("screens", "[2]", "ports", "[2]", "x"): 28,
        ("a",): 29,
        ("a", "b"): 29,
        ("a", "b", "c.d"): 29,
        ("a", "b", "c.d", "inline"): 30,
        ("a", "b", "c.d", "last"): 31,
    }


@pytest.mark.parametrize("text", ["", "\n\n", "# only", "a = 1", "a = 1\r\nb = 2\r\n", '"" = 1', "a.b = ''''''"])
def test_small_texts_are_walked_to_their_end(text: str) -> None:
    assert set(key_lines(text)) == every_key(tomllib.loads(text))


def every_key(table: dict[str, Any]) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for name, value in table.items():
        found.add((name,))
        if isinstance(value, dict):
            found |= {(name, *rest) for rest in every_key(value)}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, table in enumerate(value, 1):
                found |= {(name, f"[{number}]"), *((name, f"[{number}]", *rest) for rest in every_key(table))}
    return found


NAMES = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True),
    st.from_regex(r'"([a-z #=.\[\]\'一-龥]|\\["\\nt]|\\u00e[0-9]){0,6}"', fullmatch=True),
    st.from_regex(r"'[a-z #=.\[\]\"\\]{0,6}'", fullmatch=True),
)
VALUES = st.sampled_from(
    [
        "1",
        '"x = 1"',
        "[1, [2, '#']]",
        '"""\n[y]\nz = 1\n"""',
        "'''\n#'\n'''",
        "true",
        '[\n"a", # ]\n"b" ]',
        "1.5e3",
        '""',
    ]
)
STATEMENTS = st.one_of(
    st.tuples(st.lists(NAMES, min_size=1, max_size=3), VALUES).map(
        lambda pair: f"{' . '.join(pair[0])} = {pair[1]} # x"
    ),
    st.lists(NAMES, min_size=1, max_size=3).map(lambda parts: f"[{'.'.join(parts)}]"),
    st.lists(NAMES, min_size=1, max_size=3).map(lambda parts: f"[[{'.'.join(parts)}]]"),
    st.sampled_from(["[[a]]", "[[a.b]]", "[a.b]", "[a]", "[[a . b.c]]"]),
    st.just(""),
    st.just("  # a = 1"),
)


@given(st.lists(STATEMENTS, max_size=8).map("\n".join))
def test_the_walk_finds_exactly_the_keys_that_tomllib_finds(text: str) -> None:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(key_lines(text)) == every_key(found)
