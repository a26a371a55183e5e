from __future__ import annotations

import re

import pytest

from mock_server.core import errors
from mock_server.core.errors import ApiError, RateLimited, ResourceNotFound, ValidationFailed
from schemas.findings import Finding

KINDS = ApiError.__subclasses__()

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+) +(\d{6}|\d{3}…) ", errors.__doc__ or "")
    assert drawn == [(kind.__name__, str(kind.code or f"{kind.status}…")) for kind in KINDS]


@each_kind
def test_a_code_is_the_http_status_and_three_digits_more(kind: type[ApiError]) -> None:
    assert 400 <= kind.status < 600
    assert kind.code is None or len(str(kind.code)) == 6
    # Ledger, error.400004-status: clients expect another status there than the code begins with.
    assert kind.code is None or kind.code // 1000 == kind.status or kind is errors.UserAccountError


def test_the_documented_codes_are_those_of_the_contract() -> None:
    documented = {
        "InvalidResourceIdentifier": 400001,
        "InsufficientResources": 400002,
        "UserAccountError": 400004,
        "PermissionDeniedError": 403001,
        "ResourceNotFound": 404001,
    }
    assert documented.items() <= {kind.name: kind.code for kind in KINDS}.items()


def test_no_two_errors_share_a_name_or_a_code() -> None:
    names = [kind.name for kind in KINDS]
    codes = [kind.code for kind in KINDS if kind.code is not None]
    assert len(set(names)) == len(names)
    assert len(set(codes)) == len(codes)


@each_kind
def test_an_error_carries_its_text_and_nothing_it_was_not_given(kind: type[ApiError]) -> None:
    error = kind("what is wrong")
    assert (str(error), error.message, error.findings, error.headers) == ("what is wrong", "what is wrong", (), {})


def test_an_error_carries_findings_and_headers_of_its_own() -> None:
    finding = Finding("/a", "type", "string", "1", "must be a string")
    given = {"Retry-After": "3"}
    error = ValidationFailed("x", findings=[finding], headers=given)
    given["Retry-After"] = "4"
    assert (error.findings, error.headers) == ((finding,), {"Retry-After": "3"})


def test_one_handler_catches_them_all_and_nothing_else() -> None:
    assert issubclass(RateLimited, ApiError)
    with pytest.raises(ApiError):
        raise ResourceNotFound("gone")
    assert not issubclass(KeyError, ApiError)
