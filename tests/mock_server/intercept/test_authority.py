"""Certificates: for every host of the vendor, for nothing else, and no key stays anywhere."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from mock_server.intercept.authority import Authority
from mock_server.vendor_names import KNOWN

DEEP = "a.b.c.runcomfy.net"


@pytest.fixture(name="authority")
def fixture_authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def shake_hands(authority: Authority, name: str | None, *, is_checked: bool = True) -> ssl.SSLObject:
    """Let a client that trusts the authority alone, and the listener's context, speak TLS in memory."""
    trusting = ssl.create_default_context(cafile=str(authority.ca_file))
    if not is_checked:
        trusting.check_hostname = False
    trusting.set_alpn_protocols(["h2", "http/1.1"])
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(back, there, server_hostname=name)
    server = authority.context.wrap_bio(there, back, server_side=True)
    waiting = [client, server]
    for _ in range(6):
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                continue
    assert not waiting
    return client


@pytest.mark.parametrize("name", [*KNOWN, "playgrounds-storage-2.runcomfy.com", DEEP, "A.B.Runcomfy.NET"])
def test_every_host_of_the_vendor_is_certified(name: str, authority: Authority) -> None:
    assert shake_hands(authority, name).selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("name", ["example.com", "notruncomfy.net", "127.0.0.1.example.com"])
def test_no_other_host_is(name: str, authority: Authority) -> None:
    with pytest.raises(ssl.SSLError):
        shake_hands(authority, name, is_checked=False)
    with pytest.raises(ValueError, match="no host of the vendor"):
        authority.context_for(name)


@pytest.mark.parametrize(
    "name",
    ["x" * 64 + ".a.runcomfy.net", "-a.b.runcomfy.net", "xn--zzzzzz.a.runcomfy.net", "a." * 130 + "runcomfy.net"],
    ids=["long label", "hyphen", "punycode", "long name"],
)
def test_a_name_that_no_certificate_can_have_is_none(name: str, authority: Authority) -> None:
    with pytest.raises(ValueError, match=r"."):
        authority.context_for(name)
    assert authority._choose(None, name, authority.context) == ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME  # type: ignore[arg-type]


def test_a_host_that_is_refused_is_told_once(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("example.com", "example.com", "example.org"):
        with pytest.raises(ssl.SSLError):
            shake_hands(authority, name, is_checked=False)
    shake_hands(authority, KNOWN[0])
    told = "TLS for '{}' is refused: runcomfy-mock answers the vendor's hosts alone (*.runcomfy.net and *.runcomfy.com)"
    assert caplog.messages == [told.format("example.com"), told.format("example.org")]


def test_the_reason_is_the_true_one(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    authority._choose(None, "x" * 64 + ".a.runcomfy.net", authority.context)  # type: ignore[arg-type]
    assert "is refused: no certificate can have this name" in caplog.messages[0]
    authority._folder = authority._folder / "missing"
    authority._choose(None, DEEP, authority.context)  # type: ignore[arg-type]
    assert caplog.messages[1:] == [
        f"TLS for '{DEEP}' is refused: its certificate cannot be made: No such file or directory"
    ]


def test_a_flood_of_names_is_no_flood_of_lines(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(100):
        authority._choose(None, f"{number}\n\x1b\xe9" + "x" * 999, authority.context)  # type: ignore[arg-type]
    assert len(caplog.messages) == len(authority._told) == 64
    assert all(message.isascii() and message.isprintable() and len(message) < 400 for message in caplog.messages)


def test_a_client_that_names_no_host_gets_the_common_certificate(authority: Authority) -> None:
    shake_hands(authority, None, is_checked=False)


def test_deep_names_are_made_once_and_not_kept_without_end(authority: Authority) -> None:
    assert authority.context_for(DEEP) is authority.context_for(DEEP)
    for number in range(70):
        authority.context_for(f"n{number}.b.c.runcomfy.net")
    assert authority._deep.cache_info().currsize == 64


def test_the_certificate_alone_is_left_on_the_disk(authority: Authority, tmp_path: Path) -> None:
    authority.context_for(DEEP)
    assert list(tmp_path.iterdir()) == [authority.ca_file]
    content = authority.ca_file.read_text("ascii")
    assert content.startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE" not in content


def test_a_servers_key_is_nobody_elses_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Path, int]] = []
    original = ssl.SSLContext.load_cert_chain

    def watched(self: ssl.SSLContext, path: str) -> None:
        seen.append((Path(path).parent, Path(path).stat().st_mode & 0o777))
        original(self, path)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    Authority(tmp_path)
    assert seen == [(tmp_path, 0o600)]


def test_two_authorities_do_not_vouch_for_each_other(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = Authority(tmp_path / "one"), Authority(tmp_path / "two")
    one.ca_file = two.ca_file
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(one, KNOWN[0])
