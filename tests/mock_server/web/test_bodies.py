"""Bodies that are none: each a clear 4xx in the shape of errors, never a 500."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from starlette.types import Message

from mock_server import MockRunComfy, Settings
from mock_server.core.errors import BodyTooLarge, MalformedBody
from mock_server.web import bodies
from tests.inprocess import SUBMIT, client

JSON = {"Content-Type": "application/json"}

MALFORMED = {
    "empty": b"",
    "blank": b"  \n",
    "half": b'{"prompt": "x"',
    "garbage": b"\x00\xff\xfe",
    "text": b'"a text"',
    "array": b'[{"prompt": "x"}]',
    "number": b"1",
    "null": b"null",
    "NaN": b'{"prompt": "x", "cfg_scale": NaN}',
    "Infinity": b'{"prompt": "x", "cfg_scale": -Infinity}',
    "1e400": b'{"prompt": "x", "cfg_scale": 1e400}',
    "a name twice": b'{"prompt": "x", "prompt": "y"}',
    "a name twice, deep": b'{"prompt": "x", "multi_prompt": [{"duration": 3, "duration": 4}]}',
    "a name twice, escaped": b'{"prompt": "x", "\\u0070rompt": "y"}',
    "lone surrogate": b'{"prompt": "\\ud800"}',
    "not UTF-8": b'{"prompt": "\xe9"}',
    "byte-order mark": b'\xef\xbb\xbf{"prompt": "x"}',
    "comment": b'{"prompt": "x"} // so',
    "two documents": b'{"prompt": "x"}{}',
    "10 000 levels of arrays": b'{"prompt": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "10 000 levels of objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "1 000 levels, still readable": b'{"a":' * 1000 + b"1" + b"}" * 1000,
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_body_is_refused(body: bytes) -> None:
    answer = client(MockRunComfy()).post(SUBMIT, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["error_code"]) == (422, 422001)
    answer = client(MockRunComfy(variants={"malformed_body_status": "400"})).post(SUBMIT, content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    assert answer.json()["error_code"] == {400: 400000, 422: 422001}[answer.status_code]


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_number_of_many_digits_is_judged_and_does_not_hurt(digits: int) -> None:
    body = b'{"prompt": "x", "duration": ' + b"9" * digits + b"}"
    answer = client(MockRunComfy()).post(SUBMIT, content=body, headers=JSON)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        'application/json; charset="iso-8859-1"',
        "application/problem+json",
        "text/json",
        "json",
    ],
)
def test_another_content_type_is_refused(content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = client(MockRunComfy()).post(SUBMIT, content=b'{"prompt": "x"}', headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (415, 415001)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity"])
def test_a_compressed_body_is_refused_by_its_name(encoding: str) -> None:
    headers = JSON | {"Content-Encoding": encoding}
    answer = client(MockRunComfy()).post(SUBMIT, content=b'{"prompt": "x"}', headers=headers)
    assert answer.status_code == 415
    assert encoding in answer.json()["error_message"]


def test_a_body_that_is_encoded_as_it_is_is_taken() -> None:
    headers = JSON | {"Content-Encoding": "identity"}
    assert client(MockRunComfy()).post(SUBMIT, content=b'{"prompt": "x"}', headers=headers).status_code == 200


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", "application/json; charset=UTF-8"])
def test_json_is_accepted_as_it_may_be_spelt(content_type: str) -> None:
    answer = client(MockRunComfy()).post(SUBMIT, content=b'{"prompt": "x"}', headers={"Content-Type": content_type})
    assert answer.status_code == 200


def test_a_body_over_the_limit_is_refused() -> None:
    fake = MockRunComfy(settings=Settings(max_body_bytes=100))
    answer = client(fake).post(SUBMIT, json={"prompt": "x" * 100})
    assert (answer.status_code, answer.json()["error_code"]) == (413, 413001)
    assert client(fake).post(SUBMIT, json={"prompt": "x" * 50}).status_code == 200


def test_an_announced_body_over_the_limit_is_refused_before_it_is_read() -> None:
    async def receive() -> Message:
        raise AssertionError("nothing is to be read")

    with pytest.raises(BodyTooLarge):
        asyncio.run(bodies.read(receive, 10, "11"))


def test_a_body_of_unknown_length_is_refused_while_it_is_read() -> None:
    chunks: Iterator[Message] = iter([{"type": "http.request", "body": b"1234", "more_body": True}] * 3)

    async def receive() -> Message:
        return next(chunks)

    with pytest.raises(BodyTooLarge):
        asyncio.run(bodies.read(receive, 10, None))
    assert list(chunks) == []

    endless = iter(lambda: {"type": "http.request", "body": b"1234", "more_body": True}, None)

    async def receive_for_ever() -> Message:
        return next(endless)

    with pytest.raises(BodyTooLarge):
        asyncio.run(bodies.read(receive_for_ever, 1000, None))


def test_a_client_that_goes_away_is_written_down_and_not_answered() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(bodies.ClientGone):
        asyncio.run(bodies.read(receive, 10, None))


def test_a_generator_body_is_read_whole() -> None:
    fake = MockRunComfy()

    def parts() -> Iterator[bytes]:
        yield b'{"prompt": '
        yield b'"in two parts"}'

    with httpx.Client(transport=fake.transport(), base_url=fake.base_url) as caller:
        answer = caller.post(SUBMIT, content=parts(), headers=JSON | {"Authorization": "Bearer any"})
    assert answer.status_code == 200


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_an_object_or_malformed(body: bytes) -> None:
    try:
        document = bodies.parse_object(body)
    except MalformedBody:
        return
    assert isinstance(document, dict)


# What a name or a text may be written as: with quotes and colons in it, and escapes of every kind.
_WRITTEN = st.lists(
    st.sampled_from(["a", "b", ":", '\\"', "\\u0022", "\\u003a", "\\u0061", "\\\\", "\\/", " ", "é", "\\u00e9", "\\n"]),
    max_size=3,
).map(lambda parts: '"' + "".join(parts) + '"')
_SPACE = st.sampled_from(["", " ", "\n\t", " \r\n"])


def _written_object(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    member = st.tuples(_WRITTEN, _SPACE, st.just(":"), _SPACE, parts).map("".join)
    return st.tuples(st.lists(member, max_size=3), _SPACE).map(lambda made: "{" + f"{made[1]},".join(made[0]) + "}")


_VALUES = st.recursive(
    _WRITTEN | st.integers(-(2**63), 2**64 - 1).map(str) | st.sampled_from(["true", "null", "-0.5e3"]),
    lambda parts: _written_object(parts) | st.lists(parts, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
    max_leaves=6,
)


def _repeats_a_name(value: Any) -> bool:
    if isinstance(value, Pairs):
        names = [name for name, _ in value.pairs]
        return len(set(names)) < len(names) or any(_repeats_a_name(each) for _, each in value.pairs)
    return isinstance(value, list) and any(map(_repeats_a_name, value))


class Pairs:
    """An object as it stands in a body: with every name, as often as it was given."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


@settings(deadline=None, max_examples=300)
@given(_written_object(_VALUES))
def test_a_name_given_twice_is_found_wherever_and_however_it_is_written(body: str) -> None:
    repeats = _repeats_a_name(json.loads(body, object_pairs_hook=Pairs))
    event(f"repeats: {repeats}")
    if repeats:
        with pytest.raises(MalformedBody, match="twice"):
            bodies.parse_object(body.encode())
    else:
        assert bodies.parse_object(body.encode()) == json.loads(body)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"a": 1, "a": 2}', "a"),
        (b'{"a" :1, "a"\n: 2}', "a"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        (b'{"x": {"a": 1, "a": 1}}', "a"),
        (b'{"x": [[{"a": 1, "a": 1}]]}', "a"),
        (b'{"a": 1, "a": 2, "b": "\\u0022"}', "a"),
        (b'{"a": 1, "a": "\\u0022"}', "a"),
        (b'{"a": 1, "a": 2, "b": "\\u0022\\u0022"}', "a"),  # as many quotes are gained as are lost
    ],
)
def test_the_name_that_is_given_twice_is_told(body: bytes, name: str) -> None:
    with pytest.raises(MalformedBody, match=f'property "{name}" twice'):
        bodies.parse_object(body)


@pytest.mark.parametrize("opening", ['{"a":', "["])
def test_a_body_is_too_deep_wherever_that_is_and_whatever_else_stands_in_it(opening: str) -> None:
    closing = "}" if opening[0] == "{" else "]"
    for more in ("", '"p": "a\\":", ', '"p": "\\u0022", '):
        fine, deep = (f'{{{more}"x": {opening * depth}{"1"}{closing * depth}}}'.encode() for depth in (253, 254))
        bodies.parse_object(fine)
        with pytest.raises(MalformedBody, match="254 levels deep"):
            bodies.parse_object(deep)
