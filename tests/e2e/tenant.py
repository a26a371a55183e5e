"""One of many programs on one fake: ``python tenant.py URL TOKEN NUMBER``. It fails where it meets another one."""

from __future__ import annotations

import http.client
import json
import sys
from typing import Any
from urllib.parse import urlsplit

MODEL = "/v1/models/kling/kling-3.0/pro/text-to-video"


class Tenant:
    """A client of one account."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, document: object = None) -> tuple[int, Any]:
        """Make a call; return the status and the document."""
        body = None if document is None else json.dumps(document)
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())


def live(tenant: Tenant, number: int) -> None:
    """Do what changes an account's state, and see that it is this one's alone."""
    tenant.call("POST", "/__mock__/reset")
    prompt = f"boat {number}"
    tenant.call("POST", "/__mock__/clock", {"freeze": True, "advance": 1000 * number})
    tenant.call(
        "POST", "/__mock__/rules", {"name": prompt, "answers": ["ok", 503, "ok"], "match": {"operation": "submit"}}
    )
    codes = [tenant.call("POST", MODEL, {"prompt": prompt})[0] for _ in range(4)]
    assert codes == [200, 503, 200, 200], codes
    requests = tenant.call("GET", "/__mock__/requests")[1]["requests"]
    assert [each["status"] for each in requests] == ["in_progress", "in_queue", "in_queue"], requests
    first, second, third = (each["request_id"] for each in requests)
    status = tenant.call("GET", f"/v1/requests/{third}/status")[1]
    assert status["queue_position"] == 2, status
    assert tenant.call("POST", f"/v1/requests/{second}/cancel")[1]["outcome"] == "cancelled"
    tenant.call("POST", "/__mock__/clock", {"advance": 10})
    assert tenant.call("GET", f"/v1/requests/{first}/status")[1]["status"] == "completed"
    counts = {"submit": 4, "status": 2, "cancel": 1}
    verified = tenant.call("POST", "/__mock__/journal/verify", {"counts": counts, "count": 7})[1]
    assert verified["verified"], verified
    (listed,) = tenant.call("GET", "/__mock__/rules")[1]["rules"]
    assert (listed["name"], listed["met"], listed["fired"]) == (prompt, 3, 3), listed
    charges = tenant.call("GET", "/__mock__/spend")[1]
    assert round(charges["usd"], 2) == 1.68, charges
    tenant.call("POST", "/__mock__/reset")
    assert tenant.call("GET", "/__mock__/requests")[1]["requests"] == []
    assert tenant.call("GET", f"/v1/requests/{first}/status")[0] == 404


if __name__ == "__main__":
    for _ in range(3):
        live(Tenant(sys.argv[1], sys.argv[2]), int(sys.argv[3]))
