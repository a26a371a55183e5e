"""Documents in the vendor's dialect with all its quirks, and instances that lie near to them.

Each is one strategy that draws nothing but small numbers: strategies built for every node would cost ten times more.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from schemas.dialect import KEYWORDS
from tests.schemas.reading import is_bare_map

Document = dict[str, Any]
T = TypeVar("T")

_DEPTH = 2
_MEDIA = tuple(f"{kind}_{suffix}" for kind in ("image", "video", "audio") for suffix in ("uri", "uris"))
_LIMITS = [{"validation_rule": "file_size_mb<", "validation_value": 30, "validation_error": "too big"}]
_NAMES = tuple(
    "prompt duration images type title format default enum required minimum items-x x~y a/b description".split()
)
_TEXTS = ("a", "", "ab", "abé", "5", "a5 b", "zzzzz", "1")
_URLS = ("https://example.com/a.png", "no url", "data:image/png;base64,AAAA", "urn:x:1", "", "//x y")
_NUMBERS = (0, 1, -1, 5, 2, 3, -6, 12, 0.5, 2.5, -3.5, 5.0, 11.5)  # binary fractions: exact in every validator
_SMALL = (0, 1, 2, 3)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -3, 5, 5.0, 0.5, 99, "", "a", "5", "auto", "text é", "https://example.com/a"),
    *([], [1], [1, 1.0], [True, 1], ["a", "https://example.com/a"], [[], {}], [{"prompt": "a"}, {"prompt": 5}]),
    *({}, {"prompt": "a"}, {"prompt": 5, "duration": "a"}, {"duration": 5, "title": {}}, {"default": None, "x~y": []}),
)
_NOTES: tuple[Document, ...] = (
    *({}, {}, {"title": "Prompt"}, {"title": "a", "description": "modelApiDoc_label"}, {"x-ui": {"a": 1}}),
    *({"default": {"prompt": "a"}}, {"default": None, "deprecated": True}, {"examples": [5, {"type": "float"}]}),
    *({"validations": _LIMITS}, {"validations": _LIMITS, "$comment": "as published"}),
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Return a root document: an object schema, with definitions or without, or a bare map of properties."""
    if _below(draw, 5) == 4:
        return _bare_map(draw, _DEPTH)
    root = _object(draw, _DEPTH)
    if _below(draw, 2):
        root["$defs"] = {"shared": _schema(draw, 1)}
        root.setdefault("properties", {})["by_ref"] = {"$ref": "#/$defs/shared"} | _pick(draw, _NOTES)
    if _below(draw, 3) == 2:
        root.pop("type")
        root["title"] = "Input"
    return root


@st.composite
def instances(draw: st.DrawFn, document: Mapping[str, Any]) -> Any:
    """Return a value that ``document`` often accepts and often refuses, for a reason of its own."""
    return _near(draw, document, document, 0)


def nonsense() -> st.SearchStrategy[Any]:
    """Return any JSON, much of it with the keywords of a schema in the wrong places."""
    keywords = st.sampled_from([*sorted(KEYWORDS), "x-a", "prompt"])
    words = ["float", "image_uri", "image_uris", "#", "#/properties", "#/$defs/prompt", "object", "^a", "["]
    return st.recursive(
        st.sampled_from([*VALUES, *words]),
        lambda part: st.lists(part, max_size=3) | st.dictionaries(keywords, part, max_size=5),
        max_leaves=12,
    )


@functools.cache
def _numbers_below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


def _below(draw: st.DrawFn, count: int) -> int:
    return draw(_numbers_below(count))


def _pick(draw: st.DrawFn, values: Sequence[T]) -> T:
    return values[_below(draw, len(values))]


def _some(draw: st.DrawFn, optional: Mapping[str, Sequence[Any]]) -> Document:
    """Choose about a third of the keys, and a value for each."""
    return {key: _pick(draw, values) for key, values in optional.items() if _below(draw, 3) == 2}


def _schema(draw: st.DrawFn, depth: int) -> Any:
    leaves: tuple[Callable[[st.DrawFn, int], Any], ...] = (_string, _number, _media, _enum, _type_list)
    branches = (_object, _array, _combined, _always)
    return _pick(draw, leaves + branches if depth > 0 else leaves)(draw, depth - 1)


def _string(draw: st.DrawFn, depth: int) -> Document:
    formats = ("str", "int_slider_with_range", "some_widget", "uri")
    patterns = ("^a", "[0-9]", "^[a-z]*$")
    optional = {"minLength": _SMALL, "maxLength": _SMALL, "pattern": patterns, "format": formats}
    return {"type": "string"} | _pick(draw, _NOTES) | _some(draw, optional)


def _number(draw: st.DrawFn, depth: int) -> Document:
    bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    optional = dict.fromkeys(bounds, _NUMBERS) | {"multipleOf": (1, 2, 3), "format": ("int_slider_with_range",)}
    return {"type": _pick(draw, ("float", "integer", "number"))} | _pick(draw, _NOTES) | _some(draw, optional)


def _media(draw: st.DrawFn, depth: int) -> Document:
    types = ("string", "array", ["string", "null"], ["array", "null"], ["string", "array"], ["float", "boolean"])
    items = ({"type": "string"}, {"format": "image_uri"}, {"type": "string", "format": "uri"})
    optional = {"type": types, "items": items, "maxItems": _SMALL, "minLength": (0, 3, 9)}
    return {"format": _pick(draw, _MEDIA)} | _pick(draw, _NOTES) | _some(draw, optional)


def _enum(draw: st.DrawFn, depth: int) -> Document:
    if _below(draw, 3) == 2:
        return _pick(draw, _NOTES) | {"const": _pick(draw, VALUES), "title": "Always"}
    enum = _pick(draw, (["auto", "5"], ["5", "10", 5], [True, None, "16:9"], [1]))
    return _pick(draw, _NOTES) | {"enum": enum} | _some(draw, {"type": ("string",)})


def _type_list(draw: st.DrawFn, depth: int) -> Document:
    types = ("boolean", ["float", "null"], ["integer", "string"], ["array", "object"], ["float"], "null")
    return {"type": _pick(draw, types)} | _some(draw, {"minimum": _NUMBERS, "maxLength": _SMALL})


def _always(draw: st.DrawFn, depth: int) -> Any:
    return _pick(draw, (True, {}, False))


def _object(draw: st.DrawFn, depth: int) -> Document:
    document: Document = {"type": "object"} | _pick(draw, _NOTES) | _some(draw, {"maxProperties": (5, 2)})
    parts = {_pick(draw, _NAMES): _schema(draw, depth) for _ in range(_below(draw, 4))}
    if parts:
        document["properties"] = parts
    if _below(draw, 2):
        names = _NAMES if _below(draw, 5) == 4 else tuple(parts) or _NAMES
        document["required"] = list(dict.fromkeys([_pick(draw, names), _pick(draw, names)]))
    match _below(draw, 10):
        case 9:
            document["additionalProperties"] = _below(draw, 2) == 1 and _schema(draw, 0)
        case 8:
            document["patternProperties"] = {"^d": _schema(draw, 0)}
        case 7:
            document["dependentRequired"] = {_pick(draw, _NAMES): [_pick(draw, _NAMES)]}
        case 6:
            document["propertyNames"] = {"maxLength": 8}
        case 5:
            document["dependentSchemas"] = {_pick(draw, _NAMES): _schema(draw, 0)}
    return document


def _array(draw: st.DrawFn, depth: int) -> Document:
    optional = {"minItems": _SMALL, "maxItems": _SMALL, "uniqueItems": (True, False)}
    document: Document = {"type": "array"} | _pick(draw, _NOTES) | _some(draw, optional)
    match _below(draw, 8):
        case 7:
            document["contains"] = _schema(draw, 0)
        case 6:
            document["prefixItems"] = [_schema(draw, 0), _schema(draw, 0)]
        case 5 | 4 | 3:
            document["items"] = _bare_map(draw, depth)
        case 2:
            document["items"] = _untyped(draw, depth)
        case _:
            document["items"] = _schema(draw, depth)
    return document


def _untyped(draw: st.DrawFn, depth: int) -> Document:
    """Make a schema whose every value is an object; a schema it is for all that."""
    optional = {
        "default": ({"prompt": "a"},),
        "not": ({"required": ["title"]},),
        "dependentRequired": ({"prompt": ["duration"]},),
        "patternProperties": ({"^d": {"type": "float"}},),
    }
    return {"properties": {_pick(draw, _NAMES): _schema(draw, depth)}} | _some(draw, optional)


def _bare_map(draw: st.DrawFn, depth: int) -> Document:
    certain = {_pick(draw, ("prompt", "text", "seed")): _pick(draw, (_string, _number))(draw, depth)}
    parts = {_pick(draw, _NAMES): _schema(draw, depth) for _ in range(_below(draw, 3))}
    return {name: part for name, part in parts.items() if isinstance(part, dict) and name != "default"} | certain


def _combined(draw: st.DrawFn, depth: int) -> Document:
    notes = _pick(draw, _NOTES)
    match _pick(draw, ("allOf", "anyOf", "oneOf", "not", "if")):
        case "not":
            return notes | {"title": "Never", "not": _schema(draw, depth)}
        case "if":
            return notes | {"title": "Either"} | {key: _schema(draw, depth) for key in ("if", "then", "else")}
        case key:
            return notes | {key: [_schema(draw, depth) for _ in range(_below(draw, 2) + 1)]}


def _near(draw: st.DrawFn, document: Any, root: Mapping[str, Any], depth: int) -> Any:
    if not isinstance(document, Mapping) or depth > 4 * _DEPTH or _below(draw, 16) == 15:
        return _pick(draw, VALUES)
    if is_bare_map(document):
        document = {"type": "object", "properties": document}
    if "$ref" in document:
        return _near(draw, root["$defs"]["shared"], root, depth + 1)
    if "const" in document:
        return document["const"]
    if "enum" in document:
        return _pick(draw, document["enum"])
    for key in ("allOf", "anyOf", "oneOf"):
        if key in document:
            return _near(draw, _pick(draw, document[key]), root, depth + 1)
    if "then" in document:
        return _near(draw, document[_pick(draw, ("then", "else", "if"))], root, depth + 1)
    return _of_type(draw, document, root, depth + 1)


def _of_type(draw: st.DrawFn, document: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Any:
    media = document.get("format") in _MEDIA
    kind = document.get("type", "object" if "properties" in document else None)
    if kind is None and media:
        kind = "array" if document["format"].endswith("s") else "string"
    match _pick(draw, kind) if isinstance(kind, list) else kind:
        case "string":
            return _pick(draw, _URLS if media or "format" in document else _TEXTS)
        case "integer" | "number" | "float":
            edges = tuple(document[key] for key in ("minimum", "maximum") if key in document)
            return _pick(draw, edges + _NUMBERS)
        case "array":
            least, most = document.get("minItems", 0), document.get("maxItems", 3)
            count = least + _below(draw, most - least + 1) if least <= most and _below(draw, 8) < 7 else 4
            items = document.get("items", {"type": "string", "format": "uri"} if media else None)
            return [_near(draw, items, root, depth) for _ in range(count)]
        case "object":
            return _members(draw, document, root, depth)
        case "boolean":
            return _pick(draw, (True, False))
        case "null":
            return None
        case _:
            return _pick(draw, VALUES)


def _members(draw: st.DrawFn, document: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Document:
    parts, required = document.get("properties", {}), document.get("required", ())
    names = [name for name in dict.fromkeys([*parts, *required]) if _below(draw, 16) < (15 if name in required else 9)]
    made = {name: _near(draw, parts.get(name), root, depth) for name in names}
    return made | {_pick(draw, _NAMES): _pick(draw, VALUES)} if _below(draw, 8) == 7 else made
