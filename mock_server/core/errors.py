"""Everything the API answers that is not a success. One tree, one wire shape (ledger: ``error.body``).

::

    ApiError
    ├── InvalidResourceIdentifier   400001  malformed or unknown model_id
    ├── InsufficientResources       400002  no balance left
    ├── UserAccountError            400004  token missing or not accepted
    ├── PermissionDenied            403001  the request belongs to another account
    ├── Forbidden                   403…    the control plane is not open to this caller
    ├── ResourceNotFound            404001  unknown, deleted or expired request_id
    ├── UnknownRoute                404…    no such path
    ├── MethodNotAllowed            405…    no such method there
    ├── Conflict                    409…    a control call that the state does not allow
    ├── BodyTooLarge                413…    the body is over the limit
    ├── UnsupportedMediaType        415…    the body is not application/json
    ├── RangeNotSatisfiable         416…    the range asked for lies past the end of the file
    ├── MalformedBody               422…    the body is no JSON object
    ├── ValidationFailed            422001  the payload does not match the model's schema
    ├── RateLimited                 429001  too many calls
    └── InternalError               500001  a defect of the fake itself

``code`` is ``None`` where the ledger says that no documentation names one; the variants then choose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from schemas.findings import Finding


class ApiError(Exception):
    """An answer that is an error: HTTP ``status``, ``code`` as documented, a text, and what belongs to its detail."""

    status: ClassVar[int]
    code: ClassVar[int | None]
    name: ClassVar[str]

    def __init__(
        self, message: str, *, findings: Sequence[Finding] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        """Carry the text for ``error_message``, the findings for ``detail``, and headers of its own."""
        super().__init__(message)
        self.message = message
        self.findings = tuple(findings)
        self.headers = dict(headers or {})


class InvalidResourceIdentifier(ApiError):
    """The ``model_id`` is malformed or unknown. Ledger: ``error.400001``."""

    status, code, name = 400, 400001, "InvalidResourceIdentifier"


class InsufficientResources(ApiError):
    """The account has no balance left. Ledger: ``error.400002``."""

    status, code, name = 400, 400002, "InsufficientResources"


class UserAccountError(ApiError):
    """The token is missing or not accepted. Ledger: ``error.400004``."""

    status, code, name = 401, 400004, "UserAccountError"


class PermissionDenied(ApiError):
    """The request belongs to another account. Ledger: ``error.403001``."""

    status, code, name = 403, 403001, "PermissionDeniedError"


class Forbidden(ApiError):
    """The control plane is not open to this caller."""

    status, code, name = 403, None, "Forbidden"


class ResourceNotFound(ApiError):
    """The ``request_id`` is unknown, deleted or expired. Ledger: ``error.404001``."""

    status, code, name = 404, 404001, "ResourceNotFound"


class UnknownRoute(ApiError):
    """There is no such path. Ledger: ``error.undocumented-codes``."""

    status, code, name = 404, None, "UnknownRoute"


class MethodNotAllowed(ApiError):
    """The path does not take this method. Ledger: ``error.undocumented-codes``."""

    status, code, name = 405, None, "MethodNotAllowed"


class Conflict(ApiError):
    """A control call asks for what the state of the request does not allow."""

    status, code, name = 409, None, "Conflict"


class BodyTooLarge(ApiError):
    """The body is over the limit. Ledger: ``body.limit``, ``error.too-large``."""

    status, code, name = 413, None, "BodyTooLarge"


class UnsupportedMediaType(ApiError):
    """The body is not ``application/json``. Ledger: ``error.media-type``."""

    status, code, name = 415, None, "UnsupportedMediaType"


class RangeNotSatisfiable(ApiError):
    """The range asked for lies past the end of the file."""

    status, code, name = 416, None, "RangeNotSatisfiable"


class MalformedBody(ApiError):
    """The body is not a JSON object. Ledger: ``error.malformed-body``."""

    status, code, name = 422, None, "MalformedBody"


class ValidationFailed(ApiError):
    """The payload or a query value is not what is taken. Ledger: ``error.422``, ``query.bad``."""

    status, code, name = 422, 422001, "ValidationError"


class RateLimited(ApiError):
    """Too many calls. Ledger: ``error.429``."""

    status, code, name = 429, 429001, "RateLimited"


class InternalError(ApiError):
    """The fake met a defect of its own. Ledger: ``error.500-code``."""

    status, code, name = 500, 500001, "InternalError"


DOCUMENTED: tuple[type[ApiError], ...] = (
    InvalidResourceIdentifier,
    InsufficientResources,
    UserAccountError,
    PermissionDenied,
    ResourceNotFound,
    ValidationFailed,
    RateLimited,
    InternalError,
)
"""The errors whose code is told somewhere: the error table."""
