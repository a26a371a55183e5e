"""The four curl commands of the seed's page, pasted into a shell; only the host and the placeholders are replaced."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server import MockRunComfy, timed
from tests.e2e.media import is_playable_mp4
from tests.e2e.programs import program
from tests.imports import ROOT

VENDOR = "https://model-api.runcomfy.net"
PAGE: dict[str, Any] = json.loads((ROOT / "fixtures" / "requests" / "seed-curls.json").read_text("utf-8"))

Paste = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(name="fake")
def fixture_fake() -> MockRunComfy:
    return MockRunComfy(pace=timed(60, 1740))


@pytest.fixture(name="paste")
def fixture_paste(fake: MockRunComfy, tmp_path: Path) -> Iterator[Paste]:
    """Paste a command of the page into bash; what comes back is the status and the document."""
    program("curl")
    bash = program("bash")
    with fake.serve() as url:

        def paste(name: str, request_id: str = "") -> tuple[int, dict[str, Any]]:
            command: str = PAGE["commands"][name]
            assert command.startswith("curl --request ")
            assert VENDOR in command
            command = command.replace(VENDOR, url).replace("<token>", "a-token").replace("{request_id}", request_id)
            line = command.replace("curl ", "curl -q -sS --max-time 20 -w '\\n%{http_code}' ", 1)
            ended = subprocess.run(
                [bash, "-c", line],
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=30,
                cwd=tmp_path,
                check=True,
            )
            assert ended.stderr == ""
            body, _, status = ended.stdout.rpartition("\n")
            document = json.loads(body)
            assert isinstance(document, dict)
            return int(status), document

        yield paste


def test_the_page_goes_from_submit_to_a_playable_file(fake: MockRunComfy, paste: Paste, tmp_path: Path) -> None:
    status, submitted = paste("submit")
    assert status == 200
    request_id = submitted["request_id"]

    seen = []
    for seconds in (0, 60, 1740):
        fake.clock.advance(seconds)
        status, polled = paste("status", request_id)
        assert (status, polled["request_id"]) == (200, request_id)
        seen.append(polled["status"])
    assert seen == ["in_queue", "in_progress", "completed"]

    status, result = paste("result", request_id)
    assert (status, result["status"]) == (200, "succeeded")
    assert "cost" not in result

    file = tmp_path / "video.mp4"
    command = [program("curl"), "-q", "-sSf", "--max-time", "20", "-o", str(file), result["output"]["video"]]
    subprocess.run(command, timeout=30, check=True)
    assert is_playable_mp4(file.read_bytes())


def test_the_page_cancels_a_queued_request(paste: Paste) -> None:
    _, submitted = paste("submit")
    request_id = submitted["request_id"]
    for _ in range(2):
        assert paste("cancel", request_id) == (
            202,
            {"request_id": request_id, "status": "cancelled", "outcome": "cancelled"},
        )
    assert paste("status", request_id)[1]["status"] == "cancelled"
    assert paste("result", request_id)[1]["status"] == "cancelled"


def test_the_page_cannot_cancel_what_runs(fake: MockRunComfy, paste: Paste) -> None:
    request_id = paste("submit")[1]["request_id"]
    fake.clock.advance(60)
    status, answer = paste("cancel", request_id)
    assert (status, answer["outcome"], answer["status"]) == (202, "not_cancellable", "in_progress")


def test_the_payload_of_the_page_arrives_unchanged(fake: MockRunComfy, paste: Paste) -> None:
    paste("submit")
    (entry,) = fake.journal
    quoted = PAGE["commands"]["submit"].partition("--data '")[2].removesuffix("'")
    assert entry.payload is not None
    # Without --data-binary, curl sends the data as the shell hands it over, line ends included.
    assert json.loads(entry.payload) == json.loads(quoted)
    assert entry.model_id == PAGE["model_id"]
    assert (entry.findings, entry.unknown) == ((), ())
