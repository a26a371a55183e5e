from __future__ import annotations

import dataclasses

import orjson

from mock_server.core.entry import Entry
from mock_server.web.entry_form import entry_form
from schemas.findings import Finding
from tests.mock_server.core.entry_maker import make_entry


def test_every_field_is_there_and_all_of_it_is_json() -> None:
    finding = Finding("/prompt", "type", "string", "5", "must be a string")
    entry = make_entry(payload=b'{"a": "\xff"}', findings=(finding,), unknown=("/a",))
    form = entry_form(entry)
    assert set(form) == {field.name for field in dataclasses.fields(Entry)}
    document = orjson.loads(orjson.dumps(form))
    assert document["payload"] == '{"a": "\ufffd"}'
    assert (document["findings"][0]["pointer"], document["unknown"]) == ("/prompt", ["/a"])
    assert entry_form(make_entry())["payload"] is None
