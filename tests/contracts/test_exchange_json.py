import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import DEEPEST, NOT_JSON, Answer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def read(body: bytes) -> object:
    return Answer(200, {}, body).document


@given(JSON, st.booleans())
def test_json_is_read_as_it_was_written(document: object, is_ascii: bool) -> None:  # noqa: FBT001
    assert read(json.dumps(document, ensure_ascii=is_ascii).encode()) == document


@given(st.binary())
def test_whatever_is_answered_can_be_read_or_is_none(body: bytes) -> None:
    document = read(body)
    assert document is NOT_JSON or json.dumps(document, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"NaN",
        b'{"cost": Infinity}',
        b"[-Infinity]",
        b"1e999",
        b'"\\ud800"',
        b'{"\\uDC00": 1}',
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"1" * 5000,
        b"[" * 100_000,
        b"{} {}",
        "{}".encode("utf-16"),
    ],
)
def test_what_no_client_can_read_is_no_json(body: bytes) -> None:
    assert read(body) is NOT_JSON


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert read(b'"\\ud83d\\ude00"') == "\N{GRINNING FACE}"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}")])
def test_only_so_many_levels_are_read(opening: str, closing: str) -> None:
    assert read((opening * DEEPEST + "1" + closing * DEEPEST).encode()) is not NOT_JSON
    assert read((opening * (DEEPEST + 1) + "1" + closing * (DEEPEST + 1)).encode()) is NOT_JSON


def test_width_is_no_depth() -> None:
    assert read(b"[" + b"[]," * 1000 + b"{}]") is not NOT_JSON
