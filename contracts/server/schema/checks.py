"""The checks that schemathesis ships, each on or off with the reason: what `fixtures/schemathesis.toml` says too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """Whether a check is on, and why; ``expected`` are the statuses that it accepts, where ours differ from its own."""

    on: bool
    reason: str
    expected: tuple[str, ...] = ()


SCHEMATHESIS_CHECKS: Mapping[str, Use] = {
    "not_a_server_error": Use(on=True, reason="no call, however odd, may end in a 5xx"),
    "status_code_conformance": Use(on=True, reason="the document names every status that an operation may answer"),
    "content_type_conformance": Use(on=True, reason="every answer of the API is application/json"),
    "response_schema_conformance": Use(
        on=True, reason="the shapes have the conditional fields in them, such as queue_position only while in_queue"
    ),
    "response_headers_conformance": Use(on=True, reason="a 429 tells when to come again"),
    "positive_data_acceptance": Use(
        on=True,
        reason="what the schemas allow is accepted; 402 and 404 are kept: an account may run out of balance while the "
        "calls go on, and a made-up request_id is of nobody",
        expected=("2xx", "401", "402", "403", "404", "429"),
    ),
    "negative_data_rejection": Use(
        on=True,
        reason="what the schemas forbid is refused; with 402 and 413, which may come before the schema is looked at",
        expected=("400", "401", "402", "403", "404", "405", "413", "415", "422", "429"),
    ),
    "missing_required_header": Use(on=True, reason="without a token there is a 401"),
    "ignored_auth": Use(on=True, reason="every operation needs a token that the server knows"),
    "unsupported_method": Use(
        on=True, reason="405 and Allow; off for categories alone, where a POST is a submit to a model_id of one segment"
    ),
    "allow_header_conformance": Use(on=True, reason="Allow names the methods that the document names"),
    "use_after_free": Use(on=False, reason="the API has no operation that deletes: a cancelled request stays readable"),
    "ensure_resource_availability": Use(
        on=False,
        reason="it looks for what was made below the path that made it, and requests are not below models; the "
        "harness' own oracles follow a request from its submit",
    ),
    "object_level_authorization": Use(
        on=False,
        reason="it wants a second user in a file of the Web Fuzzing Commons format; the harness asks with a second "
        "token itself",
    ),
    "max_response_time": Use(
        on=False, reason="how fast an answer comes is no part of the contract, and a busy machine would fail it"
    ),
}
"""Every check of the schemathesis versions that are taken. Its names are schemathesis' own."""

SUBMIT_ANYWHERE = "categories"
"""The operation at whose path a POST is a submit, so that it is no undeclared method. Ledger: ``model-id.path``."""
