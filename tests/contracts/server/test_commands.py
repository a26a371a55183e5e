"""The options of ``check``, in this process; `tests.e2e.test_check` runs it as users do."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner

from contracts.server import commands
from contracts.server.commands import check
from contracts.server.run import ALL


@pytest.mark.parametrize("option", ["--max-spend-usd", "--deadline", "--rate-limit", "--timeout"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "0", "-1", "", "one"])
def test_an_amount_is_a_number_above_nothing(option: str, value: str) -> None:
    with pytest.raises(click.UsageError) as raised:
        check.main([option, value], standalone_mode=False)
    assert option in raised.value.format_message()


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("ftp://127.0.0.1", "a URL such as"),
        ("http://u:p@127.0.0.1", "no user and no password"),
        ("http://127.0.0.1/?a=b", "no query"),
        ("http://[", "is no URL"),
        ("http://127.0.0.1:99999", "is no URL"),
        ("https://example.com", "--live allows it"),
        ("http://127.0.0.1.example.com", "--live allows it"),
    ],
)
def test_a_target_that_may_not_be_called_is_none(target: str, word: str) -> None:
    with pytest.raises(click.UsageError) as raised:
        check.main(["--target", target], standalone_mode=False)
    assert word in str(raised.value)


def test_no_token_is_sent_in_the_clear() -> None:
    with pytest.raises(click.UsageError, match="not encrypted"):
        check.main(["--target", "http://example.com", "--live"], standalone_mode=False)


def test_the_checks_are_listed() -> None:
    listed = CliRunner().invoke(check, ["--list-checks"]).output.splitlines()
    assert [line.split()[0] for line in listed] == [each.check_id for each in ALL]


class Report:
    def __init__(self, error: BaseException) -> None:
        self.told: list[Any] = []
        self._error = error

    def __call__(self, event: Any) -> None:
        self.told.append(event)
        raise self._error

    def close(self) -> None:
        """Nothing is open."""


def test_whoever_has_read_enough_is_told_no_more() -> None:
    end = SystemExit(1)
    end.__context__ = BrokenPipeError()
    for error in (BrokenPipeError(), end):
        report = Report(error)
        reading = commands._UntilNobodyReads(report)
        reading("one")  # type: ignore[arg-type]
        reading("two")  # type: ignore[arg-type]
        assert report.told == ["one"]


def test_another_end_is_an_end() -> None:
    with pytest.raises(SystemExit):
        commands._UntilNobodyReads(Report(SystemExit(1)))("one")  # type: ignore[arg-type]
