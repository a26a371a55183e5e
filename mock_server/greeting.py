"""What ``serve`` says once it listens. The tokens that it was given are in none of it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from mock_server import settings_table as table
from mock_server.app import App
from mock_server.intercept.variables import DEFAULT_URL
from mock_server.settings import Settings
from schemas import __version__
from schemas.model import Model
from schemas.validation import PayloadValidator
from schemas.variants import Variants

ANY_TOKEN = "any-token"  # noqa: S105 - it is a token only to the fake
DEMO_MODEL = "kling/kling-3.0/pro/text-to-video"


def facts(app: App, url: str) -> dict[str, Any]:
    """Return the same as one JSON object; ``intercept`` is ``None`` where the fake does not intercept."""
    service = app.service
    variables = {"RUNCOMFY_MODEL_API_BASE": f"{url}/v1"}
    if not service.settings.tokens:  # whoever gave the tokens knows them
        variables["RUNCOMFY_TOKEN"] = ANY_TOKEN
    return {
        "url": url,
        "environment": variables,
        "version": __version__,
        "pace": service.settings.pace.name,
        "seed": service.seed,
        "models": len(service.catalog),
        "intercept": app.control.interception,
    }


def text(app: App, url: str) -> str:
    """Return the greeting: the URL, the environment that a client needs, and a curl that works as pasted."""
    service = app.service
    count = len(service.catalog)
    models = "one model" if count == 1 else f"{count} models"
    token = _token(service.settings)
    model = service.catalog.get(DEMO_MODEL) or next(iter(service.catalog.values()))
    return "\n".join(
        [
            f"runcomfy-mock {__version__} serves {url}",
            f"pace {service.settings.pace}, seed {service.seed}, {models}{_others(service.settings)}",
            "",
            "Point a client at it:",
            f"  export RUNCOMFY_MODEL_API_BASE={url}/v1",
            f"  export RUNCOMFY_TOKEN={token}",
            "",
            "Or try it:",
            f"  {_curl(url, model, token)}",
            "",
            *_interception(url, app.control.interception),
            f"See the calls: {url}/__mock__/journal    Steer: {url}/__mock__/    Stop: Ctrl-C",
        ]
    )


def _interception(url: str, told: Mapping[str, Any] | None) -> list[str]:
    """Say how programs that have the vendor's hosts hard-coded get here."""
    if told is None:
        return []
    where = "" if url == DEFAULT_URL else f" --url {url}"
    lines = ["Or leave a client as it is, with the vendor's host hard-coded:"]
    lines.append(f'  eval "$(runcomfy-mock intercept-env{where})"')
    if told["hosts_lines"]:
        file = told["hosts_file"]
        lines.append(f"Clients that ignore proxies get here by {file or 'lines of the hosts file that you add'}:")
        lines += [f"  {line}" for line in told["hosts_lines"]]
    return [*lines, ""]


def _others(settings: Settings) -> str:
    """Name the other settings that are not at their defaults, with no value: some are secret."""
    shown = ("pace", "seed", "schemas")
    given = [
        spec.flag for spec in table.SPECS if getattr(settings, spec.name) != spec.default and spec.name not in shown
    ]
    return f"; set: {' '.join(given)}" if given else ""


def _token(settings: Settings) -> str:
    """Say what to use for a token, for a shell; those that the fake was given are never printed."""
    return '"${RUNCOMFY_TOKEN:?one of those given with --token}"' if settings.tokens else ANY_TOKEN


def _curl(url: str, model: Model, token: str) -> str:
    example = model.example()
    brief = {name: _brief(value) for name, value in example.items()}
    payload = example if PayloadValidator(model, Variants()).check(brief).findings else brief
    header = f"'Authorization: Bearer {token}'" if token == ANY_TOKEN else '"Authorization: Bearer $RUNCOMFY_TOKEN"'
    data = shlex.quote(json.dumps(payload, ensure_ascii=False))
    return f"curl {url}/v1/models/{model.model_id} -H {header} -H 'Content-Type: application/json' -d {data}"


def _brief(value: object) -> object:
    """Cut a long text at a word, so that the line can be read as well as pasted."""
    return value[:60].rpartition(" ")[0] or value if isinstance(value, str) and len(value) > 60 else value  # noqa: PLR2004
