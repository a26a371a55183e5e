from __future__ import annotations

import pytest

from mock_server.trouble.call import Operation
from mock_server.web import addresses
from mock_server.web.addresses import Address, address


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("POST", "/v1/models/a/b/c", Address(Operation.SUBMIT, model_id="a/b/c")),
        ("GET", "/v1/models/a/b", Address(Operation.MODEL, model_id="a/b")),
        ("GET", "/v1/models", Address(Operation.LIST)),
        ("GET", "/v1/models/categories", Address(Operation.CATEGORIES)),
        ("POST", "/v1/models/categories", Address(Operation.SUBMIT, model_id="categories")),
        ("GET", "/v1/requests/x/status", Address(Operation.STATUS, request_id="x")),
        ("GET", "/v1/requests/x/result", Address(Operation.RESULT, request_id="x")),
        ("POST", "/v1/requests/x/cancel", Address(Operation.CANCEL, request_id="x")),
        ("GET", "/media/x/0.mp4", Address(Operation.MEDIA, request_id="x")),
        ("HEAD", "/media/x/0.mp4", Address(Operation.MEDIA, request_id="x")),
        ("GET", "/v1/requests/x/status/status", Address(Operation.STATUS, request_id="x/status")),
        ("GET", "/v1/requests/x/cancel", None),
        ("POST", "/v1/requests/x/status", None),
        ("GET", "/v1/requests//status", None),
        ("GET", "/v1/requests/x", None),
        ("PUT", "/v1/models/a/b", None),
        ("POST", "/v1/models", None),
        ("GET", "/v1/modelsx", None),
        ("POST", "/media/x/0.mp4", None),
        ("GET", "/__mock__/rules", None),
        ("GET", "/redirected/v1/models", None),
        ("GET", "/", None),
    ],
)
def test_an_operation_is_told_from_method_and_path(method: str, path: str, found: Address | None) -> None:
    assert address(method, path) == found


def test_paths_are_remembered_within_bounds_and_long_ones_not_at_all() -> None:
    addresses._remembered.cache_clear()
    for path in (f"/v1/models/{'m' * 300}", f"/v1/requests/{'r' * 300}/status", "/media/" + "x" * 60_000):
        assert [address("GET", path) for _ in range(2)] == [addresses._address("GET", path)] * 2
    assert addresses._remembered.cache_info().currsize == 0
    for number in range(2000):
        assert address("GET", f"/v1/requests/{number}/status") == Address(Operation.STATUS, request_id=str(number))
    assert address("GET", "/v1/requests/1999/status") == address("GET", "/v1/requests/1999/status")
    info = addresses._remembered.cache_info()
    assert (info.hits, info.currsize) == (2, 1024)
