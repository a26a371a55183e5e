"""The switches of the ledger as typed values: one field for every fact that is assumed or has variants.

What each value means is said in ``ledger.json``, under the fact that the comment names; a test holds the two together.
The annotations are real, not kept as text: `CHOICES` is read from them.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self, get_args


@dataclass(frozen=True, slots=True)
class Variants:
    """How the API behaves where nobody knows: the default is the fake's best guess, each other value plausible."""

    request_id_format: Literal["uuid", "token", "longest"] = "uuid"  # request-id.format
    queue_position_base: Literal["1", "0"] = "1"  # queue-position.base
    result_success_word: Literal["succeeded", "completed"] = "succeeded"  # result.success-word
    failure_error: Literal["object", "string"] = "object"  # result.error-form
    timestamps: Literal["z", "offset", "naive"] = "z"  # result.timestamp-form
    finished_at_before_end: Literal["absent", "null"] = "absent"  # result.finished-at
    cost_before_end: Literal["absent", "zero", "price"] = "absent"  # result.cost-before-end
    unbilled_cost: Literal["zero", "absent"] = "zero"  # result.unbilled-cost
    result_echo: Literal["absent", "present"] = "absent"  # result.echo
    categories_form: Literal["strings", "objects"] = "strings"  # models.categories-form
    record_output_schema: Literal["present", "absent"] = "present"  # models.output-schema
    base_price: Literal["lowest", "defaults"] = "lowest"  # seed.base-price
    bad_query: Literal["refused", "ignored"] = "refused"  # query.bad
    error_text_key: Literal["error_message", "message", "error"] = "error_message"  # error.text-key
    balance_status: Literal["400", "402"] = "400"  # error.400002-status
    auth_status: Literal["401", "400"] = "401"  # error.400004-status
    retention: Literal["never", "week", "day"] = "never"  # error.retention
    validation_code: Literal["422001", "422000", "absent"] = "422001"  # error.422-code
    validation_detail: Literal["findings", "fastapi", "text"] = "findings"  # error.422-detail
    rate_limit_code: Literal["429001", "429000"] = "429001"  # error.429-code
    internal_code: Literal["500001", "500000"] = "500001"  # error.500-code
    malformed_body_status: Literal["422", "400"] = "422"  # error.malformed-body
    media_type_status: Literal["415", "422"] = "415"  # error.media-type
    too_large_status: Literal["413", "400"] = "413"  # error.too-large
    undocumented_code_suffix: Literal["001", "000"] = "001"  # error.undocumented-codes
    undeclared_required: Literal["enforced", "ignored"] = "enforced"  # dialect.undeclared-required-effect
    uri_format: Literal["checked", "ignored"] = "checked"  # dialect.uri-format
    omitted_durations: Literal["default", "skip", "zero"] = "default"  # rules.omitted-durations
    empty_sum: Literal["exempt", "checked"] = "exempt"  # rules.no-durations
    unknown_properties: Literal["accepted", "refused"] = "accepted"  # payload.unknown-properties

    def with_(self, choices: Mapping[str, str]) -> Self:
        """Return a copy with ``choices`` (setting to value) made; raise ``ValueError`` naming what is allowed."""
        if not isinstance(choices, Mapping):
            raise ValueError(f"variants are a mapping of setting to value, not {choices!r}")
        choices = {setting: str(value) for setting, value in choices.items()}
        for setting, value in choices.items():
            if setting not in CHOICES:
                close = difflib.get_close_matches(setting, CHOICES, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(CHOICES)}"
                raise ValueError(f"unknown variant {setting!r}; {hint}")
            if value not in CHOICES[setting]:
                raise ValueError(f"variant {setting} cannot be {value!r}; allowed are {', '.join(CHOICES[setting])}")
        typed: dict[str, Any] = dict(choices)  # checked against the Literals just above
        return replace(self, **typed)

    def value(self, setting: str) -> str:
        """Return the value that ``setting`` has."""
        return str(getattr(self, setting))


CHOICES: Mapping[str, tuple[str, ...]] = {field.name: get_args(field.type) for field in fields(Variants)}
