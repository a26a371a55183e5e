import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import Call, Exchange, Who
from contracts.model import Word
from contracts.server.judging.life import Life, Lives, request_id_of
from tests.contracts.server.scripted import ID, KLING, accepted, refused


def called(path: str, operation: str = "status") -> Exchange:
    return Exchange(Call(operation, "GET", path), None)


def lived(path: str = f"/v1/models/{KLING}", body: bytes | None = b"{}") -> Life:
    return Life(ID, Who.FIRST, Exchange(Call("submit", "POST", path, body=body), accepted()))


@pytest.mark.parametrize(
    ("path", "due"),
    [
        (f"/v1/requests/{ID}/status", ID),
        (f"/v1/requests/{ID}/result?include_cost=true", ID),
        ("/v1/requests/a%20b/cancel", "a b"),
        ("/v1/requests/%ff/cancel", "\N{REPLACEMENT CHARACTER}"),
        ("/v1/requests//status", ""),
        (f"/v1/requests/{ID}", None),
        (f"/v1/requests/{ID}/status/more", None),
        (f"/v1/requests/a/{ID}/status", None),
        ("/v1/models", None),
    ],
)
def test_the_id_stands_in_the_path(path: str, due: str | None) -> None:
    assert request_id_of(called(path)) == due


@given(st.text())
def test_any_path_has_an_id_or_none(path: str) -> None:
    assert request_id_of(called(path)) is None or "/v1/requests/" in path


@pytest.mark.parametrize(
    "path", [f"/v1/models/{KLING}", f"/v1/models/{KLING}?a=1", "/v1/models/kling%2Fkling-3.0/pro/text-to-video"]
)
def test_the_model_stands_in_the_path_of_the_submit(path: str) -> None:
    assert lived(path).model_id == KLING


@pytest.mark.parametrize(
    ("body", "due"),
    [
        (b'{"prompt": "x"}', {"prompt": "x"}),
        (b"[1]", [1]),
        (None, None),
        (b"", None),
        (b"{", None),
        (b"\xff", None),
        (b"[" * 5000, None),
    ],
)
def test_the_payload_is_what_was_submitted_if_it_was_json(body: bytes | None, due: object) -> None:
    assert lived(body=body).payload == due


@pytest.mark.parametrize("word", [None, *Word])
def test_over_is_what_was_seen_to_be_over(word: Word | None) -> None:
    life = lived()
    life.word = word
    assert life.is_over is (word in (Word.COMPLETED, Word.CANCELLED))


def test_a_life_is_found_by_any_call_that_is_about_it() -> None:
    lives, life = Lives(), lived()
    lives.add(life)
    assert list(lives) == [life]
    assert lives.of(life.submitted) is life
    assert lives.of(called(f"/v1/requests/{ID}/cancel")) is life
    assert lives.of(called("/v1/requests/other/cancel")) is None
    assert lives.of(Exchange(life.submitted.call, None)) is None
    assert lives.of(Exchange(life.submitted.call, refused(422))) is None


@pytest.mark.parametrize("request_id", [None, 7, [], {}, True])
def test_what_is_no_id_is_of_nobody(request_id: object) -> None:
    assert Lives().get(request_id) is None
