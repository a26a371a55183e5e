"""What the seven operations refuse, and how they say so."""

from __future__ import annotations

import pytest

from mock_server import MockRunComfy
from tests.inprocess import KLING, OTHER_TOKEN, SUBMIT, client, submit

FAKE_ID = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("path", ["/v1/requests/{}%2Fstatus", "/v1/requests/{}%2fresult", "/v1/requests%2F{}/status"])
def test_a_slash_that_is_encoded_is_no_slash_of_the_path(path: str) -> None:
    caller = client(MockRunComfy())
    request_id = submit(caller)["request_id"]
    assert caller.get(path.format(request_id)).status_code == 404


@pytest.mark.parametrize("path", ["/v1/models%0A", "/v1/requests/x/status%0A", "/v1/models/categories%0A"])
def test_a_line_break_at_the_end_is_part_of_the_path(path: str) -> None:
    answer = client(MockRunComfy()).get(path)
    assert (answer.status_code, answer.json()["error_code"]) in ((404, 404000), (400, 400001))


@pytest.mark.parametrize("model_id", ["kling/a%0Ab", "kling/kling-3.0/pro/text-to-video%0A", "%0A"])
def test_a_line_break_in_a_model_id_makes_it_malformed(model_id: str) -> None:
    answer = client(MockRunComfy()).post(f"/v1/models/{model_id}", json={"prompt": "x"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, 400001)
    assert "malformed" in answer.json()["error_message"]


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "offset=-1", "limit=" + "9" * 50),
        *("limit=²", "limit=٣", "offset=1.0", "limit=1e1", "limit=+1"),
    ],
)
def test_a_query_value_out_of_range_is_a_validation_error(query: str) -> None:
    answer = client(MockRunComfy()).get(f"/v1/models?{query}")
    assert answer.status_code == 422
    assert answer.json()["error_code"] == 422001


@pytest.mark.parametrize("query", ["limit=0", "limit=500", "limit=x", "offset=-1", "include_schema=maybe"])
def test_or_is_ignored_in_that_variant(query: str) -> None:
    answer = client(MockRunComfy(variants={"bad_query": "ignored"})).get(f"/v1/models?{query}")
    assert answer.status_code == 200
    assert len(answer.json()["models"]) == 1


@pytest.mark.parametrize("path", ["status", "result"])
def test_another_accounts_request_is_refused(path: str) -> None:
    fake = MockRunComfy()
    request_id = submit(client(fake))["request_id"]
    answer = client(fake, OTHER_TOKEN).get(f"/v1/requests/{request_id}/{path}")
    assert (answer.status_code, answer.json()["error_code"]) == (403, 403001)
    answer = client(fake, OTHER_TOKEN).post(f"/v1/requests/{request_id}/cancel")
    assert (answer.status_code, answer.json()["error_code"]) == (403, 403001)


@pytest.mark.parametrize("request_id", [FAKE_ID, "x", "ü", "a" * 5000, "%00", "%2e%2e"])
def test_an_unknown_request_id_is_not_found(request_id: str) -> None:
    caller = client(MockRunComfy())
    for answer in (
        caller.get(f"/v1/requests/{request_id}/status"),
        caller.get(f"/v1/requests/{request_id}/result"),
        caller.post(f"/v1/requests/{request_id}/cancel"),
    ):
        assert (answer.status_code, answer.json()["error_code"]) == (404, 404001)


@pytest.mark.parametrize(
    "model_id",
    [
        "no/such/model",
        "kling",
        "kling//3",
        "",
        "kling/kling-3.0/pro/text-to-video/",
        KLING.replace("/", "%2F"),
        KLING.replace("/", "%2f"),
        KLING.replace("/pro", "%2fpro"),
        "a b/c",
        "é/é",
    ],
)
def test_a_malformed_or_unknown_model_id(model_id: str) -> None:
    caller = client(MockRunComfy())
    for answer in (caller.post(f"/v1/models/{model_id}", json={"prompt": "x"}), caller.get(f"/v1/models/{model_id}")):
        assert (answer.status_code, answer.json()["error_code"]) == (400, 400001)


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v2/models", "/v1/requests", "/v1/requests/x", "/v1/requests/x/nope", "/media"]
)
def test_an_unknown_path_is_answered_in_the_shape_of_errors(path: str) -> None:
    answer = client(MockRunComfy()).get(path)
    assert (answer.status_code, answer.json()["error_code"]) == (404, 404000)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", f"/v1/requests/{FAKE_ID}/cancel", "POST"),
        ("POST", f"/v1/requests/{FAKE_ID}/status", "GET"),
        ("DELETE", f"/v1/requests/{FAKE_ID}/result", "GET"),
        ("HEAD", f"/v1/requests/{FAKE_ID}/status", "GET"),
        ("PUT", SUBMIT, "GET, POST"),
        ("POST", "/v1/models", "GET"),
        ("OPTIONS", SUBMIT, "GET, POST"),
    ],
)
def test_a_wrong_method_is_answered_in_the_shape_of_errors(method: str, path: str, allowed: str) -> None:
    answer = client(MockRunComfy()).request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    if method != "HEAD":
        assert answer.json()["error_code"] == 405001


def test_a_model_id_that_is_nearly_right_is_told_what_it_may_mean() -> None:
    answer = client(MockRunComfy()).post("/v1/models/kling/kling-3.0/pro/text-to-vidoe", json={"prompt": "x"})
    assert f"did you mean {KLING!r}?" in answer.json()["error_message"]


def test_every_finding_is_told_and_how_many_properties_are_unknown() -> None:
    segments = [{"prompt": 1, "duration": 99, "spare": 1} for _ in range(12)]
    answer = client(MockRunComfy()).post(SUBMIT, json={"duration": 99, "multi_prompt": segments, "sond": True})
    detail = answer.json()["detail"]
    assert (answer.status_code, len(detail)) == (422, 2 + 24 + 1)
    assert {each["pointer"] for each in detail} >= {
        "",
        "/duration",
        "/multi_prompt/11/prompt",
        "/multi_prompt/11/duration",
    }
    assert answer.headers["x-runcomfy-mock-unknown-properties"] == "13"


def test_strict_tells_how_many_too() -> None:
    answer = client(MockRunComfy(strict=True)).post(SUBMIT, json={"prompt": "x", "one": 1, "two": 2})
    assert (answer.status_code, len(answer.json()["detail"])) == (422, 2)
    assert answer.headers["x-runcomfy-mock-unknown-properties"] == "2"


@pytest.mark.parametrize(
    ("query", "pointer", "keyword", "limit"),
    [
        ("limit=0", "/limit", "minimum", 1),
        ("limit=101", "/limit", "maximum", 100),
        ("limit=x", "/limit", "type", "integer"),
        ("offset=-1", "/offset", "minimum", 0),
        ("include_schema=maybe", "/include_schema", "type", "boolean"),
    ],
)
def test_a_finding_of_a_query_says_what_it_breaks(query: str, pointer: str, keyword: str, limit: object) -> None:
    (finding,) = client(MockRunComfy()).get(f"/v1/models?{query}").json()["detail"]
    assert (finding["pointer"], finding["keyword"], finding["limit"]) == (pointer, keyword, limit)
