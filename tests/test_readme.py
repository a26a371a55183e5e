"""The README is true: its tables are the code's, its commands and snippets run."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server import MockRunComfy
from schemas.outputs import COUNTS
from tests.inprocess import SUBMIT, client, submit
from tests.readme import README, generated

TEXT = README.read_text("utf-8")
ROOT = README.parent


def blocks(heading: str, language: str) -> list[str]:
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert section is not None, heading
    return re.findall(rf"^```{language}\n(.*?)^```", section[1], re.DOTALL | re.MULTILINE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_tables_are_the_codes() -> None:
    assert generated(TEXT) == TEXT, "run python -m tests.readme"


def test_the_test_command_is_what_ci_runs() -> None:
    intro = TEXT.partition("## ")[0]
    _, test_command = re.findall(r"^```sh\n(.*?)\n```", intro, re.DOTALL | re.MULTILINE)
    assert test_command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def shell(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run lines of the README, the commands of this environment first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": path} | variables,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_the_walk_through_walks(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        assert not os.environ.get("CI"), "curl is missing"
        pytest.skip("curl is not installed")
    port = str(free_port())
    script = "trap 'kill %1; wait %1' EXIT\n" + "\n".join(blocks("Walk-through", "sh")).replace("8787", port)
    done = shell(script, tmp_path, RUNCOMFY_MOCK_PORT=port)
    assert done.returncode == 0, done.stderr
    assert '"status":"completed"' in done.stdout
    assert '"status":"succeeded"' in done.stdout
    assert '"cost":0.84' in done.stdout
    assert '"outcome":"not_cancellable"' in done.stdout
    assert '"error_code":422001' in done.stdout
    assert (tmp_path / "boat.mp4").read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize("heading", ["In pytest", "When things go wrong"])
def test_the_pytest_examples_pass(heading: str, pytester: pytest.Pytester) -> None:
    (example,) = blocks(heading, "python")
    pytester.makepyfile(example)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_scenario_is_one(tmp_path: Path) -> None:
    (example,) = blocks("When things go wrong", "toml")
    path = tmp_path / "trouble.toml"
    path.write_text(example, "utf-8")
    fake = MockRunComfy(scenario=path)
    caller = client(fake)
    assert [caller.post(SUBMIT, json={"prompt": "a kitten"}).status_code for _ in range(3)] == [429, 503, 200]
    for prompt, status in (("two kittens", "failed"), ("my kitten", "failed"), ("a dog", "succeeded")):
        result_url = submit(caller, prompt=prompt)["result_url"]
        assert [caller.get(result_url).json()["status"] for _ in range(3)][-1] == status


def test_the_suite_finds_nothing_in_a_served_fake_as_it_is_told(tmp_path: Path) -> None:
    first, _ = blocks("Is a server right\\?", "sh")
    with MockRunComfy(pace="time:2,4").serve() as url:
        done = shell(first.replace("http://127.0.0.1:8787", url), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASS") == 2
    assert "<html" in (tmp_path / "report.html").read_text("utf-8")
    assert (tmp_path / "report.xml").read_text("utf-8").startswith("<?xml")


def test_plain_schemathesis_runs_as_it_is_told(tmp_path: Path) -> None:
    _, second = blocks("Is a server right\\?", "sh")
    script = "trap 'kill %1; wait %1' EXIT\n" + second.replace("8787", str(free_port()))
    done = shell(script, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout


def test_the_generators_and_schemathesis_pass_as_tests(pytester: pytest.Pytester) -> None:
    (example,) = blocks("Is a server right\\?", "python")
    pytester.makepyfile(example)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] >= 4


@pytest.mark.parametrize("heading", ["In Python", "Asking what was called"])
def test_the_python_examples_run(heading: str, tmp_path: Path) -> None:
    (example,) = blocks(heading, "python")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_properties_that_ask_for_several_outputs_are_listed() -> None:
    assert [name for name in COUNTS if f"`{name}`" not in TEXT] == []


def test_every_link_inside_leads_somewhere() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lower()).replace(" ", "-")
        for line in re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings
