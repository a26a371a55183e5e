from __future__ import annotations

import pytest

from mock_server.core.clock import LATEST
from mock_server.trouble.effects import api
from tests.mock_server.trouble.effects.scenes import effect, scene


@pytest.mark.parametrize("value", [399, 600, 399_999, 600_000, 429.0, True, "429"])
def test_a_number_that_is_no_error_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="400 to 599"):
        api.number(value)


def test_a_date_never_leaves_the_calendar_and_is_never_early() -> None:
    assert api._retry_after(604800, "date", LATEST) == b"Fri, 01 Jan 9999 00:00:00 GMT"
    assert api._retry_after(0.2, "date", 1e9) == b"Sun, 09 Sep 2001 01:46:41 GMT"
    assert api._retry_after(0.2, "seconds", 1e9) == b"1"


def test_what_is_accepted_is_served() -> None:
    assert effect("error", status=500).replaces
    assert not effect("error", status=500, accepted=True).replaces
    assert not effect("redirect", accepted=True).replaces
    with pytest.raises(ValueError, match="777777 begins with no HTTP status"):
        effect("error", error_code=777777)


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("http://127.0.0.1:80", "http://localhost:80"),
        ("http://localhost:80", "http://127.0.0.1:80"),
        ("http://[::1]:80", "http://localhost:80"),
        ("http://localhost/below/this", "http://127.0.0.1/below/this"),
        ("https://model-api.runcomfy.net", "https://elsewhere.runcomfy.net"),
    ],
)
def test_elsewhere_is_another_name(base: str, host: str) -> None:
    assert api._other_host(base) == host
    location = (effect("redirect").reply(None, scene()) or scene).header(b"location")  # type: ignore[union-attr]
    assert location == b"http://localhost:80/redirected/v1/models"
