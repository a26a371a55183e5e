"""A `Service` in the hand of a test: its real time stands still until the test moves it."""

from __future__ import annotations

import json
from typing import Any

from mock_server.core.accounts import Account
from mock_server.core.lifecycle import Status
from mock_server.core.pacing import Pace
from mock_server.service import Service
from mock_server.settings import Settings
from schemas import catalog
from schemas.catalog import Catalog
from schemas.model import Model

MODELS = catalog.load()
KLING = MODELS["kling/kling-3.0/pro/text-to-video"]
SILENT = {"prompt": "a lake", "sound": False}  # 5 seconds, 0.56 USD
LOUD = {"prompt": "a lake"}  # 5 seconds, 0.84 USD

ALICE, BOB = "alice-token-1", "bob-token-2"


class ServiceRig:
    """A service with the packaged models, and others if need be."""

    def __init__(self, pace: Pace | str = "time:2,4", *, model: Model | None = None, **settings: Any) -> None:
        self.real = 1_700_000_000.0
        self.model = model or KLING
        known = Catalog([*MODELS.values(), self.model])
        pace = pace if isinstance(pace, Pace) else Pace.parse(pace)
        self.service = Service(Settings(pace=pace, **settings), known, seed=7, now=lambda: self.real)

    def account(self, token: str = ALICE) -> Account:
        """Return the account of a call with that token."""
        return self.service.authenticate(f"Bearer {token}")

    def submit(self, account: Account, payload: dict[str, Any] | None = None) -> str:
        """Submit a payload; return the request's id."""
        payload = LOUD if payload is None else payload
        return self.service.submit(account, self.model, payload, json.dumps(payload).encode()).request.request_id

    def look(self, account: Account, request_id: str) -> tuple[Status, int | None]:
        """Return status and position; that is no read."""
        view = self.service.find(account, request_id)
        return view.status, view.position

    def status(self, account: Account, request_id: str) -> Status:
        """Return the status; that is no read."""
        return self.look(account, request_id)[0]
