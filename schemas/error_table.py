"""The error table: what the API answers that is no success, under the status and the code that the variants choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schemas.variants import Variants

VALIDATION_STATUS = 422
_TAKEN = frozenset({400, 403, 404})  # with 001 these are the codes of other errors


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One error: ``when`` it comes, its ``code`` if some documentation names one, the ``ledger`` ids it rests on.

    ``status_setting`` and ``code_setting`` name the variants that choose another status or code.
    """

    name: str
    status: int
    code: int | None
    when: str
    ledger: tuple[str, ...]
    status_setting: str = ""
    code_setting: str = ""

    def status_in(self, variants: Variants) -> int:
        """Return the HTTP status it comes with."""
        return int(variants.value(self.status_setting)) if self.status_setting else self.status

    def code_in(self, variants: Variants) -> int | None:
        """Return its ``error_code``, ``None`` where the body has none."""
        status = self.status_in(variants)
        setting = self.code_setting
        if status == VALIDATION_STATUS:  # whatever comes under this status comes as a validation error
            setting = "validation_code"
        if setting:
            chosen = variants.value(setting)
            return None if chosen == "absent" else int(chosen)
        if self.code is not None:
            return self.code
        return int(f"{status}{'000' if status in _TAKEN else variants.undocumented_code_suffix}")

    def body_in(self, variants: Variants) -> dict[str, Any]:
        """Return a body that it could have. Ledger: ``error.body``, ``error.text-key``, ``error.422-detail``."""
        code = self.code_in(variants)
        body: dict[str, Any] = {} if code is None else {"error_code": code}
        body[variants.error_text_key] = self.when
        if self is VALIDATION_FAILED:
            body["detail"] = _detail(variants)
        return body


def _detail(variants: Variants) -> object:
    message = "must be at most 15"
    match variants.validation_detail:
        case "fastapi":
            return [{"loc": ["body", "duration"], "msg": message, "type": "maximum"}]
        case "text":
            return f"/duration: {message}"
        case "findings":
            finding = {"pointer": "/duration", "keyword": "maximum", "limit": 15, "value": "99"}
            return [finding | {"message": message, "title": "Duration"}]


INVALID_RESOURCE_IDENTIFIER = ErrorRow(
    "InvalidResourceIdentifier", 400, 400001, "the model_id is malformed or unknown", ("error.400001",)
)
INSUFFICIENT_RESOURCES = ErrorRow(
    "InsufficientResources",
    400,
    400002,
    "no balance is left",
    ("error.400002", "error.400002-status"),
    status_setting="balance_status",
)
USER_ACCOUNT_ERROR = ErrorRow(
    "UserAccountError",
    401,
    400004,
    "the token is missing, expired or revoked, or the account is inactive",
    ("auth.bearer", "error.400004", "error.400004-status"),
    status_setting="auth_status",
)
PERMISSION_DENIED = ErrorRow(
    "PermissionDeniedError", 403, 403001, "the request belongs to another account", ("error.403001",)
)
RESOURCE_NOT_FOUND = ErrorRow(
    "ResourceNotFound",
    404,
    404001,
    "the request_id is unknown, deleted or expired",
    ("error.404001", "error.retention"),
)
BODY_TOO_LARGE = ErrorRow(
    "BodyTooLarge",
    413,
    None,
    "the body is larger than the limit",
    ("body.limit", "error.too-large", "error.undocumented-codes"),
    status_setting="too_large_status",
)
UNSUPPORTED_MEDIA_TYPE = ErrorRow(
    "UnsupportedMediaType",
    415,
    None,
    "the body is not application/json",
    ("body.json", "error.media-type", "error.undocumented-codes"),
    status_setting="media_type_status",
)
MALFORMED_BODY = ErrorRow(
    "MalformedBody",
    422,
    None,
    "the body is not a JSON object",
    ("body.json", "error.malformed-body", "error.undocumented-codes"),
    status_setting="malformed_body_status",
)
VALIDATION_FAILED = ErrorRow(
    "ValidationError",
    VALIDATION_STATUS,
    422001,
    "the payload does not match the model's input schema",
    ("error.422", "error.422-code", "error.422-detail"),
    code_setting="validation_code",
)
BAD_QUERY = ErrorRow(
    "BadQuery",
    VALIDATION_STATUS,
    422001,
    "a value of the query cannot be read or is out of range",
    ("query.bad", "error.422-code"),
    code_setting="validation_code",
)
RATE_LIMITED = ErrorRow(
    "RateLimited",
    429,
    429001,
    "too many calls; Retry-After tells when to come again",
    ("error.429", "error.429-code"),
    code_setting="rate_limit_code",
)
INTERNAL_ERROR = ErrorRow(
    "InternalError", 500, 500001, "an unexpected error", ("error.500-code",), code_setting="internal_code"
)

EVERYWHERE = (USER_ACCOUNT_ERROR, RATE_LIMITED, INTERNAL_ERROR)
"""What every operation may answer."""

TABLE: Sequence[ErrorRow] = (
    INVALID_RESOURCE_IDENTIFIER,
    INSUFFICIENT_RESOURCES,
    USER_ACCOUNT_ERROR,
    PERMISSION_DENIED,
    RESOURCE_NOT_FOUND,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    MALFORMED_BODY,
    VALIDATION_FAILED,
    BAD_QUERY,
    RATE_LIMITED,
    INTERNAL_ERROR,
)
"""All rows."""


def rows_of(operation: str, variants: Variants) -> tuple[ErrorRow, ...]:
    """Return what ``operation`` (the ledger's name) may answer beside its success, in the order of the table."""
    own = {
        "submit": {
            INVALID_RESOURCE_IDENTIFIER,
            INSUFFICIENT_RESOURCES,
            BODY_TOO_LARGE,
            UNSUPPORTED_MEDIA_TYPE,
            MALFORMED_BODY,
            VALIDATION_FAILED,
        },
        "status": {PERMISSION_DENIED, RESOURCE_NOT_FOUND},
        "result": {PERMISSION_DENIED, RESOURCE_NOT_FOUND, BAD_QUERY},
        "cancel": {PERMISSION_DENIED, RESOURCE_NOT_FOUND},
        "list": {BAD_QUERY},
        "categories": set[ErrorRow](),
        "model": {INVALID_RESOURCE_IDENTIFIER},
    }[operation]
    if variants.bad_query == "ignored":
        own = own - {BAD_QUERY}
    return tuple(row for row in TABLE if row in own or row in EVERYWHERE)
