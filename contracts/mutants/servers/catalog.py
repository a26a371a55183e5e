"""Wrong catalogs: pages, filters and records of models."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from contracts.mutants.asgi import Scope, calls, query, with_query
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import patched
from contracts.mutants.wrapping import OK, Document, Reply, asked, edited, telling
from contracts.targets import App
from schemas.model import Model

_LIST = ("models.list",)
_RECORD = ("models.record",)
_CATEGORIES = ("models.categories",)
_FILTERS = frozenset({"search", "category", "kind"})
_MOST, _LONGEST_NUMERAL = 100, 9


class _LatePages(list[Model]):
    """What a filter found, whose pages are cut out of ``every`` model instead."""

    def __init__(self, found: list[Model], every: list[Model]) -> None:
        super().__init__(found)
        self.every = every

    def __getitem__(self, where: Any) -> Any:
        return [model for model in self.every[where] if model in self]


def _queried(change: Callable[[Scope], Scope]) -> Break:
    return partial(asked, when=calls("list"), change=change)


def _without(*names: str) -> Break:
    """Be deaf to some of the query's names."""
    return _queried(lambda scope: with_query(scope, **dict.fromkeys(names)))


def _number(scope: Scope, name: str) -> int | None:
    text = query(scope).get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMERAL else None


def _overlapping(scope: Scope) -> Scope:
    offset = _number(scope, "offset")
    return with_query(scope, offset=str(offset - 1)) if offset else scope


def _at_beginning(scope: Scope) -> Scope:
    """Forget the offset where there is a filter."""
    return with_query(scope, offset=None) if _FILTERS & query(scope).keys() else scope


def _by_page(scope: Scope) -> Scope:
    """Take the offset for the number of a page."""
    offset, limit = _number(scope, "offset"), _number(scope, "limit")
    return with_query(scope, offset=str(offset * limit)) if offset and limit else scope


def _capped(scope: Scope) -> Scope:
    limit = _number(scope, "limit")
    return with_query(scope, limit=str(_MOST)) if limit and limit > _MOST else scope


def _one_more(scope: Scope) -> Scope:
    limit = _number(scope, "limit")
    return with_query(scope, limit=str(limit + 1)) if limit and limit < _MOST else scope


def _none_allowed(app: App) -> App:
    """Answer a limit of 0 with an empty page."""

    def is_none(scope: Scope) -> bool:
        return calls("list")(scope) and _number(scope, "limit") == 0

    def edit(reply: Reply, scope: Scope) -> Reply:
        return reply.saying({**reply.document, "models": []}) if reply.status in OK else reply

    return edited(asked(app, is_none, lambda scope: with_query(scope, limit="1")), is_none, edit)


def _no_more(app: App) -> App:
    """Answer an offset beyond the end with 404."""

    def edit(reply: Reply, scope: Scope) -> Reply:
        document = reply.document
        if reply.status not in OK or document["models"] or not _number(scope, "offset"):
            return reply
        return reply.saying({"error_code": 404001, "error_message": "no such page"}, 404)

    return edited(app, calls("list"), edit)


def _turning(app: App) -> App:
    """List the models the other way round every second time."""
    calls_so_far = 0

    def edit(reply: Reply, scope: Scope) -> Reply:
        nonlocal calls_so_far
        document = reply.document
        if reply.status not in OK:
            return reply
        calls_so_far += 1
        return reply if calls_so_far % 2 else reply.saying({**document, "models": document["models"][::-1]})

    return edited(app, calls("list"), edit)


def _filtered_late(app: App) -> App:
    """Cut the page out of all models, and only then filter it."""

    def make(search: Callable[..., list[Model]]) -> object:
        def changed(**filters: str) -> list[Model]:
            return _LatePages(search(**filters), search())

        return changed

    patched(app.service.catalog, "search", make)
    return app


def _blind_to_case(app: App) -> App:
    """Take a model_id that differs from a model's in case alone for that one."""

    def make(find: Callable[[str], Model]) -> object:
        def changed(model_id: str) -> Model:
            alike = (each for each in app.service.catalog if each.lower() == model_id.lower())
            return find(model_id if model_id in app.service.catalog else next(alike, model_id))

        return changed

    patched(app.service, "model", make)
    return app


def _total_of_page(document: Document) -> None:
    document["total"] = len(document["models"])


def _no_total(document: Document) -> None:
    del document["total"]


def _other_record(document: Document) -> None:
    for record in document["models"]:
        if "base_price_usd" in record:
            record["base_price_usd"] = round(record["base_price_usd"], 2)


def _without_schema(document: Document) -> None:
    document.pop("input_schema", None)


def _normalised(document: Document) -> None:
    """Show the schema as the server's own validator has it."""
    for part in document.get("input_schema", {}).get("properties", {}).values():
        if isinstance(part, dict) and part.get("type") == "float":
            part["type"] = "number"


def _price_as_text(document: Document) -> None:
    if "base_price_usd" in document:
        document["base_price_usd"] = str(document["base_price_usd"])


def _one_category(document: Document) -> None:
    document["category"] = next(iter(document.pop("categories")), None)


def _another(document: Document) -> None:
    found = document["categories"]
    document["categories"] = [
        *found,
        {"category": "video-to-audio", "count": 0} if found and isinstance(found[0], dict) else "video-to-audio",
    ]


def _one_less(document: Document) -> None:
    del document["categories"][-1:]


def _twice(document: Document) -> None:
    document["categories"] += document["categories"][:1]


MUTANTS = (
    Mutant("offset-ignored", "the list is deaf to offset", _LIST, _without("offset")),
    Mutant("pages-overlap", "a page begins with the last of the page before", _LIST, _queried(_overlapping)),
    Mutant("offset-in-pages", "offset counts pages", _LIST, _queried(_by_page), needs="--schemas"),
    Mutant("limit-ignored", "the list is deaf to limit", _LIST, _without("limit")),
    Mutant("limit-plus-one", "a page has one more than its limit", _LIST, _queried(_one_more), needs="--schemas"),
    Mutant("limit-uncapped", "a limit over 100 is accepted", (*_LIST, "query.bad"), _queried(_capped)),
    Mutant("limit-zero", "a limit of 0 is accepted", (*_LIST, "query.bad"), _none_allowed),
    Mutant("offset-beyond-404", "an offset beyond the end is answered 404", _LIST, _no_more),
    Mutant("order-turns", "the order of the list changes between calls", _LIST, _turning, needs="--schemas"),
    Mutant("total-of-page", "total counts the page", _LIST, telling("list", _total_of_page)),
    Mutant("total-missing", "the list has no total", _LIST, telling("list", _no_total)),
    Mutant("search-ignored", "the list is deaf to search", _LIST, _without("search")),
    Mutant("category-ignored", "the list is deaf to category", _LIST, _without("category")),
    Mutant("kind-ignored", "the list is deaf to kind", _LIST, _without("kind")),
    Mutant("schemas-never-listed", "include_schema=true brings no schemas", _LIST, _without("include_schema")),
    Mutant(
        "schemas-always-listed",
        "include_schema=false brings schemas",
        _LIST,
        _queried(lambda scope: with_query(scope, include_schema="true")),
    ),
    Mutant(
        "list-price-differs",
        "the list has other prices than the records",
        (*_LIST, *_RECORD),
        telling("list", _other_record),
    ),
    Mutant(
        "record-without-schema",
        "a record has no input_schema",
        ("models.one", *_RECORD),
        telling("model", _without_schema),
    ),
    Mutant(
        "record-normalised",
        "a record's schema is not as the page has it",
        ("models.one", *_RECORD),
        telling("model", _normalised),
    ),
    Mutant("record-price-text", "base_price_usd is a text", _RECORD, telling("model", _price_as_text)),
    Mutant(
        "record-one-category", "a record has one category instead of a list", _RECORD, telling("model", _one_category)
    ),
    Mutant(
        "category-without-models", "categories has one that no model has", _CATEGORIES, telling("categories", _another)
    ),
    Mutant("category-missing", "categories lacks one that a model has", _CATEGORIES, telling("categories", _one_less)),
    Mutant("category-twice", "categories has one twice", _CATEGORIES, telling("categories", _twice)),
    Mutant(
        "offset-ignored-with-search",
        "the list is deaf to offset where it is filtered",
        _LIST,
        _queried(_at_beginning),
    ),
    Mutant(
        "filter-after-paging",
        "filters look at the page alone that offset and limit have cut out",
        _LIST,
        _filtered_late,
        needs="--schemas",
    ),
    Mutant("model-id-case-ignored", "a model is found whatever the case of its id", ("error.400001",), _blind_to_case),
)
