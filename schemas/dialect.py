"""The vendor's schema dialect, read into JSON Schema 2020-12.

The published model schemas look like JSON Schema and are not (ledger: ``dialect.*``). `RUNCOMFY` holds every quirk
seen so far as data; `normalise` turns a document of that dialect into JSON Schema, never touching its argument, and
normalising the outcome again changes nothing. A keyword or type it does not know becomes a `Problem`: a silently
ignored keyword would make the fake accept what the live API refuses.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.errors import Problem
from schemas.findings import kind, shorten
from schemas.pointers import join, values

JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"

WIDGET = "x-runcomfy-widget"  # a format that only says how a form draws the field
MEDIA = "x-runcomfy-media"  # the kind of media behind a URL: image, video or audio
VALIDATIONS = "x-runcomfy-validations"  # limits on that media, as the page lists them

MAX_DEPTH = 64

_LENIENT = "--lenient-schemas makes it a warning"

TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
FORMATS = frozenset(
    "date date-time duration email hostname idn-email idn-hostname ipv4 ipv6 iri iri-reference json-pointer regex "
    "relative-json-pointer time uri uri-reference uri-template uuid".split()
)
SCHEMA_KEYWORDS = frozenset("additionalProperties contains else if items not propertyNames then".split())
SCHEMA_MAPS = frozenset("$defs definitions dependentSchemas patternProperties properties".split())
SCHEMA_LISTS = frozenset("allOf anyOf oneOf prefixItems".split())
PLAIN_KEYWORDS = frozenset(
    "$comment $ref $schema const contentEncoding contentMediaType default dependentRequired deprecated "
    "description enum examples exclusiveMaximum exclusiveMinimum format maxContains maxItems maxLength maxProperties "
    "maximum minContains minItems minLength minProperties minimum multipleOf pattern readOnly required title type "
    "uniqueItems writeOnly".split()
)
OBJECT_KEYWORDS = SCHEMA_KEYWORDS | SCHEMA_MAPS | {"const", "default", "dependentRequired"}
KEYWORDS = SCHEMA_KEYWORDS | SCHEMA_MAPS | SCHEMA_LISTS | PLAIN_KEYWORDS


@dataclass(frozen=True, slots=True)
class MediaFormat:
    """A format that stands for a URL of media: its kind, and whether it is a list of them."""

    kind: str
    many: bool


@dataclass(frozen=True, slots=True)
class Dialect:
    """Everything by which a vendor's documents differ from JSON Schema.

    ``type_aliases`` maps the vendor's type names to JSON's, ``hints`` are formats without meaning for validity,
    ``media`` are formats that stand for URLs, ``validations`` names the keyword with limits on media.
    """

    type_aliases: Mapping[str, str]
    hints: frozenset[str]
    media: Mapping[str, MediaFormat]
    validations: str

    @property
    def keywords(self) -> frozenset[str]:
        """Every keyword that may stand in a document of this dialect."""
        return KEYWORDS | {self.validations}


RUNCOMFY = Dialect(
    type_aliases={"float": "number"},
    hints=frozenset({"str", "int_slider_with_range"}),
    media={
        f"{kind}_{suffix}": MediaFormat(kind, many=suffix == "uris")
        for kind in ("image", "video", "audio")
        for suffix in ("uri", "uris")
    },
    validations="validations",
)


def normalise(
    document: object, *, file: str = "<schema>", dialect: Dialect = RUNCOMFY
) -> tuple[dict[str, object], tuple[Problem, ...]]:
    """Read ``document`` (a parsed page schema) as JSON Schema 2020-12.

    Returns the normalised schema and the problems met. Where there are problems, the schema is what remains with the
    offending keywords left out; whether that is an error is the caller's choice. ``file`` is only for the messages.
    """
    reader = _Reader(file, dialect)
    body = reader.map_or_schema(document, "", 0)
    if not isinstance(body, dict):
        reader.report("", "", f"a schema is a JSON object, not {kind(document)}")
        body = {}
    return {"$schema": JSON_SCHEMA, **body}, tuple(reader.problems)


def vendored_pointer(document: object, path: Iterable[str | int]) -> str:
    """Translate the path of a place in the normalised schema into a pointer into the vendored ``document``.

    The two differ where a bare map of properties was given its type.
    """
    pointer, place = "", document
    for step in path:
        if step == "properties" and is_property_map(place):
            continue
        pointer = join(pointer, step)
        place = next(iter(values(place, [str(step)])), None)
    return pointer


def is_property_map(value: object) -> bool:
    """Tell whether ``value`` is a bare map of properties where a schema is due.

    So it is when each value is an object and no key is a schema keyword that takes an object (ledger:
    ``dialect.items-map``, ``dialect.output-map``). Where the two are mixed it is taken for a schema, whose unknown
    keywords are then reported rather than guessed at.
    """
    if not isinstance(value, Mapping) or not all(isinstance(part, Mapping) for part in value.values()):
        return False
    names = [key for key in value if not key.startswith("x-")]
    return bool(names) and OBJECT_KEYWORDS.isdisjoint(names)


@dataclass(slots=True)
class _Reader:
    """One pass over one document; collects the problems on its way."""

    file: str
    dialect: Dialect
    problems: list[Problem] = field(default_factory=list)

    def report(self, pointer: str, keyword: str, message: str) -> None:
        self.problems.append(Problem(self.file, pointer, keyword, message))

    def map_or_schema(self, value: object, pointer: str, depth: int) -> object:
        if isinstance(value, Mapping) and is_property_map(value):
            properties = {name: self.schema(part, join(pointer, name), depth + 1) for name, part in value.items()}
            return {"type": "object", "properties": properties}
        return self.schema(value, pointer, depth)

    def schema(self, value: object, pointer: str, depth: int) -> object:
        """Normalise what stands where a schema is due; anything but an object is left for the meta-schema to judge."""
        if not isinstance(value, Mapping):
            return value
        if depth > MAX_DEPTH:
            self.report(pointer, "", f"nested more than {MAX_DEPTH} schemas deep")
            return {}
        parts: dict[str, object] = {}
        for key, part in value.items():
            if key == "$schema":  # whatever the page declares, the outcome is 2020-12
                continue
            parts |= self.keyword(key, part, join(pointer, key), depth + 1)
        written = value.get("format")
        media = self.dialect.media.get(written) if isinstance(written, str) else None
        return parts if media is None else _as_urls(parts, media)

    def keyword(self, key: str, value: object, pointer: str, depth: int) -> dict[str, object]:
        if key == "items":
            return {key: self.map_or_schema(value, pointer, depth)}
        if key in SCHEMA_KEYWORDS:
            return {key: self.schema(value, pointer, depth)}
        if key in SCHEMA_MAPS and isinstance(value, Mapping):
            return {key: {name: self.schema(part, join(pointer, name), depth) for name, part in value.items()}}
        if key in SCHEMA_LISTS and isinstance(value, list):
            return {key: [self.schema(part, join(pointer, index), depth) for index, part in enumerate(value)]}
        if key == "type":
            return self.type(value, pointer)
        if key == "format":
            return self.format(value)
        if key == "$ref" and isinstance(value, str) and value != "#" and not value.startswith("#/"):
            self.report(pointer, key, f"$ref {shorten(value)} is no place of this document, such as '#/$defs/name'")
            return {}
        if key == self.dialect.validations:
            return {VALIDATIONS: value}
        if key not in KEYWORDS and not key.startswith("x-"):
            self.report(pointer, key, f"unknown keyword {key!r}{self._nearest(key)}; {_LENIENT}")
            return {}
        return {key: value}

    def type(self, value: object, pointer: str) -> dict[str, object]:
        names = value if isinstance(value, list) else [value]
        known: list[str] = []
        for name in names or [None]:
            plain = self.dialect.type_aliases.get(name, name) if isinstance(name, str) else ""
            if plain not in TYPES:
                allowed = ", ".join(sorted(TYPES | self.dialect.type_aliases.keys()))
                self.report(pointer, "type", f"unknown type {shorten(name)}; known are {allowed}; {_LENIENT}")
            elif plain not in known:
                known.append(plain)
        if not known:
            return {}
        return {"type": known if isinstance(value, list) else known[0]}

    def format(self, value: object) -> dict[str, object]:
        if not isinstance(value, str) or value in FORMATS:
            return {"format": value}
        if value in self.dialect.media:
            return {}
        return {WIDGET: value}

    def _nearest(self, key: str) -> str:
        close = difflib.get_close_matches(key, self.dialect.keywords, n=1)
        return f" (did you mean {close[0]!r}?)" if close else ""


def _as_urls(parts: dict[str, object], media: MediaFormat) -> dict[str, object]:
    """Say in JSON Schema what a media format means; a type that the page declares stays (ledger: ``dialect.media``)."""
    url: dict[str, object] = {"type": "string", "format": "uri"}
    spelt = {"type": "array" if media.many else "string"} | parts | {MEDIA: media.kind}
    items = spelt.get("items")
    if isinstance(items, dict) and items.get("type") == "string" and "format" not in items:
        spelt["items"] = url | items
    types = spelt["type"] if isinstance(spelt["type"], list) else [spelt["type"]]
    return ({"items": url} if "array" in types else {}) | ({"format": "uri"} if "string" in types else {}) | spelt
