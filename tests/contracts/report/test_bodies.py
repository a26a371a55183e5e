from __future__ import annotations

import hashlib
import random

from hypothesis import given
from hypothesis import strategies as st

from contracts.report.bodies import KEPT, LONGEST, LONGEST_PACKED, cut, expression

repeated = st.builds(lambda unit, times: unit * times, st.binary(min_size=1, max_size=3), st.integers(0, 20_000))


@given(st.lists(st.one_of(st.binary(max_size=200), repeated), max_size=4).map(b"".join))
def test_an_expression_gives_the_body(body: bytes) -> None:
    written = expression(body)
    assert written is not None
    assert written.isprintable()
    assert len(written) <= max(LONGEST, LONGEST_PACKED + 100)
    assert eval(written) == body


def test_a_run_is_counted() -> None:
    assert expression(b'{"prompt": "' + b"a" * 70_000 + b'"}') == """b'{"prompt": "' + b'a' * 70000 + b'"}'"""


def test_a_body_at_the_limit_of_a_submit_is_short() -> None:
    body = b"[" + b"\x00" * (64 * 1024 * 1024) + b"]"
    assert expression(body) == r"b'[' + b'\x00' * 67108864 + b']'"


def test_noise_has_no_short_expression() -> None:
    noise = random.Random(1).randbytes(200_000)
    assert expression(noise) is None
    kept, words = cut(noise)
    assert kept == noise[:KEPT]
    assert "200,000" in words
    assert hashlib.sha256(noise).hexdigest() in words
