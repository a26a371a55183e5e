from __future__ import annotations

import pytest

from contracts.mutants.servers.results import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

FIRST_FILE = "/media/c0ab2b63-2f72-4fdc-86ea-3ba152d6dba6/0.mp4"
RESULT = "/result"
SIGNS = {
    "result-early-404": at(RESULT, gone='"in_queue"', status=404),
    "result-early-409": at(RESULT, gone='"in_queue"', status=409),
    "result-early-425": at(RESULT, gone='"in_queue"', status=425),
    "result-early-202": at(RESULT, status=202),
    "output-early": at(RESULT, there='"output"'),
    "output-null": at(RESULT, there='"output":null'),
    "output-empty": at(RESULT, there='"output":{}'),
    "output-missing": at(RESULT, gone='"output"'),
    "output-text": at(RESULT, there='"output":"http'),
    "output-list": at(RESULT, there='"video":["http'),
    "output-object": at(RESULT, there='"video":{"url":"http'),
    "output-renamed": at(RESULT, there='"video_url":"http'),
    "output-relative": at(RESULT, there='"video":"/media/'),
    "output-localhost": at(RESULT, there="http://localhost:9000/media/", gone="http://fake.test:8787/media/"),
    "result-enveloped": at(RESULT, there='{"data":{"request_id"'),
    "output-of-first": at("payloads: GET", there=FIRST_FILE),
    "media-wrong-kind": at("payloads: GET /media/", there="image/png", gone="video/mp4"),
    "echo-normalised": at("echoed: GET", there='"caf\u00e9"'),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
