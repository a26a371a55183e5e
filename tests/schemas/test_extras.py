from __future__ import annotations

from schemas.extras import installing


def test_it_is_said_how_for_the_registry_and_for_a_clone() -> None:
    assert installing("pytest") == "pip install 'runcomfy-mock[pytest]', or '.[pytest]' in a clone"
