"""No token in the journal, wherever its sender put it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core import redaction
from mock_server.core.entry import LONGEST_NAME, LONGEST_PAYLOAD, Entry
from mock_server.core.redaction import REDACTED, SHORTEST_SECRET, redact, secrets, without
from schemas.findings import Finding
from schemas.pointers import split
from tests.mock_server.core.entry_maker import make_entry, submit_entry
from tests.mock_server.core.model_maker import make_model

MODEL = make_model(
    {
        "prompt": {"type": "string", "maxLength": 3},
        "size": {"enum": ["small", "large"]},
        "mask": {"anyOf": [{"type": "integer"}, {"type": "boolean"}]},
    }
)

# What a bearer token may be made of (RFC 6750, section 2.1).
LETTERS = "ABCxyz0123456789"
PLAIN_TOKENS = st.text(st.sampled_from(LETTERS + "-._"), min_size=SHORTEST_SECRET, max_size=60)
TOKENS = st.text(st.sampled_from(LETTERS + "-._~+/"), min_size=SHORTEST_SECRET, max_size=120)


def clean(entry: Entry, token: str) -> None:
    """Redact as the recorder does, the token sent as it is due."""
    redact(entry, secrets(b"Bearer " + token.encode()))


def payloads(token: str) -> list[dict[str, Any]]:
    """Return payloads with a token in every place that a payload has."""
    return [
        {"prompt": token},
        {"size": token},
        {"mask": token},
        {token: 1},
        {token: {"prompt": token}},
        {"prompt": f"curl -H 'Authorization: Bearer {token}'", "unknown": [token, {"deep": token}]},
        {"prompt": 5, "also": {token: token}},
    ]


def texts(entry: Entry) -> Iterator[str]:
    """Yield every text of an entry as a reader would understand it."""
    yield from (entry.path, entry.request_id or "", entry.model_id or "")
    if entry.payload is not None:
        yield entry.payload.decode()
        yield json.dumps(json.loads(entry.payload), ensure_ascii=False)
    for pointer in (*entry.unknown, *(finding.pointer for finding in entry.findings)):
        yield pointer
        yield from split(pointer)
    for finding in entry.findings:
        yield from (finding.value, finding.message, str(finding.limit))


def assert_redacted(entry: Entry, token: str) -> None:
    told = [text for text in texts(entry) if token[: SHORTEST_SECRET + 4] in text]
    assert told == []
    if entry.payload is not None:
        assert REDACTED in entry.payload.decode()


@settings(deadline=None)
@given(PLAIN_TOKENS)
def test_a_token_in_a_payload_is_taken_out_of_all_that_is_said_of_it(token: str) -> None:
    for payload in payloads(token):
        entry = submit_entry(MODEL, payload)
        assert entry.findings or entry.unknown
        clean(entry, token)
        assert_redacted(entry, token)


@settings(deadline=None)
@given(TOKENS)
def test_a_token_of_any_form_is_taken_out(token: str) -> None:
    for payload in payloads(token):
        entry = submit_entry(MODEL, payload)
        clean(entry, token)
        assert_redacted(entry, token)


@pytest.mark.parametrize(
    ("plain", "written"), [("/", "\\/"), ("A", "\\u0041"), ("z", "\\u007A")], ids=["slash", "capital", "small"]
)
def test_a_token_that_is_written_with_escapes_is_taken_out(plain: str, written: str) -> None:
    token = "secret/Az/token"
    for payload in payloads(token):
        entry = submit_entry(MODEL, payload, json.dumps(payload).replace(plain, written).encode())
        assert entry.payload is not None
        assert json.loads(entry.payload) == payload
        clean(entry, token)
        assert_redacted(entry, token)


@pytest.mark.parametrize(
    "raw",
    [
        r'{"prompt": "secret\/Az\/token"',
        r'{"prompt": "secret\/Az\/token", "seed": NaN}',
        r'{"prompt": "secret\/Az\/token", "prompt": "x"}',
        r'["\ud800", "secret\/Az\/token"]',
    ],
    ids=["cut off", "no JSON", "given twice", "half a character"],
)
def test_escapes_do_not_hide_a_token_in_a_body_that_is_refused(raw: str) -> None:
    entry = make_entry(payload=raw.encode())
    clean(entry, "secret/Az/token")
    assert entry.payload is not None
    assert b"token" not in entry.payload.replace(REDACTED.encode(), b"")


@settings(deadline=None)
@given(TOKENS)
def test_a_token_in_a_path_is_taken_out_of_the_ids_too(token: str) -> None:
    entry = make_entry(f"/v1/requests/{token}/status", request_id=token)
    clean(entry, token)
    assert_redacted(entry, token)
    assert (entry.path, entry.request_id) == (f"/v1/requests/{REDACTED}/status", REDACTED)
    entry = make_entry(f"/v1/models/a/{token}", model_id=f"a/{token}")
    clean(entry, token)
    assert_redacted(entry, token)
    assert entry.model_id == f"a/{REDACTED}"


def test_a_token_longer_than_what_is_quoted_of_it_is_taken_out() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9." + "abcdefghij" * 40
    for payload in payloads(token):
        entry = submit_entry(MODEL, payload)
        clean(entry, token)
        assert_redacted(entry, token)


def test_an_entry_without_the_token_is_left_as_it_is() -> None:
    entry = submit_entry(MODEL, {"prompt": "too long", "unknown": 1})
    before = repr(entry)
    clean(entry, "another-token")
    assert repr(entry) == before


@pytest.mark.parametrize("secret", ["", "a", "prompt", "x" * (SHORTEST_SECRET - 1)])
def test_a_word_too_short_to_be_a_secret_is_left(secret: str) -> None:
    entry = make_entry(f"/v1/{secret}", payload=f'{{"prompt": "{secret}"}}'.encode())
    before = repr(entry)
    clean(entry, secret)
    assert repr(entry) == before


def test_the_shortest_secret_is_taken_out() -> None:
    secret = "x" * SHORTEST_SECRET
    entry = make_entry(f"/v1/{secret}", payload=secret.encode())
    clean(entry, secret)
    assert (entry.path, entry.payload) == (f"/v1/{REDACTED}", REDACTED.encode())


def test_a_token_is_taken_out_before_what_it_stands_in_is_cut() -> None:
    token = "a-secret-token"
    path = "/v1/models/" + "x" * (LONGEST_NAME - 16) + token
    entry = make_entry(path, model_id=path[11:], payload=b"x" * (LONGEST_PAYLOAD - 5) + token.encode())
    clean(entry, token)
    entry.cut()
    assert [
        text for text in (entry.path, entry.model_id, str(entry.payload)) if text is None or token[:5] in text
    ] == []


@pytest.mark.parametrize(
    "header",
    [
        "Bearer {}",
        "bearer   {} \t",
        "Bearer\t{}",
        'Bearer "{}"',
        "Bearer '{}'",
        "Bearer {}, Basic abc",
        "Basic {}",
        "{}",
        "Token token={} {}",
        "Bearer first-part {}",
    ],
)
@pytest.mark.parametrize("token", ["planted-secret-123", "tökén-secret-123"])
def test_a_token_is_known_however_its_header_is_written(header: str, token: str) -> None:
    for encoding in ("utf-8", "latin-1"):
        entry = submit_entry(MODEL, {"prompt": token, token: 1})
        entry.path = f"/v1/models/a/{token}"
        redact(entry, secrets(header.format(token, token).encode(encoding)))
        assert [text for text in texts(entry) if token in text] == []


def test_a_token_with_a_space_in_it_is_known_as_a_whole_and_in_its_parts() -> None:
    assert set(secrets(b"Bearer first-part second-part")) == {"first-part second-part", "first-part", "second-part"}


def test_a_finding_that_quotes_what_is_no_payload_is_redacted_too() -> None:
    token = "planted-secret-123"
    finding = Finding("/limit", "type", "integer", f'"{token}"', f"must be a whole number, not {token}")
    entry = make_entry("/v1/models", findings=(finding, Finding("/offset", "minimum", 0, "-1", "must be at least 0")))
    clean(entry, token)
    assert entry.findings[0] == Finding("/limit", "type", "integer", REDACTED, REDACTED)
    assert entry.findings[1].value == "-1"


@settings(deadline=None)
@given(
    before=st.integers(0, 40),
    repeats=st.integers(0, 600),
    token=TOKENS,
    spelling=st.sampled_from(["plain", "escaped", "mixed"]),
)
def test_no_part_of_a_token_is_left_where_a_long_payload_is_cut(
    before: int, repeats: int, token: str, spelling: str
) -> None:
    """However many tokens shrink before it, the one that stands where the payload is cut leaves nothing behind."""
    spelt = "".join(
        f"\\u{ord(letter):04x}" if spelling == "escaped" or (spelling == "mixed" and index % 2) else letter
        for index, letter in enumerate(token)
    )
    text = '{"p": "' + spelt * repeats
    filler = "." * max(0, LONGEST_PAYLOAD - len(text) - before)
    entry = make_entry(payload=(text + filler + spelt * 12 + "." * 5_000).encode())
    clean(entry, token)
    assert entry.payload is not None
    assert len(entry.payload) <= LONGEST_PAYLOAD
    left = entry.payload.decode()
    for start in range(len(token) - SHORTEST_SECRET + 1):
        part = token[start : start + SHORTEST_SECRET]
        assert part not in left
        assert "".join(f"\\u{ord(letter):04x}" for letter in part) not in left


def test_of_a_vast_payload_no_more_than_its_beginning_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    original = redaction._without_secret

    def watched(payload: bytes, secret: str) -> bytes:
        looked_at.append(len(payload))
        return original(payload, secret)

    monkeypatch.setattr(redaction, "_without_secret", watched)
    token = "planted-secret-123"
    entry = make_entry(payload=b'{"p": "' + b"\\/" * 1_000_000 + b'"}')
    clean(entry, token)
    assert looked_at == [LONGEST_PAYLOAD + 6 * len(token)]
    assert entry.payload is not None
    assert len(entry.payload) <= LONGEST_PAYLOAD


def test_a_token_of_digits_is_taken_out_of_a_limit_that_quotes_the_payload() -> None:
    token = "1234567890"
    finding = Finding("/multi_prompt", "multi-prompt-durations", 1234567890, "7", "they add up to 7, not 1234567890")
    entry = make_entry(findings=(finding,))
    clean(entry, token)
    assert token not in repr(entry)


def test_of_two_tokens_of_which_one_begins_the_other_nothing_is_left() -> None:
    for found in (["planted-secret", "planted-secret-and-more"], ["planted-secret-and-more", "planted-secret"]):
        entry = make_entry("/v1/models/planted-secret-and-more", payload=b'{"p": "planted-secret-and-more"}')
        redact(entry, found)
        assert (entry.path, entry.payload) == (f"/v1/models/{REDACTED}", b'{"p": "<token>"}')


@pytest.mark.parametrize(("size", "is_cut"), [(0, False), (LONGEST_PAYLOAD, False), (LONGEST_PAYLOAD + 1, True)])
def test_a_payload_that_is_cut_is_marked(size: int, is_cut: bool) -> None:  # noqa: FBT001
    entry = make_entry(payload=bytes(size))
    redact(entry, [])
    assert entry.payload_cut is is_cut


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_secret_that_begins_with_another_no_part_is_left(order: int) -> None:
    found = ["secret-one", "secret-one-and-more"][::order]
    assert without(b'{"a": "secret-one-and-more", "b": "secret-one"}', found) == b'{"a": "<token>", "b": "<token>"}'
