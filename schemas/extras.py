"""The extras of the package: how to get a library that is missing."""

from __future__ import annotations


def installing(extra: str) -> str:
    """Say how an extra is installed, from a registry and from a clone."""
    return f"pip install 'runcomfy-mock[{extra}]', or '.[{extra}]' in a clone"
