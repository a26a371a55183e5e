from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.accounts import RateLimit
from mock_server.core.clock import FASTEST
from mock_server.core.pacing import Pace, instant, polls
from mock_server.service import Service
from mock_server.settings import MIB, Settings, SettingsError
from mock_server.settings_table import SPECS, Spec, from_texts
from mock_server.trouble.magic import Magic
from schemas import catalog
from schemas.variants import CHOICES, Variants

BY_NAME = {spec.name: spec for spec in SPECS}
SWITCHES = [spec for spec in SPECS if spec.parse is None]

each_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

GOOD: list[tuple[str, object, object]] = [
    ("pace", "instant", instant()),
    ("pace", "polls:2,3", polls(2, 3)),
    ("speed", "2.5", 2.5),
    ("speed", f"{FASTEST:g}", FASTEST),
    *(("frozen_at", text, NEW_YEAR) for text in ("2026-01-01T00:00:00Z", "2026-01-01", "2026-01-01T01:00+01:00")),
    ("slots", "1", 1),
    ("slots", "12", 12),
    ("tokens", ("one", "two words"), ("one", "two words")),
    ("strict", True, True),
    ("strict", False, False),
    ("seed", "0", 0),
    ("seed", "20251231", 20251231),
    ("schemas", ("a", "b/c"), (Path("a"), Path("b/c"))),
    ("lenient_schemas", True, True),
    ("variants", ("retention=day",), Variants(retention="day")),
    ("variants", ("retention=day", "retention=week", "auth_status=400"), Variants(retention="week", auth_status="400")),
    ("balance_usd", "0.01", 0.01),
    ("balance_usd", "100", 100.0),
    ("rate_limit", "10/60", RateLimit(10, 60.0)),
    ("rate_limit", "1/0.5", RateLimit(1, 0.5)),
    ("scenario", ("a.toml", "b c.json"), (Path("a.toml"), Path("b c.json"))),
    *(("magic", each.value, each) for each in Magic),
    ("output_base_url", "https://media.example.com", "https://media.example.com"),
    ("output_base_url", "http://[::1]:8080/base/", "http://[::1]:8080/base"),
    ("control_token", "s3cret", "s3cret"),
    ("max_requests", "1", 1),
    ("max_payload_bytes", "1", 1),
    ("max_body_bytes", "1048576", MIB),
    ("journal", "calls.ndjson", Path("calls.ndjson")),
    ("journal_bytes", "1", 1),
]

BAD: list[tuple[str, object]] = [
    *(("pace", text) for text in ("", "fast", "polls:1", "time:-1,2", "time:nan,1")),
    *(("frozen_at", text) for text in ("", "now", "0", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-01:00")),
    *(("speed", text) for text in ("", "0", "-1", "nan", "inf", "1e400", "fast", f"{FASTEST * 10:g}")),
    *(("slots", text) for text in ("", "0", "-1", "1.5", "--1", "-", "two", "\N{ARABIC-INDIC DIGIT TWO}", "9" * 5_000)),
    *(("tokens", (text,)) for text in ("", "  ", "\udcff", "a\nb")),
    *(("schemas", (text,)) for text in ("",)),
    *(("seed", text) for text in ("", "-1", "0x10", "1e3", "9" * 19)),
    *(("variants", (text,)) for text in ("", "retention", "retention=", "retention=year", "retentoin=day", "=day")),
    *(("balance_usd", text) for text in ("", "-0.01", "nan", "inf", "free")),
    *(("rate_limit", text) for text in ("", "10", "10/", "/60", "0/60", "-1/60", "1.5/60", "10/0", "10/x", "10/60/1")),
    *(("rate_limit", text) for text in ("1/1e300", "1/inf", "1/nan", "9" * 19 + "/1")),
    ("scenario", ("",)),
    *(("magic", text) for text in ("", "on", "tokens,prompts")),
    *(("output_base_url", text) for text in ("", "media.example.com", "ftp://a.example", "https://", "https:///path")),
    *(
        ("output_base_url", f"https://a.example{end}")
        for end in ("?q=1", "?", "#part", "#", ":port", "/a path", ":99999")
    ),
    ("output_base_url", "https://a.example/\udcff"),
    ("output_base_url", "https://[::1"),
    *(("control_token", text) for text in ("", "  ")),
    *(("max_requests", text) for text in ("", "0", "-5", "many")),
    *(("max_payload_bytes", text) for text in ("", "0", "1GiB")),
    *(("max_body_bytes", text) for text in ("", "0", "64MiB")),
    *(("journal", text) for text in ("", "a\0b")),
    *(("journal_bytes", text) for text in ("", "0", "1.0")),
]


def _id(value: object) -> str:
    return repr(value)[:40]


@pytest.mark.parametrize(("name", "given_text", "expected"), GOOD, ids=_id)
def test_a_good_text_becomes_its_value_and_leaves_the_others_alone(
    name: str, given_text: object, expected: object
) -> None:
    read = from_texts({name: given_text})
    assert getattr(read, name) == expected
    assert type(getattr(read, name)) is type(expected)
    assert dataclasses.replace(read, **{name: getattr(Settings(), name)}) == Settings()


@pytest.mark.parametrize(("name", "given_text"), BAD, ids=_id)
def test_a_bad_text_is_refused_by_the_name_of_its_option(name: str, given_text: object) -> None:
    with pytest.raises(SettingsError) as error:
        from_texts({name: given_text})
    text = str(error.value)
    assert text.startswith(f"{BY_NAME[name].flag}: ")
    assert len(text) > len(BY_NAME[name].flag) + 12


def test_every_setting_that_is_read_has_good_and_bad_texts_here() -> None:
    assert {name for name, _, _ in GOOD} == set(BY_NAME)
    assert {name for name, _ in BAD} == set(BY_NAME) - {spec.name for spec in SWITCHES}


def test_one_bad_text_among_many_good_ones_is_found() -> None:
    with pytest.raises(SettingsError, match=r"^--variant: .*retention"):
        from_texts({"variants": ("auth_status=400", "retention=x")})


@pytest.mark.parametrize("nothing", [None, (), []], ids=repr)
@each_spec
def test_what_was_not_given_has_its_default(spec: Spec, nothing: object) -> None:
    if nothing == [] and not spec.repeated:
        return
    assert from_texts({spec.name: nothing}) == Settings() == from_texts({})


def test_all_that_was_given_is_taken_together() -> None:
    latest: dict[str, Any] = {name: value for name, _, value in GOOD}
    texts = {name: text for name, text, _ in GOOD}
    assert from_texts(texts) == Settings(**latest)


def test_the_defaults_are_those_of_serve() -> None:
    plain = Settings()
    assert plain.pace == Pace.parse("time:2,4")
    assert (plain.speed, plain.slots, plain.tokens, plain.seed) == (1.0, None, (), None)
    assert plain.max_payload_bytes == 1024 * MIB
    assert (plain.max_requests, plain.max_body_bytes, plain.journal_bytes) == (100_000, 64 * MIB, 64 * MIB)
    assert plain.variants == Variants()


def test_strict_is_a_variant_by_another_name() -> None:
    assert Settings(strict=True).effective_variants == Variants(unknown_properties="refused")
    both = Settings(strict=True, variants=Variants(retention="day"))
    assert both.effective_variants == Variants(retention="day", unknown_properties="refused")
    chosen = Settings(variants=Variants(unknown_properties="refused"))
    assert chosen.effective_variants.unknown_properties == "refused"


def test_strict_and_its_opposite_are_not_both_taken() -> None:
    with pytest.raises(SettingsError, match="take one"):
        from_texts({"strict": True, "variants": ("unknown_properties=accepted",)})
    taken = from_texts({"strict": True, "variants": ("unknown_properties=refused", "retention=day")})
    assert taken.effective_variants == Variants(unknown_properties="refused", retention="day")


def test_each_variant_can_be_chosen() -> None:
    for name, values in CHOICES.items():
        for value in values:
            read = from_texts({"variants": (f"{name}={value}",)})
            assert read.variants.value(name) == value
            assert read.variants == Variants().with_({name: value})


def test_an_unknown_variant_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(SettingsError, match="did you mean retention"):
        from_texts({"variants": ("retentoin=day",)})


def test_secrets_are_not_in_what_a_traceback_shows() -> None:
    shown = repr(Settings(tokens=("a-planted-token",), control_token="another-planted-token", slots=7))
    assert "planted" not in shown
    assert "slots=7" in shown


def test_a_token_has_no_blanks_around_it() -> None:
    taken = Settings(tokens=(" one ",), control_token="\ttwo ")
    assert (taken.tokens, taken.control_token) == (("one",), "two")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().speed = 2.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("speed", speed) for speed in (0, -1.0, FASTEST * 2, float("nan"), float("inf"))),
        *(
            (name, number)
            for name in ("slots", "max_requests", "max_payload_bytes", "max_body_bytes", "journal_bytes")
            for number in (0, -1)
        ),
    ],
)
def test_what_python_code_gets_wrong_is_refused_by_its_name_too(name: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings(**{name: value})


TEXTS: dict[str, st.SearchStrategy[Any]] = {
    spec.name: st.booleans()
    if spec.parse is None
    else (st.lists(st.text(), max_size=3).map(tuple) if spec.repeated else st.text())
    for spec in SPECS
    if spec.name != "schemas"
}
LIKELY = st.sampled_from("0123456789.,:/-+eE_ \N{FULLWIDTH DIGIT ONE}infatimepolsunhpx=")


@settings(deadline=None, max_examples=100)
@given(st.fixed_dictionaries({}, optional=TEXTS | {"speed": st.text(LIKELY), "pace": st.text(LIKELY)}))
def test_any_texts_are_settings_that_work_or_an_error_that_says_which_is_wrong(texts: dict[str, Any]) -> None:
    try:
        read = from_texts(texts)
    except SettingsError as error:
        named = str(error).partition(": ")[0]
        assert named in {BY_NAME[name].flag for name in texts}
        return
    service = Service(read, catalog.Catalog([]), seed=read.seed or 0, now=lambda: 0.0)
    assert service.default_clock.speed == read.speed


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"pace": "instant"}, Settings(pace=Pace.parse("instant"))),
        ({"rate_limit": "3/10"}, Settings(rate_limit=RateLimit(3, 10))),
        ({"balance_usd": "5"}, Settings(balance_usd=5.0)),
        ({"variants": {"auth_status": 400}}, Settings(variants=Variants(auth_status="400"))),
        ({"tokens": "secret"}, Settings(tokens=("secret",))),
        ({"schemas": "a/folder"}, Settings(schemas=(Path("a/folder"),))),
        ({"schemas": ["a", Path("b")]}, Settings(schemas=(Path("a"), Path("b")))),
        ({"slots": "2"}, Settings(slots=2)),
    ],
)
def test_python_code_may_give_a_setting_as_its_text(given: dict[str, Any], expected: Settings) -> None:
    assert Settings(**given) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"pace": 5},
        {"seed": "x"},
        {"strict": "no"},
        {"variants": ["a=b"]},
        {"slots": True},
        {"tokens": 5},
        {"tokens": b"abc"},
        {"tokens": [None]},
        {"schemas": [5]},
        {"rate_limit": 3},
    ],
)
def test_what_is_of_another_kind_is_refused_by_name(given: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=f"^{next(iter(given))}: "):
        Settings(**given)
