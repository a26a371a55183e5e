"""Trouble on purpose: what can go wrong (effects), when (rules), and where that is written down (scenarios)."""
