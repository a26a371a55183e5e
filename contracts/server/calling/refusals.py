"""How the API says that a token is no good."""

from __future__ import annotations

from contracts.exchange import Answer

AUTH_CODE = 400004


def is_refused_token(answer: Answer) -> bool:
    """Tell whether a call was refused for its token. Ledger: ``error.400004``, ``error.400004-status``."""
    # Under 200 too: nothing is served then, and that the status is wrong is another matter.
    return answer.status in (200, 400, 401) and answer.get("error_code") == AUTH_CODE
