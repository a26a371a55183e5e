"""The variables, and that each shell reads back what they say."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.intercept.variables import FAILURES, NAMES, PRELOAD, SHELLS, merge_node_options, variables
from mock_server.vendor_names import HOSTS
from tests.e2e.programs import program

CA = Path("a folder", "it's a ca.pem")


def told(url: str = "http://127.0.0.1:8787") -> dict[str, str]:
    return variables(url, "http://127.0.0.1:1", "127.0.0.1:2", CA)


def test_they_name_the_proxy_and_the_certificate_for_every_kind_of_client() -> None:
    proxies = {name for name, value in told().items() if value == "http://127.0.0.1:1"}
    assert proxies == {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}
    trusting = {name for name, value in told().items() if value == str(CA)}
    assert trusting == {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}
    assert told()["NODE_USE_ENV_PROXY"] == "1"
    assert PRELOAD.is_file()


def test_the_preload_has_the_same_names_of_the_vendor() -> None:
    assert f"const VENDOR = /{HOSTS}/;" in PRELOAD.read_text("utf-8")


def test_they_hold_neither_a_token_nor_a_base_url() -> None:
    assert not {name for name in NAMES if "TOKEN" in name or "BASE" in name}


@pytest.mark.parametrize(
    ("url", "direct"),
    [
        ("http://127.0.0.1:8787", "127.0.0.1,localhost,::1"),
        ("http://[::1]:8787", "127.0.0.1,localhost,::1"),
        ("http://10.0.0.5:8787", "127.0.0.1,localhost,::1,10.0.0.5"),
    ],
)
def test_the_fake_itself_and_this_machine_are_reached_without_the_proxy(url: str, direct: str) -> None:
    assert told(url)["NO_PROXY"] == told(url)["no_proxy"] == direct


VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), max_size=30)


@given(VALUES)
def test_a_shell_reads_back_what_is_exported(value: str) -> None:
    word, assigned = shlex.split(SHELLS["sh"]("NAME", value))
    assert (word, assigned) == ("export", f"NAME={value}")


def test_bash_does_too() -> None:
    value = 'it\'s "a" $HOME `x` \\ !'
    pasted = SHELLS["sh"]("IT", value) + '\nprintf %s "$IT"'
    done = subprocess.run([program("bash"), "-c", pasted], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == value


def test_fish_and_powershell_quote_by_their_own_rules() -> None:
    assert SHELLS["fish"]("IT", "it's \\ $x") == "set -gx IT 'it\\'s \\\\ $x'"
    assert SHELLS["powershell"]("IT", "it's \\ $x") == "$env:IT = 'it''s \\ $x'"


def test_every_shell_has_a_line_that_fails() -> None:
    assert FAILURES.keys() == SHELLS.keys()
    for words in ("false && echo on", "set -e; eval false; echo on", "eval false && echo on"):
        done = subprocess.run([program("bash"), "-c", words], capture_output=True, text=True, timeout=30, check=False)
        assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize("quote", ["'", "\u2018", "\u2019", "\u201a", "\u201b"])
def test_every_quote_that_ends_a_text_of_powershell_is_doubled(quote: str) -> None:
    assert SHELLS["powershell"]("IT", f"a{quote}; rm{quote}") == f"$env:IT = 'a{quote * 2}; rm{quote * 2}'"
    assert SHELLS["powershell"]("IT", "\u2017\u201c") == "$env:IT = '\u2017\u201c'"


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "--ours"), ("--theirs", "--theirs --ours"), ("--theirs --ours", "--theirs --ours"), ("--ours", "--ours")],
)
def test_options_that_node_has_already_are_kept_and_ours_come_once(before: str, after: str) -> None:
    assert merge_node_options(before, "--ours") == after


def test_node_reads_a_path_with_spaces_and_quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / 'a "folder"'
    folder.mkdir()
    (folder / "p.cjs").write_text("console.log('loaded')")
    monkeypatch.setattr("mock_server.intercept.variables.PRELOAD", folder / "p.cjs")
    options = {"NODE_OPTIONS": told()["NODE_OPTIONS"]}
    done = subprocess.run([program("node"), "-e", "0"], env=options, capture_output=True, text=True, check=True)
    assert done.stdout == "loaded\n"
