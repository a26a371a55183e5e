"""The control plane's calls about rules: add, list, remove."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request as HttpRequest

from mock_server.core.accounts import Account
from mock_server.core.errors import ResourceNotFound, ValidationFailed
from mock_server.core.redaction import SHORTEST_SECRET, is_carrier, secrets
from mock_server.service import Service
from mock_server.settings import Settings
from mock_server.trouble import scenario
from mock_server.trouble.hand import RuleView
from mock_server.trouble.scenario import ScenarioError
from mock_server.web import bodies
from mock_server.web.answers import Answer, as_json
from schemas.findings import Finding

MOST_BYTES = 1024 * 1024


class RuleCalls:
    """``/__mock__/rules``: with a token the rules of that account, without one those of all."""

    def __init__(self, service: Service) -> None:
        """Act on the rules of ``service``."""
        self._service = service

    async def list(self, request: HttpRequest, account: Account | None) -> Answer:
        """List the rules with how often each was met and fired."""
        listed = self._service.rules.listed(_name(account))
        return as_json({"rules": [RuleView.of(*each).as_json() for each in listed]})

    async def add(self, request: HttpRequest, account: Account | None) -> Answer:
        """``{"match": …, "answers": …}`` or ``{"rule": […]}`` puts rules in force, all or none."""
        raw = await bodies.read(request.receive, MOST_BYTES, request.headers.get("content-length"))
        document = bodies.parse_object(raw)
        try:
            rules = scenario.read(document)
        except ScenarioError as error:
            raise ValidationFailed(
                str(error),
                findings=[Finding(each.pointer, "rule", None, "", each.message) for each in error.problems],
            ) from None
        held = _secrets(request, self._service.settings)
        written = scenario.texts([scenario.describe(rule) for rule in rules])
        if any(secret in text for text in written for secret in held):
            raise ValidationFailed("a rule holds a token, where others could read it; take it out")
        added = self._service.rules.add(rules, _name(account))
        return as_json({"rules": [each.rule_id for each in added]})

    async def show(self, request: HttpRequest, account: Account | None) -> Answer:
        """Show one rule."""
        rule_id = request.path_params["rule_id"]
        for standing, count in self._service.rules.listed(_name(account)):
            if standing.rule_id == rule_id:
                return as_json(RuleView.of(standing, count).as_json())
        raise ResourceNotFound(f"unknown rule {rule_id[:100]!r}; GET /__mock__/rules lists those there are")

    async def clear(self, request: HttpRequest, account: Account | None) -> Answer:
        """Take all rules of the account away, or all there are."""
        return as_json({"removed": self._service.rules.clear(_name(account))})

    async def remove(self, request: HttpRequest, account: Account | None) -> Answer:
        """Take one rule away."""
        self._service.rules.remove(request.path_params["rule_id"], _name(account))
        return as_json({"removed": 1})

    def table(self) -> dict[str, dict[str, Any]]:
        """Return the handlers by path and method."""
        return {
            "/rules": {"GET": self.list, "POST": self.add, "DELETE": self.clear},
            "/rules/{rule_id}": {"GET": self.show, "DELETE": self.remove},
        }


def _name(account: Account | None) -> str | None:
    return None if account is None else account.fingerprint


def _secrets(request: HttpRequest, settings: Settings) -> list[str]:
    """Return the tokens that came with a call, and those that the fake was told of."""
    known = [*settings.tokens, *([settings.control_token] if settings.control_token else [])]
    sent = [secret for name, value in request.headers.raw if is_carrier(name) for secret in secrets(value)]
    return [*sent, *(token for token in known if len(token) >= SHORTEST_SECRET)]
