"""The vendor's names, and those that only look like them."""

from __future__ import annotations

import re

import pytest

from mock_server.vendor_names import HOSTS, KNOWN, is_vendor
from schemas import ledger


@pytest.mark.parametrize("name", [*KNOWN, "a.b.c.runcomfy.net", "a-b.runcomfy.com"])
def test_a_host_of_the_vendor(name: str) -> None:
    assert is_vendor(name)
    assert re.match(HOSTS, name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "net", "example.com", "notruncomfy.net", "runcomfy.net.example.com", "runcomfy.org", "runcomfy.net\n"),
        *("RUNCOMFY.NET", "runcomfy.net.", "a_b.runcomfy.net", ".runcomfy.net", "a..runcomfy.net", "runcomfy.net:443"),
    ],
)
def test_another_host(name: str) -> None:
    assert not is_vendor(name)


def test_the_ledgers_hosts_are_known() -> None:
    stated = {name for fact in ledger.facts() for name in re.findall(r"[a-z-]+\.runcomfy\.net", fact.statement)}
    assert stated
    assert stated <= set(KNOWN)
