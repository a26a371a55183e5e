from __future__ import annotations

import pytest

from mock_server.core.orders import NONE
from mock_server.trouble.call import Operation
from mock_server.trouble.effects.api import Ok
from mock_server.trouble.effects.base import Layer
from mock_server.trouble.effects.catalogue import CATALOGUE
from tests.mock_server.trouble.effects.scenes import REPLY, effect, scene


def test_an_effect_that_says_nothing_changes_nothing() -> None:
    ok = Ok()
    assert (ok.replaces, ok.hold(scene()), ok.orders(NONE)) == (False, 0, NONE)
    assert ok.applies(scene().call)
    assert ok.reply(REPLY, scene()) is REPLY
    assert list(ok.parts([b"x"], scene())) == [b"x"]


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=lambda kind: str(kind.NAME))
def test_every_effect_says_what_it_is(kind: type[Ok]) -> None:
    assert kind.__doc__
    assert kind.LAYER in Layer
    assert frozenset(Operation) >= kind.OPERATIONS
    assert all(each.metadata["text"] and each.metadata["domain"].text for each in kind.parameters())


def test_parameters_are_read_by_the_names_of_documents() -> None:
    assert effect("stuck", **{"in": "in_queue"}).read({"in": "in_queue"}) == effect("stuck", **{"in": "in_queue"})
    for parameters in ({"in_": "in_queue"}, {"in": "completed"}):
        with pytest.raises(ValueError, match="in"):
            effect("stuck", **parameters)
    with pytest.raises(ValueError, match="takes no parameters"):
        effect("ok", x=1)
