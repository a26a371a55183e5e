from __future__ import annotations

from mock_server.trouble.call import Operation
from mock_server.trouble.effects.catalogue import CATALOGUE
from mock_server.trouble.parts import HangUp, Head
from tests.mock_server.trouble.effects.scenes import REPLY, effect, parts_of


def test_files_alone_are_meant() -> None:
    for name in ("expired_url", "no_file", "wrong_length"):
        assert {Operation.MEDIA} == CATALOGUE[name].OPERATIONS


def test_who_announces_more_hangs_up() -> None:
    more, fewer = (parts_of(effect("wrong_length", by=by)) for by in (3, -3))
    assert isinstance(more[0], Head)
    assert isinstance(fewer[0], Head)
    assert (more[0].length, fewer[0].length) == (len(REPLY.body) + 3, len(REPLY.body) - 3)
    assert (more[1:], fewer[1:]) == ([REPLY.body, HangUp()], [REPLY.body])
