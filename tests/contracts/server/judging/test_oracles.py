import json
from collections.abc import Mapping

import pytest

from contracts.exchange import Answer, Call, Who
from contracts.server.judging import oracles
from contracts.server.judging.oracles import judge
from tests.contracts.server.scripted import (
    BASE,
    ID,
    KLING,
    MODEL,
    PAYLOAD,
    Tale,
    accepted,
    begun,
    broken,
    call,
    cancelled,
    checks_of,
    covered,
    refused,
    result,
    said,
    session,
    status,
)

RECORD = {
    "model_id": KLING,
    "display_name": "Kling",
    "kind": "model",
    "categories": ["text-to-video"],
    "base_price_usd": 0.112,
    "price_unit": "second",
    "input_schema": {},
}
NOBODY, OTHER_SCHEME = Who.NOBODY, {"Authorization": "Basic first-token"}

WRONG: Mapping[str, Tale] = {
    "no answer": Tale([("status", None)], ["answer.arrives:status"]),
    "502 of a gateway": Tale([("status", said("", 502, "text/html"))], ["answer.no-server-error:status"]),
    "503 for media": Tale([("media", said("", 503))], ["answer.no-server-error:media"]),
    "a good token is refused": Tale([("status", refused(401, 400004))], ["auth.accepted:status"]),
    "a good token is refused with 400": Tale([("list", refused(400, 400004))], ["auth.accepted:list"]),
    "nobody is served": Tale([("list", said({"models": [], "total": 0}))], ["auth.required:list"], NOBODY),
    "nobody is let in": Tale(
        [("list", refused(403, 403001))], ["auth.required:list", "answer.status:list:403"], NOBODY
    ),
    "nobody is told of a request": Tale([("status", refused(404, 404001))], ["auth.required:status"], NOBODY),
    "201 for a submit": Tale([("submit", said({}, 201))], ["answer.status:submit:201"]),
    "202 for a status": Tale([("status", said({}, 202))], ["answer.status:status:202"]),
    "200 for a cancel": Tale([("cancel", said({}, 200))], ["answer.status:cancel:200"]),
    "a redirect": Tale([("result", Answer(302, {"location": "/"}, b""))], ["answer.status:result:302"]),
    "an undocumented error": Tale([("status", refused(418, 418000))], ["answer.status:status:418"]),
    "an error under 200": Tale([("result", said({"error_code": 500001}))], ["answer.status:result:error-under-200"]),
    "HTML": Tale([("status", said({}, 200, "text/html"))], ["answer.json:status"]),
    "no type": Tale([("list", Answer(200, {}, b"{}"))], ["answer.json:list"]),
    "no JSON": Tale([("list", Answer(200, {"content-type": "application/json"}, b"{'a'}"))], ["answer.json:list"]),
    "an error that is no JSON": Tale([("media", said("", 404, "text/plain"))], ["answer.json:media"]),
    "a list": Tale([("status", said([1]))], ["answer.shape:status:/"]),
    "a position while it runs": Tale([("status", status("in_progress", 1))], ["answer.shape:status:/queue_position"]),
    "a word that is none": Tale([("status", status("queued"))], ["answer.shape:status:/status"]),
    "more than is documented": Tale([("status", status("completed", x=1))], ["answer.undeclared:status:/x"]),
    "a name that is odd": Tale(
        [("status", said(status("completed").document | {"a\0b\n: c": 1}))], ["answer.undeclared:status:/a?b?:?c"]
    ),
    "an error without a text": Tale([("submit", said({"error_code": 422001}, 422))], ["error.body:submit:/"]),
    "an empty text": Tale([("submit", refused(422, 422001, ""))], ["error.body:submit:text"]),
    "an error that is a list": Tale([("submit", said([], 422))], ["error.body:submit:/"]),
    "a code of another status": Tale([("submit", refused(422, 400001))], ["error.code:submit:422"]),
    "a code that is not that of 403": Tale([("list", refused(400, 400003))], ["error.code:list:400"]),
    "no code": Tale([("list", refused(429))], ["error.code:list:429"]),
    "a URL on another host": Tale(
        [("status", status("in_progress", status_url=f"https://example.com/v1/requests/{ID}/status"))],
        ["urls.absolute:status:status_url"],
    ),
    "a URL over http": Tale(
        [("status", status("in_progress", result_url=f"{BASE}/v1/requests/{ID}/result".replace("http", "https")))],
        ["urls.absolute:status:result_url"],
    ),
    "a URL that cannot be read": Tale(
        [("status", status("in_progress", result_url="http://[v1.x]:99999/"))], ["urls.absolute:status:result_url"]
    ),
    "a URL of another request": Tale(
        [("status", status("in_progress", result_url=f"{BASE}/v1/requests/other/result"))],
        ["urls.lead-back:status:result_url"],
    ),
    "a URL with a query": Tale(
        [("status", status("in_progress", result_url=f"{BASE}/v1/requests/{ID}/result?a=1"))],
        ["urls.lead-back:status:result_url"],
    ),
}

RIGHT: Mapping[str, Tale] = {
    "each success": Tale(
        [
            ("status", status("in_queue", 1)),
            ("result", result("in_queue")),
            ("cancel", cancelled("not_cancellable", "in_progress")),
            ("list", said({"models": [], "total": 0})),
            ("categories", said({"categories": ["text-to-video"]})),
            ("model", said(RECORD)),
        ]
    ),
    "errors that are documented": Tale(
        [
            ("submit", refused(422, 422001)),
            ("submit", refused(422)),
            ("submit", refused(400, 400000)),
            ("submit", refused(402, 400002)),
            ("submit", refused(413, 413001)),
            ("submit", refused(415, 415000)),
            ("submit", refused(404, 404000)),
            ("status", refused(429, 429001)),
        ]
    ),
    "a text under any name": Tale(
        [
            ("submit", said({"message": "no"}, 422)),
            ("submit", said({"error": "no"}, 422)),
            ("submit", said({"detail": "no"}, 422)),
            ("submit", said({"detail": [{"loc": ["body"]}], "error_message": ""}, 422)),
        ]
    ),
    "a type with a charset": Tale([("list", said({"models": [], "total": 0}, 200, "Application/JSON; charset=utf-8"))]),
    "nobody is refused": Tale([("status", refused(401, 400004)), ("list", refused(400, 400004))], (), NOBODY),
    "nobody calls too often": Tale([("status", refused(429, 429001))], (), NOBODY),
    "a scheme that is none": Tale([("status", refused(401, 400004))], (), NOBODY, OTHER_SCHEME),
    "a host in capitals": Tale(
        [("status", status("in_progress", status_url=f"HTTP://127.0.0.1:8787/v1/requests/{ID}/status"))]
    ),
    "media": Tale([("media", Answer(200, {"content-type": "video/mp4"}, b"\0"))]),
}


@pytest.mark.parametrize("name", [*WRONG, *RIGHT])
def test_what_is_broken_is_found_and_no_more(name: str) -> None:
    tale = {**WRONG, **RIGHT}[name]
    found = broken(tale.tell())
    assert [each for each in found if not each.startswith("ledger.")] == list(tale.due)


def test_each_check_is_broken_in_one_tale_and_kept_in_another() -> None:
    wrong, right = covered([*WRONG.values(), *RIGHT.values()])
    assert checks_of(oracles) <= wrong
    assert checks_of(oracles) <= right


def test_the_default_port_may_be_told_or_not() -> None:
    base = "https://model-api.runcomfy.net"
    urls = {f"{name}_url": f"{base}:443/v1/requests/{ID}/{name}" for name in ("status", "result", "cancel")}
    told = session(said({"request_id": ID, **urls}), base_url=base)
    told.call(call("submit"))
    assert broken(told) == []


def test_a_path_before_the_api_is_part_of_its_urls() -> None:
    base = f"{BASE}/behind/a/proxy"
    answer = said(json.loads(accepted().body.replace(BASE.encode(), base.encode())))
    told = session(answer, accepted("2"), base_url=base)
    told.call(call("submit"))
    assert broken(told) == []
    told.call(call("submit"))
    found = {each for each in broken(told) if not each.startswith("ledger.")}
    assert found == {f"urls.lead-back:submit:{name}_url" for name in ("status", "result", "cancel")}


def test_what_is_misshapen_shows_no_variant() -> None:
    told = begun(said({"error_code": 500001}), status("in_progress"))
    told.call(call("result"))
    assert told.collector.observed == {"request_id_format": "uuid"}


def test_calls_to_the_control_plane_are_not_judged() -> None:
    told = session(said("", 500))
    exchange = told.control("clock", {})
    judge(told, exchange)
    assert told.collector.times.total() == 0


REFUSED = {"error_code": 400004, "error_message": "no token"}


def test_an_error_under_200_is_a_wrong_status_and_no_call_that_was_served() -> None:
    made = session(said(REFUSED))
    made.list(who=Who.NOBODY)
    assert set(made.collector.broken) == {"answer.status:list:error-under-200"}
    made = session(said({"models": [], "total": 0}))
    made.list(who=Who.NOBODY)
    assert set(made.collector.broken) == {"auth.required:list"}


@pytest.mark.parametrize(("operation", "is_fine"), [("unknown", True), ("status", False)])
def test_a_method_that_nobody_has_heard_of_may_be_answered_501(operation: str, *, is_fine: bool) -> None:
    made = session(said({"error_code": 501001, "error_message": "x"}, 501))
    made.call(Call(operation, "QUERY", f"/v1/requests/{ID}/status"))
    assert ("answer.no-server-error:" + operation not in made.collector.broken) is is_fine


def test_a_url_with_a_query_is_told_with_it() -> None:
    here = f"{BASE}/v1/requests/{ID}"
    urls = {f"{name}_url": f"{here}/{name}" for name in ("status", "result", "cancel")}
    made = session(said({"request_id": ID, **urls, "status_url": f"{here}/status?v=1"}))
    made.submit(MODEL, PAYLOAD)
    (broken,) = made.collector.broken.values()
    assert f"/v1/requests/{ID}/status?v=1" in broken.message
