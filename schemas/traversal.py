"""Every place of a document where a schema stands, in the vendor's dialect or in JSON Schema; values are left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.dialect import SCHEMA_KEYWORDS, SCHEMA_LISTS, SCHEMA_MAPS, is_property_map

Path = tuple[str | int, ...]


def schemas_in(
    document: object, path: Path = (), *, may_be_map: bool = True
) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield ``(path, schema)``, the outermost first. A bare map of properties (``dialect.items-map``) counts as one."""
    if not isinstance(document, Mapping):
        return
    yield path, document
    if may_be_map and is_property_map(document):
        for name, part in document.items():
            yield from schemas_in(part, (*path, name), may_be_map=False)
        return
    for keyword, part in document.items():
        here = (*path, keyword)
        if keyword in SCHEMA_KEYWORDS:
            yield from schemas_in(part, here, may_be_map=keyword == "items")
        elif keyword in SCHEMA_MAPS and isinstance(part, Mapping):
            for name, each in part.items():
                yield from schemas_in(each, (*here, name), may_be_map=False)
        elif keyword in SCHEMA_LISTS and isinstance(part, list):
            for index, each in enumerate(part):
                yield from schemas_in(each, (*here, index), may_be_map=False)
