from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import click
import pytest

from contracts.targets import FAKE_MODULE, fake, serving
from mock_server.settings import Settings, SettingsError


def test_a_fake_without_options_has_the_settings_of_serve() -> None:
    assert fake().service.settings == Settings()


def test_options_are_read_as_serve_reads_them() -> None:
    settings = fake(["--pace", "polls:2,3", "--token", "one", "--token", "two", "--strict"]).service.settings
    assert (str(settings.pace), settings.tokens, settings.strict) == ("polls:2,3", ("one", "two"), True)


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCOMFY_MOCK_PACE", "manual")
    monkeypatch.setenv("RUNCOMFY_MOCK_STRICT", "1")
    assert fake().service.settings == Settings()


def test_an_unknown_option_is_a_usage_error() -> None:
    with pytest.raises(click.UsageError, match="--nonsense"):
        fake(["--nonsense"])


def test_a_value_that_cannot_be_is_refused() -> None:
    with pytest.raises(SettingsError, match="--pace"):
        fake(["--pace", "soon"])


def test_the_fake_can_be_served() -> None:
    with serving(fake()) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        connection.request("GET", "/__mock__/health")
        assert connection.getresponse().status == 200
        connection.close()


def test_the_fakes_module_is_the_one_it_is_built_from() -> None:
    assert type(fake()).__module__.partition(".")[0] == FAKE_MODULE
