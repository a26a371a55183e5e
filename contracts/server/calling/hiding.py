"""Tokens taken out of what a server says: one that echoes them must not bring them into a report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from contracts.exchange import Answer

_SHORTEST = 8  # characters; what is shorter is no secret, and might stand anywhere


class Hiding:
    """Knows the tokens, and writes a name in the place of each."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """``names`` gives what to show for each token."""
        forms = {
            form: name
            for token, name in names.items()
            if len(token) >= _SHORTEST
            for form in (token, quote(token, safe=""), json.dumps(token)[1:-1], token.replace("/", "\\/"))
        }
        # The longest first: one token may be the beginning of the other.
        self._forms = [(form, forms[form]) for form in sorted(forms, key=len, reverse=True)]
        self._bytes = [(form.encode("utf-8", "replace"), name.encode("utf-8")) for form, name in self._forms]

    def text(self, text: str) -> str:
        """Return a text without tokens."""
        for form, name in self._forms:
            text = text.replace(form, name)
        return text

    def answer(self, answer: Answer) -> Answer:
        """Return an answer without tokens: itself, as nearly always."""
        body = answer.body
        for form, name in self._bytes:
            if form in body:
                body = body.replace(form, name)
        headers = {self.text(key): self.text(value) for key, value in answer.headers.items()}
        if body == answer.body and headers == answer.headers:
            return answer
        return replace(answer, headers=headers, body=body)
