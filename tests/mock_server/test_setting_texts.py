"""How the texts of settings are read, and what is said of those that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_server import setting_texts as texts


@pytest.mark.parametrize(
    ("read", "text", "told"),
    [
        (texts.whole(1), "0", "a whole number, 1 or more"),
        (texts.whole(0), "1.5", "a whole number, 0 or more"),
        (texts.not_negative, "-1", "a number, 0 or more"),
        (texts.not_negative, "inf", "a number, 0 or more"),
        (texts.speed, "0", "more than 0 and at most 1e"),
        (texts.speed, "-1", "more than 0 and at most 1e"),
        (texts.speed, "inf", "more than 0 and at most 1e"),
        (texts.speed, "fast", "more than 0 and at most 1e"),
        (texts.rate, "3/10s", "CALLS/SECONDS, two numbers above 0 such as 10/60"),
        (texts.rate, "3", "CALLS/SECONDS"),
        (texts.base_url, "x", "a URL without query and fragment, such as https://"),
        (texts.token, " ", "a token, not an empty text"),
        (texts.token, "a\0b", "characters that can be printed"),
        (texts.paths, "", "a path"),
        (texts.variant, "timestamps", "NAME=VALUE such as timestamps=naive"),
        (texts.variant, "timestamps=x", "allowed are z, offset, naive"),
    ],
)
def test_a_text_that_cannot_be_read_is_answered_with_what_can(read: Callable[[str], Any], text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(text)


@pytest.mark.parametrize("read", [texts.whole(0), texts.rate, texts.base_url])
def test_a_long_text_is_quoted_no_further_than_it_takes(read: Callable[[str], Any]) -> None:
    with pytest.raises(ValueError, match="…") as error:
        read("9" * 10_000)
    assert len(str(error.value)) < 300
