"""Where a model's media stand, and of which kind they are; the whole ``output`` is tested with the fake's core."""

from __future__ import annotations

import pytest

from schemas.outputs import Place, kind_of, media_kind, place
from tests.mock_server.core.model_maker import make_model


@pytest.mark.parametrize(
    ("model_id", "kind"),
    [("a/text-to-video", "video"), ("a/video", "video"), ("a/speech-2", "audio"), ("a/text-to-image", "image")],
)
def test_a_model_without_categories_and_output_schema_follows_its_id(model_id: str, kind: str) -> None:
    assert media_kind(make_model(model_id=model_id)) == kind


@pytest.mark.parametrize(
    ("category", "names", "expected"),
    [
        ("text-to-image", None, Place("image", "images", is_list=True)),
        ("text-to-image", ("image",), Place("image", "image", is_list=False)),
        ("text-to-image", ("image", "images"), Place("image", "images", is_list=True)),
        ("text-to-video", None, Place("video", "video", is_list=False)),
        ("text-to-video", ("videos",), Place("video", "videos", is_list=True)),
        ("text-to-video", ("video", "videos", "image"), Place("video", "video", is_list=False)),
        ("text-to-speech", ("audio",), Place("audio", "audio", is_list=False)),
        ("text-to-video", ("mesh",), Place("video", None, is_list=False)),
    ],
)
def test_the_place_is_a_name_that_the_schema_offers(
    category: str, names: tuple[str, ...] | None, expected: Place
) -> None:
    output = None if names is None else {"type": "object", "properties": {name: {} for name in names}}
    assert place(make_model(categories=(category,), output=output)) == expected


@pytest.mark.parametrize(
    ("hint", "kind"),
    [("Text-To-Video", "video"), ("music", "audio"), ("images", "image"), ("image-to-3d", "image"), ("tools", None)],
)
def test_a_text_speaks_of_a_kind_or_of_none(hint: str, kind: str | None) -> None:
    assert kind_of(hint) == kind
