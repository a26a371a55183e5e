"""The vendor's host names, in one place for all who must know them."""

from __future__ import annotations

import re

HOSTS = r"^([a-z0-9-]+\.)*runcomfy\.(net|com)$"
"""A regular expression for every host of the vendor, in lower case."""

DOMAINS = ("runcomfy.net", "runcomfy.com")
API_HOST, SECOND_API_HOST = "model-api.runcomfy.net", "model-api-int.runcomfy.net"
OUTPUT_HOST = "playgrounds-storage-public.runcomfy.net"
KNOWN = (API_HOST, SECOND_API_HOST, OUTPUT_HOST, *DOMAINS, *(f"www.{domain}" for domain in DOMAINS))
"""The names that can be listed, for a hosts file, which knows no pattern."""

_HOSTS = re.compile(HOSTS)


def is_vendor(name: str) -> bool:
    """Tell whether ``name``, without a port and in lower case, is a host of the vendor."""
    return _HOSTS.fullmatch(name) is not None
