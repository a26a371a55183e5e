"""Every variant of the ledger, as it shows on the wire."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server import MockRunComfy, Settings
from mock_server.core.accounts import RateLimit
from mock_server.core.lifecycle import Status
from mock_server.service import View
from mock_server.web.answers import Renderer
from schemas.variants import Variants
from tests.inprocess import SUBMIT, client, submit
from tests.mock_server.core.request_maker import make_request
from tests.schemas.build import kling


def fake_with(
    pace: str = "instant", settings: Settings | None = None, **variants: str
) -> tuple[MockRunComfy, httpx.Client]:
    fake = MockRunComfy(pace=pace, variants=variants, settings=settings)
    return fake, client(fake)


@pytest.mark.parametrize(
    ("base", "outputs"),
    [
        ("https://model-api.runcomfy.net", "https://playgrounds-storage-public.runcomfy.net"),
        ("https://MODEL-API-INT.runcomfy.net:443", "https://playgrounds-storage-public.runcomfy.net"),
        ("https://runcomfy.com", "https://playgrounds-storage-public.runcomfy.net"),
        *(
            (base, base)
            for base in (
                "http://model-api.runcomfy.net",
                "https://model-api.runcomfy.net:8443",
                "https://model-api.runcomfy.net/below",
                "https://notruncomfy.net",
                "http://127.0.0.1:8787",
            )
        ),
    ],
)
def test_outputs_are_on_the_vendors_other_host_if_the_call_came_to_the_vendors(base: str, outputs: str) -> None:
    view = View(make_request(), Status.COMPLETED, None, 1.0)
    for base_url, wanted in ((None, outputs), ("https://media.example.com", "https://media.example.com")):
        answer = Renderer(Variants(), base_url).result(view, kling(), base, include_cost=False)
        assert orjson.loads(answer.body)["output"]["video"] == f"{wanted}/media/request-an-account-1/0.mp4"


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("token", r"[A-Za-z0-9_-]{22}"),
        ("longest", r"[A-Za-z0-9_-]{128}"),
    ],
)
def test_request_id_format(form: str, pattern: str) -> None:
    _, caller = fake_with(request_id_format=form)
    urls = submit(caller)
    assert re.fullmatch(pattern, urls["request_id"])
    assert caller.get(urls["status_url"]).status_code == 200


@pytest.mark.parametrize("base", [0, 1])
def test_queue_position_base(base: int) -> None:
    _, caller = fake_with("manual", queue_position_base=str(base))
    positions = [caller.get(submit(caller)["status_url"]).json()["queue_position"] for _ in range(2)]
    assert positions == [base, base + 1]


@pytest.mark.parametrize("word", ["succeeded", "completed"])
def test_result_success_word(word: str) -> None:
    _, caller = fake_with(result_success_word=word)
    urls = submit(caller)
    assert caller.get(urls["result_url"]).json()["status"] == word
    assert caller.get(urls["status_url"]).json()["status"] == "completed"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("object", {"error_code": 500001, "error_message": "the generation failed"}),
        ("string", "the generation failed"),
    ],
)
def test_failure_error(form: str, error: object) -> None:
    fake, caller = fake_with("manual", failure_error=form)
    urls = submit(caller)
    fake.move(urls["request_id"], "failed")
    assert caller.get(urls["result_url"]).json()["error"] == error


@pytest.mark.parametrize(
    ("form", "ending"),
    [("z", r"\.\d{3}Z"), ("offset", r"\.\d{3}\+00:00"), ("naive", r"\.\d{6}")],
)
def test_timestamps(form: str, ending: str) -> None:
    fake, caller = fake_with(timestamps=form)
    result = caller.get(submit(caller)["result_url"]).json()
    for name in ("created_at", "finished_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d" + ending, result[name])
        moment = datetime.fromisoformat(result[name])
        assert (moment.tzinfo is None) == (form == "naive")
        aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.now().astimezone().tzinfo)
        assert form == "naive" or abs(aware.timestamp() - fake.clock.now()) < 60


@pytest.mark.parametrize(("form", "has"), [("absent", False), ("null", True)])
def test_finished_at_before_the_end(form: str, *, has: bool) -> None:
    _, caller = fake_with("manual", finished_at_before_end=form)
    result = caller.get(submit(caller)["result_url"]).json()
    assert ("finished_at" in result) is has
    assert result.get("finished_at") is None


@pytest.mark.parametrize(("form", "cost"), [("zero", 0), ("absent", None)])
def test_unbilled_cost(form: str, cost: float | None) -> None:
    _, caller = fake_with("manual", unbilled_cost=form)
    urls = submit(caller)
    caller.post(urls["cancel_url"])
    assert caller.get(urls["result_url"], params={"include_cost": "1"}).json().get("cost") == cost


def test_result_echo() -> None:
    _, caller = fake_with(result_echo="present")
    result = caller.get(submit(caller, duration=7)["result_url"]).json()
    assert result["input"] == {"prompt": "a paper boat", "duration": 7}
    assert result["model_id"] == SUBMIT.removeprefix("/v1/models/")
    _, caller = fake_with(result_echo="absent")
    assert not {"input", "model_id"} & caller.get(submit(caller)["result_url"]).json().keys()


def test_categories_form() -> None:
    _, caller = fake_with(categories_form="objects")
    answer = caller.get("/v1/models/categories").json()
    assert answer == {"categories": [{"category": "text-to-video", "count": 1}]}


def test_record_output_schema_and_base_price() -> None:
    _, caller = fake_with(record_output_schema="absent", base_price="defaults")
    record = caller.get(SUBMIT).json()
    assert "output_schema" not in record
    assert record["base_price_usd"] == 0.168


@pytest.mark.parametrize("status", [401, 400])
def test_auth_status(status: int) -> None:
    fake, _ = fake_with(auth_status=str(status))
    answer = client(fake, token=None).get("/v1/models")
    assert (answer.status_code, answer.json()["error_code"]) == (status, 400004)


@pytest.mark.parametrize("status", [400, 402])
def test_balance_status(status: int) -> None:
    _, caller = fake_with(settings=Settings(balance_usd=0.1), balance_status=str(status))
    answer = caller.post(SUBMIT, json={"prompt": "x"})
    assert (answer.status_code, answer.json()["error_code"]) == (status, 400002)


@pytest.mark.parametrize(("variant", "code"), [("422001", 422001), ("422000", 422000), ("absent", None)])
def test_validation_code(variant: str, code: int | None) -> None:
    _, caller = fake_with(validation_code=variant)
    answer = caller.post(SUBMIT, json={})
    assert (answer.status_code, answer.json().get("error_code")) == (422, code)


def test_validation_detail() -> None:
    payload = {"prompt": "x", "multi_prompt": [{"duration": 99}], "duration": 15}

    def detail(form: str) -> object:
        _, caller = fake_with(validation_detail=form)
        return caller.post(SUBMIT, json=payload).json()["detail"]

    finding = {
        "pointer": "/multi_prompt/0/duration",
        "keyword": "maximum",
        "limit": 15,
        "value": "99",
        "message": "must be at most 15",
        "title": "Duration",
    }
    found = detail("findings")
    assert isinstance(found, list)
    assert finding in found
    assert [each["keyword"] for each in found] == ["maximum", "multi-prompt-durations"]
    listed = detail("fastapi")
    assert isinstance(listed, list)
    assert listed[0] == {
        "loc": ["body", "multi_prompt", "0", "duration"],
        "msg": "must be at most 15",
        "type": "maximum",
    }
    text = detail("text")
    assert isinstance(text, str)
    assert text.startswith("/multi_prompt/0/duration: must be at most 15; /multi_prompt: ")


@pytest.mark.parametrize("key", ["error_message", "message", "error"])
def test_error_text_key(key: str) -> None:
    _, caller = fake_with(error_text_key=key)
    assert "model_id" in caller.post("/v1/models/no/such").json()[key]


@pytest.mark.parametrize("code", [429001, 429000])
def test_rate_limit_code(code: int) -> None:
    _, caller = fake_with(settings=Settings(rate_limit=RateLimit(1, 60)), rate_limit_code=str(code))
    caller.get("/v1/models")
    assert caller.get("/v1/models").json()["error_code"] == code


def test_internal_code(monkeypatch: pytest.MonkeyPatch) -> None:
    _, caller = fake_with(internal_code="500000")
    monkeypatch.setattr("mock_server.service.Service.read", None)
    assert caller.get("/v1/requests/x/status").json()["error_code"] == 500000


def test_undocumented_errors() -> None:
    settings = Settings(max_body_bytes=5)
    variants = {"malformed_body_status": "400", "media_type_status": "422", "too_large_status": "400"}
    _, caller = fake_with(settings=settings, undocumented_code_suffix="000", **variants)
    assert caller.get("/nowhere").json()["error_code"] == 404000
    assert caller.put("/v1/models").json()["error_code"] == 405000
    answer = caller.post(SUBMIT, json={"prompt": "x"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, 400000)
    answer = caller.post(SUBMIT, content=b"[]", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, 400000)
    answer = caller.post(SUBMIT, content=b"[]")
    assert (answer.status_code, answer.json()["error_code"]) == (422, 422001)


def test_unknown_properties() -> None:
    fake, caller = fake_with()
    answer = caller.post(SUBMIT, json={"prompt": "x", "sond": 1, "multi_prompt": [{"duration": 5, "promt": "y"}]})
    assert answer.status_code == 200
    assert answer.headers["x-runcomfy-mock-unknown-properties"] == "2"
    assert fake.journal[0].unknown == ("/sond", "/multi_prompt/0/promt")
    assert "x-runcomfy-mock-unknown-properties" not in caller.post(SUBMIT, json={"prompt": "x"}).headers
    for strict in (MockRunComfy(strict=True), MockRunComfy(variants={"unknown_properties": "refused"})):
        answer = client(strict).post(SUBMIT, json={"prompt": "x", "sond": 1})
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["pointer"] == "/sond"


def test_omitted_durations() -> None:
    payload = {"prompt": "x", "multi_prompt": [{"prompt": "y"}, {"prompt": "z"}]}
    _, caller = fake_with(omitted_durations="default")
    assert caller.post(SUBMIT, json=payload).status_code == 422
    assert caller.post(SUBMIT, json=payload | {"duration": 10}).status_code == 200
    _, caller = fake_with(omitted_durations="skip")
    assert caller.post(SUBMIT, json=payload).status_code == 200


def test_retention() -> None:
    for retention, hours, status in (("day", 23.9, 200), ("day", 24.1, 404), ("week", 24.1, 200), ("never", 9999, 200)):
        fake, caller = fake_with(retention=retention)
        fake.clock.freeze()
        urls = submit(caller)
        fake.clock.advance(hours * 3600)
        assert caller.get(urls["result_url"]).status_code == status


@settings(deadline=None)
@given(st.integers(0, 4_000_000_000_000_000).map(lambda microseconds: microseconds / 1e6))
def test_every_form_of_a_timestamp_tells_the_same_moment_and_none_is_rounded_up(seconds: float) -> None:
    exact = datetime.fromtimestamp(seconds, UTC)
    written = {
        form: Renderer(Variants().with_({"timestamps": form}), None)._time(seconds) for form in ("z", "offset", "naive")
    }
    assert datetime.fromisoformat(written["naive"]).replace(tzinfo=UTC) == exact
    for form in ("z", "offset"):
        moment = datetime.fromisoformat(written[form])
        assert exact - timedelta(milliseconds=1) < moment <= exact
    assert len(written["z"]) == len("2026-01-01T00:00:00.000Z")


@pytest.mark.parametrize("suffix", ["001", "000"])
def test_a_code_of_our_own_is_never_one_that_means_something_else(suffix: str) -> None:
    _, caller = fake_with(undocumented_code_suffix=suffix, malformed_body_status="400", too_large_status="400")
    for answer in (
        caller.get("/nowhere"),
        caller.post(SUBMIT, content=b"[]", headers={"Content-Type": "application/json"}),
        caller.get("/__mock__/health", headers={"Origin": "http://evil.com"}),
    ):
        assert answer.json()["error_code"] == answer.status_code * 1000
    assert caller.delete("/v1/models").json()["error_code"] == int(f"405{suffix}")
