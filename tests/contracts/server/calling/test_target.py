from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.server.calling.target import (
    NotAllowed,
    TokenRejected,
    Unreachable,
    UrlTarget,
    base_of,
    is_this_machine,
)
from contracts.targets import fake, serving
from tests.contracts.server.loopback import Peer, Script, answering, keeping, listening, reply

SECRET = "a-token-that-is-a-secret"
OTHER = "another-token-and-a-secret"
ENVIRONMENT = {"RUNCOMFY_TOKEN": SECRET, "RUNCOMFY_OTHER_TOKEN": OTHER}


def target(url: str, environment: Mapping[str, str] = ENVIRONMENT, *, live: bool = False) -> UrlTarget:
    return UrlTarget(url, environment, timeout=0.5, allow_live=live)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
        (" http://127.0.0.1:8787/ ", "http://127.0.0.1:8787"),
        ("http://127.0.0.1:8787/v1", "http://127.0.0.1:8787"),
        ("http://127.0.0.1:8787/v1//", "http://127.0.0.1:8787"),
        ("http://127.0.0.1:8787/base/v1/", "http://127.0.0.1:8787/base"),
        ("http://localhost:", "http://localhost"),
        ("HTTPS://Model-API.RunComfy.net/v1", "https://model-api.runcomfy.net"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("http://localhost:0080", "http://localhost:80"),
    ],
)
def test_a_base_has_neither_slash_nor_version_at_its_end(url: str, base: str) -> None:
    assert base_of(url) == base


NO_BASES = [
    "",
    "fake2",
    "localhost:8787",
    "ftp://localhost",
    "http://",
    "http://:80",
    "http://[::1",
    "http://[v1.x]",
    "http://[::1]evil.example",
    "http://[::1%25lo]",
    "http://localhost%00.evil.example",
    "http://localhost:99999",
    "http://localhost:+80",
    "http://localhost\\@evil.example",
    "http://localhost\\.evil.example",
    "http://localhost\t.evil.example",
    "http://a b",
    "http://127\u30020\u30020\u30021",
    "http://\u24dbocalhost",
    "http://localhost/\udcff",
    "http://localhost?query",
    "http://localhost#fragment",
    f"http://user:{SECRET}@localhost",
    f"http://user:{SECRET}@localhost:99999",
    f"http://user:{SECRET} x@localhost",
    f"http://localhost?token={SECRET}",
    f"ftp://user:{SECRET}@localhost",
]


@pytest.mark.parametrize("url", NO_BASES)
def test_what_is_no_base_is_refused_and_not_told_whole(url: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        base_of(url)
    assert SECRET not in str(caught.value)


urls = st.one_of(
    st.text(),
    st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(["http", "https", "HTTP", "ftp", ""]),
        st.text("localhst127.:[]@%\\/?# \t\u3002", max_size=20) | st.text(max_size=9),
        st.sampled_from(["", ":80", ":0", ":x", ":99999", "@x", "[::1]"]),
        st.text("/v1.%?#@\\ \u00e9", max_size=8),
    ),
)


@given(urls)
@example("http://\ud800")
@example("http://[\x00]")
def test_any_text_is_a_base_or_refused(url: str) -> None:
    try:
        base = base_of(url)
    except NotAllowed:
        return
    parts = urlsplit(base)
    assert base_of(base) == base or parts.path.endswith("/v1")
    assert parts.scheme in ("http", "https")
    assert parts.hostname is not None
    assert base.isascii()
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    assert parts.netloc == host + (f":{parts.port}" if parts.port is not None else "")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1", "localhost", "LOCALHOST."])
def test_this_machine_is_known(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [
        *"127.1 0.0.0.0 :: ::2 ::ffff:127.0.0.1 ::127.0.0.1 ::1%lo 2130706433 0x7f.0.0.1 0177.0.0.1".split(),
        *"127.0.0.1.nip.io evil-localhost.com localhost.evil.com localhost.localdomain localhost..".split(),
        *("127.0.0.1.", "10.0.0.1", "128.0.0.1", "", ".", " localhost", "localhost\0"),
    ],
)
def test_what_is_not_surely_this_machine_is_live(host: str) -> None:
    assert not is_this_machine(host)


# -- live targets


@pytest.mark.parametrize("url", ["https://model-api.runcomfy.net", "https://0.0.0.0:1", "https://127.0.0.1.nip.io"])
def test_a_live_target_has_to_be_allowed(url: str) -> None:
    with pytest.raises(NotAllowed, match="--live allows it"):
        target(url)
    allowed = target(url, live=True)
    assert allowed.live
    allowed.close()


@pytest.mark.parametrize("live", [False, True])
def test_no_token_goes_out_unencrypted(live: bool) -> None:  # noqa: FBT001 - of a table
    with pytest.raises(NotAllowed):
        target("http://model-api.runcomfy.net", live=live)


@pytest.mark.parametrize("token", ["", "  ", None])
def test_a_live_target_is_not_called_without_a_token(token: str | None) -> None:
    nobody = target("https://nobody.invalid", {} if token is None else {"RUNCOMFY_TOKEN": token}, live=True)
    with pytest.raises(TokenRejected, match="set RUNCOMFY_TOKEN"):
        nobody.open()
    nobody.close()


@pytest.mark.parametrize("name", ["RUNCOMFY_TOKEN", "RUNCOMFY_OTHER_TOKEN"])
@pytest.mark.parametrize("spoilt", [f"{SECRET}\nX: y", f"{SECRET}\0", f"{SECRET}é", f"Bearer {SECRET}"])
def test_a_token_that_cannot_be_sent_is_refused_unsaid(name: str, spoilt: str) -> None:
    nobody = target("https://nobody.invalid", {**ENVIRONMENT, name: spoilt}, live=True)
    with pytest.raises(TokenRejected, match=f"{name} holds no token") as caught:
        nobody.open()
    assert SECRET not in str(caught.value)
    nobody.close()


# -- servers on this machine


def test_a_fake_that_is_served_takes_made_up_tokens_and_tells_of_itself() -> None:
    with serving(fake(["--pace", "time:2,4"])) as url:
        served = target(url)
        stage = served.open()
        assert stage.tokens.made_up
        assert SECRET not in (stage.tokens.first, stage.tokens.second)
        assert stage.pace is not None
        assert served.staged("--pace", "polls:1,1") is None
        assert (served.live, served.name, stage.scene.base_url, stage.scene.setup) == (
            False,
            url,
            url,
            "export RUNCOMFY_TOKEN=a-first-account RUNCOMFY_OTHER_TOKEN=a-second-account",
        )
        served.close()


def test_two_openings_have_two_tokens() -> None:
    with serving(fake()) as url:
        served = target(url)
        assert served.open().tokens.first != served.open().tokens.first
        served.close()


def test_the_token_of_the_environment_is_not_sent_where_made_up_ones_do() -> None:
    with listening(keeping(reply(b'{"models": [], "total": 0}'))) as server:
        served = target(server.url)
        served.open()
        served.close()
    sent = b"".join(server.calls)
    assert b"Bearer runcomfy-mock-check-" in sent
    assert SECRET.encode() not in sent
    assert OTHER.encode() not in sent


def test_a_server_with_tokens_of_its_own_is_given_those_of_the_environment() -> None:
    with serving(fake(["--token", SECRET, "--token", OTHER])) as url:
        served = target(url, {"RUNCOMFY_TOKEN": f"{SECRET}\n", "RUNCOMFY_OTHER_TOKEN": OTHER})  # as read from a file
        stage = served.open()
        assert (stage.tokens.first, stage.tokens.second, stage.tokens.made_up) == (SECRET, OTHER, False)
        assert stage.pace is None  # its accounts have a past
        assert SECRET not in repr(stage.tokens)
        served.close()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "takes no made-up token; set RUNCOMFY_TOKEN"),
        ({"RUNCOMFY_TOKEN": "wrong"}, "rejects the token in RUNCOMFY_TOKEN"),
        ({"RUNCOMFY_TOKEN": SECRET, "RUNCOMFY_OTHER_TOKEN": "wrong"}, "RUNCOMFY_OTHER_TOKEN must be accepted"),
        ({"RUNCOMFY_TOKEN": SECRET, "RUNCOMFY_OTHER_TOKEN": SECRET}, "another account's than RUNCOMFY_TOKEN"),
    ],
)
def test_tokens_that_are_no_good_are_told(environment: dict[str, str], words: str) -> None:
    with serving(fake(["--token", SECRET, "--token", OTHER])) as url:
        served = target(url, environment)
        with pytest.raises(TokenRejected, match=words) as caught:
            served.open()
        assert SECRET not in str(caught.value)
        served.close()


@pytest.mark.parametrize("body", [b"{}", b'{"detail": "who are you?"}', b'{"error_code": 401000, "message": "no"}'])
def test_a_401_is_a_refused_token_whatever_it_says(body: bytes) -> None:
    with listening(keeping(reply(body, "401 Unauthorized"))) as server:
        served = target(server.url, {})
        with pytest.raises(TokenRejected, match="takes no made-up token"):
            served.open()
        served.close()


def silent(peer: Peer) -> None:
    peer.call()
    peer.stop.wait(10)


def echoing(peer: Peer) -> None:
    """Send back what came, as debugging servers do: it is no HTTP, and has the token in it."""
    peer.say(peer.call())


HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 6\r\n\r\n<html>"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (keeping(HTML), r"is not the API: GET /v1/models is answered 200 with a body of text/html, which is no JSON"),
        (keeping(reply(b"")), "is answered 200 with an empty body"),
        (keeping(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno"), "answered 502 with a body of no type"),
        (silent, r"has not answered within 0\.5 s"),
        (answering(b""), "does not keep to HTTP"),
        (echoing, "does not keep to HTTP"),
    ],
    ids=["html", "empty", "gateway", "silent", "closes", "echoes"],
)
def test_what_is_not_the_api_is_unreachable(script: Script, words: str) -> None:
    with listening(script) as server:
        served = target(server.url)
        with pytest.raises(Unreachable, match=words) as caught:
            served.open()
        assert str(caught.value).startswith(server.url)
        assert "runcomfy-mock-check" not in str(caught.value)
        served.close()


@pytest.mark.parametrize("body", [b"", b'{"moved": true}'])
def test_a_redirect_leads_nowhere(body: bytes) -> None:
    with listening(keeping(reply())) as other:
        moved = reply(body, "307 Temporary Redirect", f"Location: {other.url}/v1/models".encode())
        with listening(keeping(moved)) as server:
            served = target(server.url)
            with pytest.raises(Unreachable, match=f"a redirect to '{other.url}/v1/models', which is not followed"):
                served.open()
            served.close()
    assert other.connections == 0


def test_nobody_there_is_unreachable() -> None:
    with listening(silent) as server:
        url = server.url
    served = target(url)
    with pytest.raises(Unreachable, match=f"{url} cannot be reached"):
        served.open()
    served.close()
