"""Payloads for the packaged model, right ones and wrong ones, each for one mistake that a server can make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WITH_PROMPT: Mapping[str, dict[str, Any]] = {
    "plain": {},
    "longest": {"duration": 15},
    "shortest": {"duration": 3},
    "too long": {"duration": 16},
    "too short": {"duration": 2},
    "whole as a float": {"duration": 5.0},
    "a fraction": {"duration": 5.5},
    "a numeral": {"duration": "5"},
    "a numeral too long": {"duration": "99"},
    "no duration": {"duration": None},
    "scale 0": {"cfg_scale": 0},
    "scale 1": {"cfg_scale": 1},
    "scale 0.5": {"cfg_scale": 0.5},
    "scale as a text": {"cfg_scale": "0.5"},
    "scale too high": {"cfg_scale": 1.1},
    "scale true": {"cfg_scale": True},
    "silent": {"sound": False},
    "with sound": {"sound": True},
    "sound as a text": {"sound": "false"},
    "sound as a number": {"sound": 1},
    "square": {"aspect_ratio": "1:1"},
    "another ratio": {"aspect_ratio": "4:3"},
    "shot in capitals": {"shot_type": "Customize"},
    "prompt a number": {"prompt": 5},
    "prompt empty": {"prompt": ""},
    "prompt accented": {"prompt": "é"},
    "prompt astral": {"prompt": "\U0001f6a2"},
    "prompt of two lines": {"prompt": "a\nb"},
    "prompt blank": {"prompt": " "},
    "prompt of 2501": {"prompt": "a" * 2501},
    "negative": {"negative_prompt": "rain"},
    "all optional": {"negative_prompt": "rain", "duration": 5, "cfg_scale": 0.5},
    "two wrong": {"duration": 99, "cfg_scale": 7, "shot_type": "é"},
    "undeclared": {"undeclared": 1},
    "no parts": {"multi_prompt": []},
    "parts": {"duration": 6, "multi_prompt": [{"prompt": "a", "duration": 3}, {"prompt": "b", "duration": 3}]},
    "parts short by one": {"duration": 7, "multi_prompt": [{"prompt": "a", "duration": 6}]},
    "parts over by one": {"duration": 5, "multi_prompt": [{"prompt": "a", "duration": 6}]},
    "parts short by nine": {"duration": 12, "multi_prompt": [{"prompt": "a", "duration": 3}]},
    "parts over by nine": {"duration": 3, "multi_prompt": [{"prompt": "a", "duration": 12}]},
    "parts by default": {"multi_prompt": [{"prompt": "a"}]},
    "a part too short": {"duration": 5, "multi_prompt": [{"duration": 1}, {"duration": 4}]},
    "a part of a wrong type": {"multi_prompt": [{"prompt": 5, "duration": 5}]},
    "too many parts": {"multi_prompt": [{"prompt": "a", "duration": 3}] * 21},
    "parts no list": {"multi_prompt": "a"},
}
PAYLOADS: Mapping[str, dict[str, Any]] = {
    **{name: {"prompt": "x"} | payload for name, payload in _WITH_PROMPT.items()},
    "no prompt": {"duration": 5},
    "nothing": {},
}

TRAILS: Mapping[str, bytes] = {
    "no body": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a text": b'"x"',
    "a name twice": b'{"prompt": "a", "prompt": "b"}',
    "NaN": b'{"prompt": "x", "cfg_scale": NaN}',
    "no UTF-8": b'{"prompt": "\xff"}',
}
"""Bodies that are no JSON object."""
