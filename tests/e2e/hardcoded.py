"""A program that has the vendor's host hard-coded, and knows nothing of any fake: ``python -m tests.e2e.hardcoded``.

Its arguments are the HTTP client to use, and a URL to get instead of running a request from submit to the file.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
from typing import Any

from tests.e2e.clients import CLIENTS, Call, Send, by_aiohttp

API = "https://model-api.runcomfy.net/v1"
MODEL = "kling/kling-3.0/pro/text-to-video"
EVERY_CLIENT = CLIENTS | {"aiohttp-trust-env": functools.partial(by_aiohttp, trust_env=True)}


def live(send: Send) -> dict[str, Any]:
    """Submit, poll, fetch the result, download; return what was seen."""
    token = {"Authorization": f"Bearer {os.environ['RUNCOMFY_TOKEN']}"}
    body = json.dumps({"prompt": "a paper boat"}).encode()
    headers = token | {"Content-Type": "application/json"}
    submitted = send(Call("POST", f"{API}/models/{MODEL}", headers, body)).document
    statuses: list[str] = []
    while statuses[-1:] != ["completed"]:
        statuses.append(send(Call("GET", submitted["status_url"], token)).document["status"])
    video = send(Call("GET", submitted["result_url"], token)).document["output"]["video"]
    file = send(Call("GET", video))
    digest = hashlib.sha256(file.body).hexdigest()
    return {"submitted": submitted, "statuses": statuses, "video": video, "sha256": digest}


def main(name: str, url: str = "") -> None:
    """Run a request, or get ``url``, and print what was seen as JSON."""
    with EVERY_CLIENT[name]() as send:
        if url:
            reply = send(Call("GET", url))
            seen = {"status": reply.status, "text": reply.body.decode("utf-8", "replace")}
        else:
            seen = live(send)
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
