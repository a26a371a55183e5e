from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.baseline import Baseline, BaselineError

ids = st.lists(st.sampled_from(["a.x", "a.y", "b.x", "a.x:submit", "a.y:submit", "b.x:submit:late"]))
IDS = ("a.x:submit", "b.y:status:late")


def read(path: Path, document: Any) -> Baseline:
    path.write_text(json.dumps(document))
    return Baseline.read(path)


@pytest.mark.parametrize(
    "document",
    [
        IDS,
        [*IDS, IDS[0]],
        {"findings": [{"id": each, "message": "…"} for each in IDS], "verdict": "fail"},
        {"findings": [{"id": IDS[0]}], "accepted": [IDS[1]]},
        {"findings": [], "accepted": IDS},
    ],
)
def test_ids_are_read_from_a_document_or_a_list(tmp_path: Path, document: Any) -> None:
    assert read(tmp_path / "known.json", document).ids == IDS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_file_that_a_shell_wrote_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(json.dumps(["é:submit"], ensure_ascii=False), encoding)
    assert Baseline.read(path).knows("é:submit")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "at the root: expected a list or an object, not nothing"),
        (3, "at the root: expected a list or an object, not a number"),
        ("a.x:submit", "at the root: expected a list or an object, not a text"),
        (["a.x:submit", ""], "at /1: expected a finding id, such as 'check.name:submit', not an empty text"),
        ([["a.x:submit"]], "at /0: expected a finding id, such as 'check.name:submit', not a list"),
        ({}, "at /findings: expected a list of findings, not nothing"),
        ({"findings": {"id": "a"}}, "at /findings: expected a list of findings, not an object"),
        ({"findings": ["a.x:submit"]}, "at /findings/0: expected an object with 'id', not a text"),
        ({"findings": [{"id": "a"}, {}]}, "at /findings/1/id: expected a finding id, such as 'check.name:submit', not"),
        ({"findings": [{"id": True}]}, "at /findings/0/id: expected a finding id, such as 'check.name:submit', not tr"),
        ({"findings": [], "accepted": "a"}, "at /accepted: expected a list of finding ids, not a text"),
        ({"findings": [], "accepted": [None]}, "at /accepted/0: expected a finding id, such as 'check.name:submit'"),
    ],
)
def test_anything_else_is_refused_with_its_place(tmp_path: Path, document: Any, words: str) -> None:
    path = tmp_path / "known.json"
    with pytest.raises(BaselineError, match=re.escape(f"{path}, {words}")) as caught:
        read(path, document)
    assert str(caught.value).endswith("allowed are a document of `check --json` and a JSON list of finding ids")


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe\xff", b"[" * 200_000])
def test_what_is_not_json_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "known.json"
    path.write_bytes(text)
    with pytest.raises(BaselineError, match=re.escape(f"baseline {path} is not JSON")):
        Baseline.read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match=r"nothing\.json cannot be read: No such file"):
        Baseline.read(tmp_path / "nothing.json")


@given(ids, ids, st.sets(st.sampled_from(["a.x", "a.y", "b.x", "b"])))
def test_only_what_was_looked_for_is_gone(known: list[str], found: list[str], ran: set[str]) -> None:
    baseline = Baseline(tuple(dict.fromkeys(known)))
    gone = baseline.gone(found, ran)
    for each in known:
        assert baseline.knows(each)
        assert (each in gone) == (each not in found and each.split(":")[0] in ran)
    assert set(gone) <= set(known)
    assert len(gone) == len(set(gone))


def test_nothing_is_known_without_a_file() -> None:
    assert not Baseline().knows("a.x:submit")
    assert Baseline().gone([], ["a.x"]) == ()
