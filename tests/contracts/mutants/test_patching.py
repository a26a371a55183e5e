from __future__ import annotations

from dataclasses import replace

from contracts.mutants.patching import Notes, owner_of, seeing, with_lines
from contracts.mutants.servers.queueing import LastInFirstOut
from contracts.targets import App, Status, View, fake
from tests.contracts.mutants.calling import Caller

SUBMIT = "/v1/models/kling/kling-3.0/pro/text-to-video"
ONE, OTHER = "token-of-the-one", "token-of-the-other"


def _submit(app: App, token: str = ONE) -> str:
    told = Caller(app)("POST", SUBMIT, token=token, body=b'{"prompt": "x"}')
    return str(told.document["request_id"])


def test_a_note_is_of_one_request_though_its_id_comes_again() -> None:
    app = fake(["--seed", "7"])
    notes: Notes[int] = Notes(app)
    request_id = _submit(app)
    request = app.service.known(request_id)
    assert request is not None
    assert notes.get(request, 0) == 0
    notes.put(request, 3)
    assert notes.get(request, 0) == 3
    app.service.reset(None)
    assert _submit(app) == request_id
    again = app.service.known(request_id)
    assert again is not None
    assert notes.get(again, 0) == 0


def test_a_patch_is_of_one_fake_alone_and_not_of_its_control_plane() -> None:
    def change(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
        return replace(view, status=Status.COMPLETED, position=None)

    wrong, right = fake(["--seed", "7"]), fake(["--seed", "7"])
    seeing(change)(wrong)
    path = f"/v1/requests/{_submit(wrong)}/status"
    assert Caller(wrong)("GET", path, token=ONE).document["status"] == "completed"
    assert Caller(wrong)("GET", "/__mock__/requests").document["requests"][0]["status"] == "in_queue"
    _submit(right)
    assert Caller(right)("GET", path, token=ONE).document["status"] == "in_queue"


def test_every_line_becomes_another_kind_those_after_a_reset_too() -> None:
    app = fake(["--seed", "7"])
    with_lines(LastInFirstOut)(app)
    for _ in range(2):
        owners = [owner_of(app, _submit(app, token)) for token in (ONE, OTHER)]
        assert [type(owner.line) for owner in owners if owner is not None] == [LastInFirstOut] * 2
        app.service.reset(None)
    assert owner_of(app, "nobody") is None
