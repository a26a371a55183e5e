"""Answers on the wire: what the service says, as JSON, in the variant of the ledger that is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.types import Send

from mock_server.core.errors import (
    DOCUMENTED,
    ApiError,
    InsufficientResources,
    InternalError,
    InvalidResourceIdentifier,
    MalformedBody,
    PermissionDenied,
    RateLimited,
    ResourceNotFound,
    UnsupportedMediaType,
    UserAccountError,
    ValidationFailed,
)
from mock_server.core.lifecycle import Failure, Outcome, Request, Status
from mock_server.core.outputs import output
from mock_server.service import View
from mock_server.trouble.effects.base import ErrorLook
from mock_server.vendor_names import OUTPUT_HOST, is_vendor
from schemas.findings import Finding
from schemas.model import Model
from schemas.pointers import split
from schemas.pricing import base_price
from schemas.variants import Variants

JSON = b"application/json"
_DOCUMENTED = frozenset({400, 403, 404})  # with 001, these are codes of other errors
_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: InvalidResourceIdentifier,
    401: UserAccountError,
    402: InsufficientResources,
    403: PermissionDenied,
    404: ResourceNotFound,
    422: ValidationFailed,
    429: RateLimited,
    500: InternalError,
}
UNKNOWN_PROPERTIES = b"x-runcomfy-mock-unknown-properties"


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole HTTP answer."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: Sequence[tuple[bytes, bytes]] = field(default=())

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it; without its body if the call was a HEAD."""
        length = b"%d" % len(self.body)
        headers = [(b"content-type", self.content_type), (b"content-length", length), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


def as_json(document: Mapping[str, Any], status: int = 200) -> Answer:
    """Answer with a JSON document."""
    return Answer(status, orjson.dumps(document))


class Renderer:
    """Writes what the service says in the variants of one fake."""

    def __init__(self, variants: Variants, output_base_url: str | None) -> None:
        """Take the ledger's variants, and the URL to put before the paths of outputs (``None``: by the call's own)."""
        self._variants = variants
        self._output_base_url = output_base_url

    def submit(self, request: Request, base_url: str, unknown: int) -> Answer:
        """Ledger: ``submit``, ``urls.absolute``."""
        here = _here(base_url, request)
        document = {
            "request_id": request.request_id,
            "status_url": f"{here}/status",
            "result_url": f"{here}/result",
            "cancel_url": f"{here}/cancel",
        }
        return Answer(200, orjson.dumps(document), headers=_unknown(unknown))

    def status(self, view: View, base_url: str) -> Answer:
        """Ledger: ``status``, ``status.words``, ``queue-position.when``."""
        here = _here(base_url, view.request)
        document: dict[str, Any] = {"request_id": view.request.request_id, "status": view.status}
        if view.position is not None:
            document["queue_position"] = view.position
        document["status_url"] = f"{here}/status"
        document["result_url"] = f"{here}/result"
        return as_json(document)

    def result(self, view: View, model: Model, base_url: str, *, include_cost: bool) -> Answer:
        """Ledger: ``result`` and all under it."""
        request, variants = view.request, self._variants
        failure = request.failure if view.status is Status.COMPLETED else None
        document: dict[str, Any] = {
            "request_id": request.request_id,
            "status": self._result_word(view.status, failed=failure is not None),
        }
        if variants.result_echo == "present":
            document |= {"model_id": request.model_id, "input": orjson.Fragment(request.payload)}
        if failure is not None:
            document["error"] = self._failure(failure)
        elif view.status is Status.COMPLETED:
            media = f"{self._output_base_url or _outputs(base_url)}/media/{request.request_id}"
            document["output"] = output(model, orjson.loads(request.payload), lambda name: f"{media}/{name}")
        document["created_at"] = self._time(request.submitted_at)
        if view.status.over and request.over_at is not None:
            document["finished_at"] = self._time(request.over_at)
        elif variants.finished_at_before_end == "null":
            document["finished_at"] = None
        if include_cost:
            cost = self._cost(view)
            if cost is not None:
                document["cost"] = cost
        return as_json(document)

    def _cost(self, view: View) -> float | None:
        """Tell the ``cost``, ``None`` where it is left out. Ledger: ``result.cost`` and those under it."""
        request = view.request
        if not view.status.over:
            return {"absent": None, "zero": 0.0, "price": request.cost_usd}[self._variants.cost_before_end]
        if view.status is Status.COMPLETED and request.failure is None:
            return request.cost_usd
        return {"absent": None, "zero": 0.0}[self._variants.unbilled_cost]

    def cancel(self, view: View, outcome: Outcome) -> Answer:
        """Ledger: ``cancel``, ``cancel.outcome``, ``cancel.status``."""
        return as_json({"request_id": view.request.request_id, "status": view.status, "outcome": outcome}, 202)

    def record(self, model: Model, *, with_schemas: bool = True) -> dict[str, Any]:
        """Write a model's record, its schemas as vendored. Ledger: ``models.record``, ``models.output-schema``."""
        price = base_price(model, self._variants)
        record: dict[str, Any] = {
            "model_id": model.model_id,
            "display_name": model.display_name,
            "kind": model.kind,
            "categories": model.categories,
        }
        if price is not None:
            record |= {"base_price_usd": price, "price_unit": model.price_unit}
        if model.pricing_note is not None:
            record["pricing_note"] = model.pricing_note
        if with_schemas:
            record["input_schema"] = model.input.vendored
            if model.output is not None and self._variants.record_output_schema == "present":
                record["output_schema"] = model.output.vendored
        return record

    def categories(self, counts: Mapping[str, int]) -> Answer:
        """Ledger: ``models.categories``, ``models.categories-form``."""
        if self._variants.categories_form == "objects":
            return as_json({"categories": [{"category": name, "count": count} for name, count in counts.items()]})
        return as_json({"categories": list(counts)})

    def error(self, error: ApiError, unknown: int = 0) -> tuple[Answer, int | None]:
        """Write an error, and tell its code; ``unknown`` counts the unknown properties. Ledger: ``error.*``."""
        status, code = self._status_and_code(error)
        document: dict[str, Any] = {}
        if code is not None:
            document["error_code"] = code
        document[self._variants.error_text_key] = error.message
        if error.findings:
            document["detail"] = self._detail(error.findings, self._variants.validation_detail)
        headers = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in error.headers.items()]
        return Answer(status, orjson.dumps(document), headers=[*headers, *_unknown(unknown)]), code

    def look(self, look: ErrorLook) -> tuple[Answer, int | None]:
        """Write an error that looks as it is told to, the rest as `error` has it; tell its code."""
        error = _meant(look)
        usual_status, code = (look.status, None) if error is None else self._status_and_code(error(""))
        status = look.status or usual_status or (look.error_code or 0) // 1000
        if look.error_code is not None:
            code = look.error_code
        elif error is None:
            code = int(f"{status}{self._variants.undocumented_code_suffix}")
        message = look.message or f"{error.name if error else f'HTTP {status}'}: a rule asks for it"
        document: dict[str, Any] = {} if code is None else {"error_code": code}
        document[look.text_key or self._variants.error_text_key] = message
        if look.detail is not None:
            finding = Finding("/prompt", "maxLength", 1, '"…"', message, "Prompt")
            document["detail"] = self._detail([finding], look.detail)
        return Answer(status, orjson.dumps(document)), code

    def _status_and_code(self, error: ApiError) -> tuple[int, int | None]:
        variants = self._variants
        statuses = {
            "UserAccountError": variants.auth_status,
            "InsufficientResources": variants.balance_status,
            "MalformedBody": variants.malformed_body_status,
            "UnsupportedMediaType": variants.media_type_status,
            "BodyTooLarge": variants.too_large_status,
        }
        codes = {
            "ValidationError": variants.validation_code,
            "RateLimited": variants.rate_limit_code,
            "InternalError": variants.internal_code,
        }
        status = int(statuses.get(error.name, error.status))
        as_validation = isinstance(error, (MalformedBody, UnsupportedMediaType, ValidationFailed)) and status == 422  # noqa: PLR2004
        code = variants.validation_code if as_validation else codes.get(error.name)
        if code is not None:
            return status, None if code == "absent" else int(code)
        if error.code is not None:
            return status, error.code
        suffix = "000" if status in _DOCUMENTED else variants.undocumented_code_suffix
        return status, int(f"{status}{suffix}")

    @staticmethod
    def _detail(findings: Sequence[Finding], form: str) -> object:
        match form:
            case "fastapi":
                return [
                    {"loc": ["body", *split(each.pointer)], "msg": each.message, "type": each.keyword}
                    for each in findings
                ]
            case "text":
                return "; ".join(f"{each.pointer or '/'}: {each.message}" for each in findings)
            case _:
                return [_finding(finding) for finding in findings]

    def _result_word(self, status: Status, *, failed: bool) -> str:
        if status is not Status.COMPLETED:
            return status
        return "failed" if failed else self._variants.result_success_word

    def _failure(self, failure: Failure) -> object:
        if (failure.form or self._variants.failure_error) == "string":
            return failure.error_message
        return {"error_code": failure.error_code, "error_message": failure.error_message}

    def _time(self, seconds: float) -> str:
        moment = datetime.fromtimestamp(seconds, UTC)
        match self._variants.timestamps:
            case "z":
                return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
            case "offset":
                return moment.isoformat(timespec="milliseconds")
            case "naive":
                return moment.replace(tzinfo=None).isoformat(timespec="microseconds")


def _meant(look: ErrorLook) -> type[ApiError] | None:
    """Return the documented error that is meant, by its code or else by its status; ``None`` if it is none."""
    if look.error_code is not None:
        return next((error for error in DOCUMENTED if error.code == look.error_code), None)
    if look.status is None or look.status < 400:  # noqa: PLR2004 - no status of an error: some error there is
        return InternalError
    return _BY_STATUS.get(look.status)


def _unknown(count: int) -> Sequence[tuple[bytes, bytes]]:
    return [(UNKNOWN_PROPERTIES, b"%d" % count)] if count else ()


def _here(base_url: str, request: Request) -> str:
    return f"{base_url}/v1/requests/{request.request_id}"


def _outputs(base_url: str) -> str:
    """Return where outputs are: for the vendor's own URL on the vendor's other host. Ledger: ``output.host``."""
    scheme, _, host = base_url.partition("://")
    is_live = scheme == "https" and is_vendor(host.lower().removesuffix(":443"))
    return f"https://{OUTPUT_HOST}" if is_live else base_url


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "pointer": finding.pointer,
        "keyword": finding.keyword,
        "limit": finding.limit,
        "value": finding.value,
        "message": finding.message,
        "title": finding.title,
    }
