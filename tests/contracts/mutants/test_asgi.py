from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st

from contracts.mutants.asgi import Scope, calls, header, operation, query, request_id, with_header, with_query
from mock_server.web.addresses import address

SEGMENT = st.sampled_from(
    ("v1", "models", "requests", "status", "result", "cancel", "categories", "kling", "a-b", "media")
)
PATHS = st.lists(SEGMENT, max_size=6).map(lambda parts: "/" + "/".join(parts))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
ADDRESSED = st.builds(
    lambda name, verb: f"/v1/requests/{name}/{verb}", SEGMENT, st.sampled_from(("status", "result", "cancel", "more"))
)


def _scope(method: str, path: str, query_string: bytes = b"", **headers: str) -> dict[str, Any]:
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "query_string": query_string, "headers": given}


@given(st.sampled_from(("GET", "POST", "PUT", "HEAD")), PATHS | ADDRESSED)
def test_a_call_is_for_the_operation_that_the_fake_takes_it_for(method: str, path: str) -> None:
    found = address(method, path)
    expected = "" if found is None or found.operation == "media" else str(found.operation)
    if found is not None and "/" in (found.request_id or ""):
        expected = ""  # no id has a slash: the fake's router finds nothing there
    scope = _scope(method, path)
    assert operation(scope) == expected
    assert calls()(scope) is bool(expected)
    assert calls("status", "list")(scope) is (expected in ("status", "list"))
    if expected in ("status", "result", "cancel"):
        assert found is not None
        assert request_id(scope) == found.request_id


@given(st.dictionaries(TEXT, TEXT), st.dictionaries(st.sampled_from("abc"), st.none() | TEXT))
def test_a_changed_query_reads_as_it_was_changed(before: dict[str, str], changes: dict[str, str | None]) -> None:
    scope = with_query(_scope("GET", "/v1/models"), **before)
    changed = with_query(scope, **changes)
    expected = {name: value for name, value in {**before, **changes}.items() if value is not None}
    assert {name: values[-1] for name, values in _parsed(changed).items()} == expected
    assert query(changed) == expected


def _parsed(scope: Scope) -> dict[str, list[str]]:
    return parse_qs(scope["query_string"].decode(), keep_blank_values=True)


def test_a_header_takes_the_place_of_its_like() -> None:
    scope = _scope("GET", "/", accept="x", other="y")
    changed = with_header(scope, b"accept", b"z")
    assert header(changed, b"accept") == "z"
    assert header(changed, b"other") == "y"
    assert header(changed, b"missing") is None
    assert header(scope, b"accept") == "x"
