from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mock_server.core.outputs import MEDIA_FILES, output
from schemas import catalog
from schemas.model import Model
from schemas.outputs import COUNTS, MOST_OUTPUTS
from schemas.pricing import cost
from tests.mock_server.core.model_maker import make_model

KLING = catalog.load()["kling/kling-3.0/pro/text-to-video"]

URI = {"type": "string", "format": "uri"}
URIS = {"type": "array", "items": URI}

COUNT = {"num_images": {"type": "integer", "minimum": 1, "default": 1}}


def address(name: str) -> str:
    return f"https://media.example.com/{name}"


def put_out(model: Model, **payload: Any) -> dict[str, Any]:
    return output(model, payload, address)


def declares(**names: Any) -> dict[str, Any]:
    """Write an output schema as the pages do: a map of properties, without a type at its root."""
    return {"output": {"type": "object", "properties": names}}


def test_the_seed_model_puts_out_one_video() -> None:
    assert put_out(KLING, prompt="a lake") == {"video": address("0.mp4")}
    assert put_out(KLING, prompt="a lake", num_videos=3) == {"video": address("0.mp4")}


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("text-to-image", {"images": [address("0.png")]}),
        ("image-to-image", {"images": [address("0.png")]}),
        ("text-to-video", {"video": address("0.mp4")}),
        ("image-to-video", {"video": address("0.mp4")}),
        ("video-to-video", {"video": address("0.mp4")}),
        ("text-to-audio", {"audio": address("0.wav")}),
        ("video-to-audio", {"audio": address("0.wav")}),
        ("text-to-speech", {"audio": address("0.wav")}),
        ("text-to-music", {"audio": address("0.wav")}),
    ],
)
def test_a_model_without_an_output_schema_follows_its_category(category: str, expected: dict[str, Any]) -> None:
    assert put_out(make_model(categories=(category,))) == expected


def test_a_model_that_says_nothing_of_its_kind_puts_out_images() -> None:
    assert put_out(make_model(model_id="a/b", categories=("tools",))) == {"images": [address("0.png")]}


def test_the_schema_tells_the_kind_where_no_category_does() -> None:
    model = make_model(model_id="a/b", output=declares(audio=URI, seed={"type": "integer"}))
    assert put_out(model) == {"audio": address("0.wav")}


def test_a_video_model_of_which_only_the_schemas_are_known_puts_out_a_video() -> None:
    # The pages declare the same four names for every kind of model, so that they tell nothing.
    model = make_model(model_id="a/b/text-to-video", output=declares(image=URI, video=URI, images=URIS, videos=URIS))
    assert put_out(model) == {"video": address("0.mp4")}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"image": URI, "video": URI, "images": URIS, "videos": URIS}, {"images": 3}),
        ({"images": URIS}, {"images": 3}),
        ({"image": URI}, {"image": 1}),
    ],
)
def test_an_image_model_puts_out_as_many_as_asked_for_where_its_schema_has_room(
    names: dict[str, Any], expected: dict[str, int]
) -> None:
    model = make_model(COUNT, categories=("text-to-image",), output=declares(**names))
    found = put_out(model, num_images=3)
    assert found.keys() == expected.keys()
    urls = [address(f"{index}.png") for index in range(3)]
    assert found in ({"images": urls}, {"image": urls[0]})


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_other_media_come_alone_unless_the_schema_has_only_a_list(kind: str) -> None:
    suffix = MEDIA_FILES[kind].rpartition(".")[2]
    alone = {kind: address(f"0.{suffix}")}
    listed = {f"{kind}s": [address(f"0.{suffix}"), address(f"1.{suffix}")]}
    category = (f"text-to-{kind}",)
    both = make_model(categories=category, output=declares(**{kind: URI, f"{kind}s": URIS}))
    assert put_out(both, n=2) == alone
    only_list = make_model({"n": {"type": "integer"}}, categories=category, output=declares(**{f"{kind}s": URIS}))
    assert put_out(only_list, n=2) == listed


def test_the_default_of_a_count_counts() -> None:
    model = make_model({"num_images": {"type": "integer", "default": 4}}, categories=("text-to-image",))
    assert len(put_out(model)["images"]) == 4
    assert len(put_out(model, num_images=2)["images"]) == 2


@pytest.mark.parametrize("count", [0, -1, -(10**18), "0"])
def test_there_is_always_at_least_one(count: object) -> None:
    model = make_model(COUNT, categories=("text-to-image",))
    assert len(put_out(model, num_images=count)["images"]) == 1


@pytest.mark.parametrize("count", [101, 10_000, "999999"], ids=str)
def test_large_counts_are_bounded(count: object) -> None:
    model = make_model(COUNT, categories=("text-to-image",))
    assert len(put_out(model, num_images=count)["images"]) == MOST_OUTPUTS


@pytest.mark.parametrize(
    "count", [10**18, 1e308, -1e308, "9" * 5_000, "-" + "9" * 5_000, "nan", "inf"], ids=lambda count: str(count)[:12]
)
def test_absurd_counts_do_no_harm(count: object) -> None:
    model = make_model(COUNT, categories=("text-to-image",))
    assert 1 <= len(put_out(model, num_images=count)["images"]) <= MOST_OUTPUTS


@pytest.mark.parametrize("count", [None, True, [], {}, "many", "", "-3", "1.5"])
def test_a_count_that_is_no_number_is_one(count: object) -> None:
    model = make_model({"num_images": {}}, categories=("text-to-image",))
    assert len(put_out(model, num_images=count)["images"]) == 1


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("names", [{"images": URIS}, {"image": URI}, {"image": URI, "images": URIS}])
@pytest.mark.parametrize("asked", [None, 0, 3, 10**30])
def test_what_is_paid_for_is_what_is_put_out(name: str, names: dict[str, Any], asked: int | None) -> None:
    model = make_model(
        {name: {"type": "integer", "default": 4}},
        categories=("text-to-image",),
        output=declares(**names),
        price=0.25,
    )
    payload = {} if asked is None else {name: asked}
    (found,) = put_out(model, **payload).values()
    assert cost(model, payload) == 0.25 * (len(found) if isinstance(found, list) else 1)


def test_whatever_else_the_schema_requires_is_filled() -> None:
    names = {
        "video": URI,
        "seed": {"type": "integer", "minimum": 7},
        "note": {"type": "string"},
        "kind": {"enum": ["a"]},
    }
    schema = {"output": {"type": "object", "properties": names, "required": ["video", "seed", "kind"]}}
    model = make_model(categories=("text-to-video",), output=schema)
    assert put_out(model) == {"video": address("0.mp4"), "seed": 7, "kind": "a"}


def test_an_output_schema_without_the_wrapping_name_is_understood() -> None:
    schema = {"type": "object", "properties": {"video": URI}, "required": ["video"]}
    assert put_out(make_model(output=schema)) == {"video": address("0.mp4")}


def test_a_schema_without_a_name_for_the_kind_gets_what_it_requires_and_no_name_of_our_own() -> None:
    names = {"mesh": URI, "seed": {"type": "integer"}}
    schema = {"type": "object", "properties": names, "required": ["seed"]}
    assert put_out(make_model(categories=("image-to-3d",), output=schema)) == {"seed": 0}


KINDS = st.sampled_from(["image", "video", "audio"])


@settings(deadline=None)
@given(
    kind=KINDS,
    forms=st.sets(st.sampled_from(["", "s"]), min_size=1),
    other=st.none() | KINDS,
    extra=st.sets(st.sampled_from(["seed", "note", "size", "tags"])),
    count=st.integers(-1, 2_000),
)
def test_every_output_is_what_the_schema_says(
    kind: str, forms: set[str], other: str | None, extra: set[str], count: int
) -> None:
    kinds: dict[str, Any] = {
        "seed": {"type": "integer", "minimum": 3},
        "note": {"type": "string", "minLength": 6},
        "size": {"type": "object", "properties": {"w": {"type": "number"}}, "required": ["w"]},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 2},
    }
    names = {f"{kind}{form}": URIS if form else URI for form in forms}
    required = [*names, *extra]
    if other is not None:
        names |= {other: URI, f"{other}s": URIS}
    schema = {"type": "object", "properties": names | kinds, "required": required}
    model = make_model(COUNT, categories=(f"text-to-{kind}",), output={"output": schema})
    found = put_out(model, num_images=count)
    Draft202012Validator(schema | {"additionalProperties": False}).validate(found)
    urls = [found.get(kind), *found.get(f"{kind}s", [])]
    assert address(f"0.{MEDIA_FILES[kind].rpartition('.')[2]}") in urls
