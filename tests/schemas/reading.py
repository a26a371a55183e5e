"""An independent reading of the vendor's dialect, made of the jsonschema package alone.

The normaliser's oracle: it judges an instance by the vendored document itself, never by a rewritten one, and shares
no line with the source. Formats other than ``uri`` and the media formats constrain nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

_SCHEMAS = frozenset("additionalProperties contains else if items not propertyNames then".split())
_MAPS = frozenset("$defs definitions dependentSchemas patternProperties properties".split())
_LISTS = frozenset("allOf anyOf oneOf prefixItems".split())
# Keywords that may have an object for a value: an object that has no other keys is a schema, not a map of properties.
_TAKE_OBJECTS = _SCHEMAS | _MAPS | {"const", "default", "dependentRequired"}
_MEDIA = re.compile(r"(?:image|video|audio)_uri(?P<many>s)?")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")

FORMATS = FormatChecker(formats=())


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """Tell URIs from texts that are plainly none; the strategies make nothing in between."""
    return not isinstance(value, str) or _URI.fullmatch(value) is not None


def is_bare_map(value: object) -> bool:
    """Tell whether ``value``, where a schema is due, is a map of properties."""
    if not isinstance(value, Mapping) or not value:
        return False
    return all(isinstance(part, Mapping) for part in value.values()) and not set(value) <= _TAKE_OBJECTS


def accepts(document: Mapping[str, Any], instance: object) -> bool:
    """Judge ``instance`` by a vendored document."""
    whole = {"type": "object", "properties": document} if is_bare_map(document) else document
    return bool(_Reading(whole, format_checker=FORMATS).is_valid(instance))


def accepts_plain(document: Mapping[str, Any], instance: object) -> bool:
    """Judge ``instance`` by a document that is plain JSON Schema 2020-12."""
    return bool(Draft202012Validator(document, format_checker=FORMATS).is_valid(instance))


_Errors = Iterator[ValidationError]


def _items(validator: Validator, items: Any, instance: Any, document: Mapping[str, Any]) -> _Errors:
    part = {"type": "object", "properties": items} if is_bare_map(items) else items
    yield from Draft202012Validator.VALIDATORS["items"](validator, part, instance, document)


def _format(validator: Validator, name: Any, instance: Any, document: Mapping[str, Any]) -> _Errors:
    media = _MEDIA.fullmatch(name)
    if media is None:
        yield from Draft202012Validator.VALIDATORS["format"](validator, name, instance, document)
        return
    if "type" not in document and not isinstance(instance, list if media["many"] else str):
        yield ValidationError("neither a URL nor a list of them")
    items = document.get("items", {"type": "string"})
    is_plain = isinstance(items, dict) and items.get("type") == "string" and "format" not in items
    urls = instance if isinstance(instance, list) and is_plain else [instance]
    for url in urls:
        if (isinstance(url, str) or urls is instance) and not (isinstance(url, str) and is_uri(url)):
            yield ValidationError("not a URL")


_Reading = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    validators={"items": _items, "format": _format},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "float", lambda checker, value: checker.is_type(value, "number")
    ),
)


def places(part: object, path: tuple[str | int, ...] = (), *, bare: bool = True) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every object that is a schema; ``bare`` where a map of properties may stand for one."""
    if not isinstance(part, Mapping):
        return
    if bare and is_bare_map(part):
        for name, inner in part.items():
            yield from places(inner, (*path, name), bare=False)
        return
    yield path
    for key, inner in part.items():
        if key in _MAPS:
            for name, schema in inner.items():
                yield from places(schema, (*path, key, name), bare=False)
        elif key in _LISTS:
            for index, schema in enumerate(inner):
                yield from places(schema, (*path, key, index), bare=False)
        elif key in _SCHEMAS:
            yield from places(inner, (*path, key), bare=key == "items")
