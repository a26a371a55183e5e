"""A fake in another process, told by a file what goes wrong; and who sleeps without waiting, over a socket."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from mock_server import MockRunComfy
from mock_server.sleepless import Clocks, sleepless
from schemas.terminal import Exit
from tests.e2e.effects import PATHS, PRICE, Rig
from tests.e2e.processes import run, serve
from tests.mock_server.trouble.test_scenario_file import EXAMPLES

HEADERS = {"Authorization": "Bearer a-token-of-the-caller"}


def test_a_file_of_rules_is_in_force_from_the_start(tmp_path: Path) -> None:
    file = tmp_path / "trouble.toml"
    late = '[[rule]]\nmatch = { operation = "list" }\nanswers = [{ effect = "latency", seconds = 500 }]\n'
    file.write_text(EXAMPLES + late, "utf-8")
    options = ("--scenario", file, "--pace", "instant", "--speed", "100000")
    with serve(*options) as served, httpx.Client(base_url=served.url, headers=HEADERS) as caller:
        codes = [caller.post(PATHS["submit"], json={"prompt": "a kitten"}).status_code for _ in range(4)]
        assert codes == [429, 503, 200, 200]
        assert caller.get(PATHS["list"]).status_code == 200
        listed = caller.get("/__mock__/rules").json()["rules"]
        assert [each["fired"] for each in listed] == [3, 1, 1]
        assert caller.get("/__mock__/spend").json()["usd"] == PRICE
        entries = caller.get("/__mock__/journal").json()["entries"]
        assert entries[0]["effects"] == ["error"]


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("a.toml", '[[rule]]\nanswers = ["ok", "rest"]\n', "/rule/0/answers/1: unknown effect"),
        ("a.json", "{", "is not what its name says"),
        ("", "", "cannot be read"),
    ],
)
def test_a_bad_file_ends_it_with_its_place(tmp_path: Path, name: str, text: str, word: str) -> None:
    file = tmp_path / name
    if name:
        file.write_text(text, "utf-8")
    ended = run("serve", "--port", "0", "--scenario", file)
    assert (ended.code, int(Exit.BAD_INPUT)) == (65, 65)
    assert str(file) in ended.clear_error
    assert word in ended.clear_error


def test_who_sleeps_without_waiting_waits_for_no_fault(rig: Rig) -> None:
    clocks = Clocks()
    clocks.add(lambda: rig.fake.clock)
    rig.rule({"effect": "latency", "seconds": 1e6}, {"effect": "dribble", "seconds": 1e5}, operation="list")
    before = rig.fake.clock.now()
    with sleepless(clocks):
        assert [rig.call("list").status for _ in range(2)] == [200, 200]
        passed = rig.fake.app.service.accounts.by_name().values()
        assert all(account.clock.now() - before > 1e6 for account in passed)


def test_a_stopped_server_leaves_no_one_waiting() -> None:
    fake = MockRunComfy()
    fake.clock.freeze()
    fake.rules.add(answers=[{"effect": "latency", "seconds": 60}])
    with fake.serve() as url, pytest.raises(httpx.ReadTimeout):
        httpx.get(url + PATHS["list"], headers=HEADERS, timeout=0.1)
    assert [entry.http_status for entry in fake.journal] == [499]
