"""``runcomfy-mock check`` as a process, against the fake in it and fakes that are served."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from schemas.terminal import Exit
from tests.e2e.checking import Asked, listening, right, told
from tests.e2e.processes import TIMEOUT, run, script, serve, start
from tests.e2e.programs import program

QUICK = ("--depth", "quick", "--seed", "1")
CALLS = (*QUICK, "--phase", "calls")
SECRET = "a-token-that-nobody-prints"
_ID = re.compile(r"(?<=/v1/requests/)[^/]+")  # drawn from the token, which is made up for each run


def _wrong(asked: Asked) -> Any:
    """Answer as the fake does, but call cancels created."""
    answer = _RIGHT(asked)
    return told(201, answer.body) if answer.status == 202 else answer  # type: ignore[union-attr]


_RIGHT = right("--pace", "polls:1,1")


def test_the_fake_is_right_and_the_document_has_the_shape_that_programs_read() -> None:
    ended = run("check", *QUICK, "--json")
    document = ended.document
    assert ended.code == Exit.FINE
    assert (document["verdict"], document["target"], document["seed"]) == ("pass", "fake", 1)
    assert document["findings"] == document["unchecked"] == []
    assert {"id", "title", "severity", "ledger", "outcome"} <= set(document["checks"][0])


@pytest.mark.parametrize(
    "options",
    [
        ("--pace", "polls:1,1"),
        ("--pace", "manual"),
        ("--pace", "instant"),
        ("--pace", "time:0.2,0.3"),
        ("--pace", "time:0.2,0.3", "--control-token", "of-the-control-plane"),
        ("--pace", "time:1,2", "--token", SECRET),
    ],
    ids=" ".join,
)
def test_a_served_fake_is_right_however_it_is_set(options: tuple[str, ...]) -> None:
    with serve(*options) as served:
        phases = ("--phase", "calls", "--phase", "schemathesis")  # what is drawn is the same, and takes its time
        words = (*QUICK, *phases, "--target", f"{served.url}/v1", "--json")
        ended = run("check", *words, env={"RUNCOMFY_TOKEN": SECRET})
    assert ended.document["findings"] == []
    assert ended.code == Exit.FINE
    assert all(each["reason"] for each in ended.document["unchecked"])
    assert SECRET not in ended.out


def test_a_token_is_not_sent_where_a_made_up_one_will_do() -> None:
    with listening(right("--pace", "polls:1,1")) as place:
        ended = run("check", *CALLS, "--target", place.url, "--json", env={"RUNCOMFY_TOKEN": SECRET})
    assert ended.document["findings"] == []
    assert not any(SECRET in str(asked.headers) for asked in place.asked)


def test_a_server_whose_time_runs_is_polled_to_its_end() -> None:
    with listening(right("--pace", "time:0.2,0.3")) as place:
        document = run("check", *CALLS, "--target", place.url, "--json").document
    outcomes = {each["id"]: each["outcome"] for each in document["checks"]}
    assert document["findings"] == []
    assert outcomes["lifecycle.ends"] == outcomes["result.output"] == outcomes["cancel.running"] == "pass"


def test_a_slow_server_is_not_wrong_because_a_deadline_is_short() -> None:
    with listening(right("--pace", "time:100,100")) as place:
        document = run("check", *CALLS, "--target", place.url, "--json", "--deadline", "3").document
    assert document["findings"] == []
    assert "--deadline" in document["stopped"]
    outcomes = {each["id"]: each["outcome"] for each in document["checks"]}
    assert outcomes["lifecycle.ends"] == "unchecked"


def test_what_is_wrong_is_told_in_every_report_and_a_baseline_accepts_it(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("junit", "html", "ndjson")}
    options = [part for name, path in files.items() for part in (f"--{name}", path)]
    with listening(_wrong) as place:
        target = ("--target", place.url)
        ended = run("check", *CALLS, *target, "--json", *options)
        (tmp_path / "baseline").write_text(json.dumps([*_ids(ended.document), "auth.required:list"]), "utf-8")
        again = run("check", *CALLS, *target, "--json", "--baseline", tmp_path / "baseline")
        printed = run("check", *CALLS, *target)
    assert (ended.code, again.code, printed.code) == (Exit.BROKEN, Exit.FINE, Exit.BROKEN)
    finding = ended.document["findings"][0]
    assert {"id", "severity", "operation", "message", "reproduction"} <= set(finding)
    assert again.document["accepted"] == _ids(ended.document)
    assert again.document["gone"] == ["auth.required:list"]
    for name in _ids(ended.document):
        assert name in printed.out
        assert name in files["html"].read_text("utf-8")
    assert ET.parse(files["junit"]).getroot().get("failures") == "1"
    events = [json.loads(line) for line in files["ndjson"].read_text("utf-8").splitlines()]
    assert [events[0]["event"], events[-1]["event"]] == ["run_started", "run_finished"]
    assert sorted(tmp_path.iterdir()) == sorted([*files.values(), tmp_path / "baseline"])


def _ids(document: Any) -> list[str]:
    return [each["id"] for each in document["findings"]]


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '{"findings": [{}]}'])
def test_a_baseline_that_is_none_is_bad_input(text: str, tmp_path: Path) -> None:
    (tmp_path / "baseline").write_text(text, "utf-8")
    ended = run("check", *CALLS, "--baseline", tmp_path / "baseline")
    assert ended.code == Exit.BAD_INPUT
    assert "baseline" in ended.clear_error


@pytest.mark.parametrize("options", [("--depth", "none"), ("--seed", "x"), ("--phase", "x"), ("--max-calls", "0")])
def test_a_bad_option_is_a_usage_error(options: tuple[str, ...]) -> None:
    ended = run("check", *options)
    assert ended.code == Exit.USAGE
    assert options[0] in ended.clear_error


@pytest.mark.parametrize("option", ["--junit", "--html", "--ndjson"])
def test_a_file_that_cannot_be_written_ends_it_before_it_begins(option: str, tmp_path: Path) -> None:
    ended = run("check", *CALLS, option, tmp_path / "missing" / "file")
    assert ended.code not in (Exit.FINE, Exit.BROKEN)
    assert "missing" in ended.clear_error


@pytest.mark.parametrize("calls", [1, 5, 6, 100])
def test_as_many_calls_as_are_allowed_reach_the_server(calls: int) -> None:
    with listening(right("--pace", "polls:1,1")) as place:
        ended = run("check", *QUICK, "--target", place.url, "--json", "--max-calls", str(calls))
    document = json.loads(ended.out)
    assert len(place.asked) == document["calls"] == calls
    assert "--max-calls" in document["stopped"]
    assert ended.code == (Exit.FINE if calls > 5 else Exit.UNAVAILABLE)


def test_a_seed_repeats_what_was_called() -> None:
    asked = []
    for _ in range(2):
        with listening(right("--pace", "polls:1,1", "--seed", "1")) as place:
            run("check", *QUICK, "--phase", "payloads", "--target", place.url)
        asked.append([(each.method, _ID.sub("*", each.path), each.body) for each in place.asked])
    assert asked[0] == asked[1]
    assert len(asked[0]) > 100


@pytest.mark.parametrize("phase", ["payloads", "lives", "schemathesis"])
def test_an_interrupt_keeps_what_there_is(phase: str, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("junit", "html", "ndjson")}
    options = [str(part) for name, path in files.items() for part in (f"--{name}", path)]
    with listening(right("--pace", "polls:1,1")) as place:
        command = [script(), "check", "--phase", phase, "--target", place.url, "--json", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            while len(place.asked) < 60:
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=TIMEOUT)
    document = json.loads(out)
    assert (process.returncode, document["stopped"]) == (130, "interrupted")
    assert "Traceback" not in err
    assert document["findings"] == []
    assert ET.parse(files["junit"]).getroot().get("failures") == "0"
    assert files["html"].read_text("utf-8").endswith("</html>\n")
    assert '"run_finished"' in files["ndjson"].read_text("utf-8").splitlines()[-1]


@pytest.mark.parametrize("json_too", ["", " --json"])
def test_whoever_reads_no_more_gets_the_files_all_the_same(json_too: str, tmp_path: Path) -> None:
    words = f"{shlex.quote(script())} check {' '.join(CALLS)} --junit {shlex.quote(str(tmp_path / 'junit'))}{json_too}"
    ended = start([program("bash"), "-c", f"set -o pipefail; {words} | head -1"])
    assert (ended.code, ended.err, ended.out.count("\n")) == (0, "", 1)
    assert ET.parse(tmp_path / "junit").getroot().get("failures") == "0"


def test_the_checks_can_be_listed_without_a_server() -> None:
    listed = run("check", "--list-checks", "--json", "--target", "http://127.0.0.1:9").document
    assert {"id", "severity", "title", "ledger"} == set(listed[0])


def test_the_control_plane_of_a_served_fake_says_what_was_called() -> None:
    with serve("--token", SECRET, "--pace", "polls:1,1") as served:
        ended = run(
            "check", *CALLS, "--target", served.url, "--json", "--max-calls", "40", env={"RUNCOMFY_TOKEN": SECRET}
        )
        entries = httpx.get(f"{served.url}/__mock__/journal").json()["entries"]
    assert ended.document["calls"] == 40
    assert 30 <= len(entries) <= 40  # what is asked of the control plane is counted, and stands in no journal
