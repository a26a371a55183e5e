"""The catalog: pages, filters, records, categories, prices. All of it is free."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from contracts.exchange import Call, Exchange
from contracts.server.calling.session import Session, answered
from contracts.server.judging import seen
from contracts.server.playing.tour import Tour
from schemas.model import Model
from schemas.pricing import base_price
from schemas.variants import Variants

_LARGEST, _USUAL = 100, 20
_MOST_PAGES = 5
_NOWHERE = "no-model-has-this-in-its-name"
_REFUSED, _OK = 422, 200


def catalog(tour: Tour, session: Session) -> None:
    """Look through the catalog."""
    total = _pages(session, {})
    if tour.model.categories:
        _pages(session, {"category": tour.model.categories[0]})
    _limits(session, total)
    _filters(tour, session, total)
    _schemas(session)
    for model in tour.stage.catalog.values():
        _record(session, model)
    _categories(session, total)


def _models(exchange: Exchange) -> list[Mapping[str, Any]]:
    models = answered(exchange, _OK).get("models")
    return [each for each in models if isinstance(each, dict)] if isinstance(models, list) else []


def _categories_of(record: Mapping[str, Any]) -> list[str]:
    named = record.get("categories")
    return [each for each in named if isinstance(each, str)] if isinstance(named, list) else []


def _total(exchange: Exchange) -> int | None:
    told = answered(exchange, _OK).get("total")
    return told if type(told) is int else None


def _ids(exchange: Exchange) -> list[str]:
    return [str(each.get("model_id")) for each in _models(exchange)]


def _pages(session: Session, query: Mapping[str, object]) -> int:
    """Cut the list up in two ways. Ledger: ``models.list``. Return the total."""
    whole = session.list({**query, "limit": _LARGEST})
    ids, total = _ids(whole), _total(whole)
    if total is None or total < 0:
        return 0
    text = f"total is {total}, and the first {_LARGEST} are {len(ids)}"
    session.hold("list.total", whole, text, ok=len(ids) == min(total, _LARGEST))
    text = "a model is there twice"
    session.hold("list.pages", whole, text, ok=len(set(ids)) == len(ids), case="twice")
    for limit in (1, 3, 7):
        for offset in range(0, min(total + limit, _MOST_PAGES * limit), limit):
            page = session.list({**query, "limit": limit, "offset": offset})
            due = ids[offset : offset + limit] if offset + limit <= _LARGEST else None
            text = f"limit={limit}&offset={offset} has {_ids(page)}, where the whole list has {due}"
            session.hold("list.pages", page, text, ok=due is None or _ids(page) == due, trace=[whole, page])
            text = f"total is {answered(page).get('total')} on this page, and {total} on the whole list"
            session.hold("list.total", page, text, ok=answered(page).get("total") == total, trace=[whole, page])
    usual = session.list(query)
    text = f"without a limit there are {len(_ids(usual))} models of {total}; the default is {_USUAL}"
    session.hold("list.pages", usual, text, ok=len(_ids(usual)) == min(total, _USUAL), case="default")
    return total


def _limits(session: Session, total: int) -> None:
    """Ledger: ``query.bad``."""
    for name, value in (("limit", "0"), ("limit", "101"), ("limit", "-1"), ("limit", "many"), ("offset", "-1")):
        page = session.list({name: value})
        if page.answer is None:
            continue
        refused = page.answer.status == _REFUSED
        text = f"{name}={value} is answered {page.answer.status} with {len(_ids(page))} models of {total}"
        # Taken to the nearest that can be, a limit gives one model at the least, if there is one, and 100 at the most.
        taken = page.answer.status == _OK and min(1, total) <= len(_ids(page)) <= _LARGEST
        session.hold("list.limits", page, text, ok=refused or taken, case=f"{name}={value}", trace=[page])
        if refused or taken:
            seen.note(session, "bad_query", "refused" if refused else "ignored", page)


def _filters(tour: Tour, session: Session, total: int) -> None:
    model = tour.model
    word = max(model.display_name.split(), key=len)
    for query, due in (
        ({"search": word}, True),
        ({"search": word.upper()}, True),
        ({"search": model.model_id}, True),
        ({"search": _NOWHERE}, False),
        ({"category": model.categories[0]} if model.categories else {"kind": model.kind}, True),
        ({"category": _NOWHERE}, False),
        ({"kind": "model"}, True),
        ({"kind": _NOWHERE}, False),
        ({"search": word, "category": _NOWHERE}, False),
    ):
        page = session.list({**query, "limit": _LARGEST})
        ids, counted = _ids(page), _total(page)
        name = next(iter(query))
        text = f"{query} lets through {len(ids)} models, of {total}"
        is_fine = (model.model_id in ids or (counted or 0) > _LARGEST) if due else not ids
        session.hold("list.filters", page, text, ok=is_fine, case=f"{name}-{'in' if due else 'out'}", trace=[page])
        text = f"{query} lets through {len(ids)} models, and total is {counted}"
        session.hold("list.total", page, text, ok=counted is not None and len(ids) == min(counted, _LARGEST))
        if name == "category" and due:
            wrong = [
                each for each in _models(page) if model.categories and model.categories[0] not in _categories_of(each)
            ]
            text = f"{query} lets through {[each.get('model_id') for each in wrong]}"
            session.hold("list.filters", page, text, ok=not wrong, case="category-only", trace=[page])


def _schemas(session: Session) -> None:
    for query, due in ({"include_schema": "true"}, True), ({"include_schema": "false"}, False), ({}, False):
        page = session.list({**query, "limit": _USUAL})
        wrong = [str(each.get("model_id")) for each in _models(page) if ("input_schema" in each) is not due]
        text = f"with {query or 'no include_schema'} these {'lack' if due else 'have'} an input_schema: {wrong}"
        session.hold("list.schemas", page, text, ok=not wrong, case="in" if due else "out", trace=[page])


def _record(session: Session, model: Model) -> None:
    """Ledger: ``models.record``, ``models.one``."""
    one = session.call(Call("model", "GET", f"/v1/models/{model.model_id}"))
    record = answered(one, _OK)
    text = f"the vendored model {model.model_id!r} is answered {one.answer and one.answer.status}"
    if not session.hold("catalog.record", one, text, ok=record.get("model_id") == model.model_id, case="one"):
        return
    missing = [name for name in ("display_name", "kind", "categories", "input_schema") if name not in record]
    session.hold("catalog.record", one, f"the record lacks {', '.join(missing)}", ok=not missing, case="whole")
    page = session.list({"search": model.model_id, "include_schema": "true", "limit": _LARGEST})
    listed = next((each for each in _models(page) if each.get("model_id") == model.model_id), None)
    if listed is not None:
        names = sorted(name for name in {**listed, **record} if listed.get(name) != record.get(name))
        text = f"the list and the record differ in {', '.join(names)}"
        session.hold("catalog.record", one, text, ok=not names, case="list", trace=[page, one])
    same = json.loads(json.dumps(dict(model.input.vendored)))
    text = "the input_schema is not the one that is vendored here: see the drift between the two"
    session.hold("catalog.schema", one, text, ok=record.get("input_schema", same) == same)
    _price(session, one, record, model)


def _price(session: Session, one: Exchange, record: Mapping[str, Any], model: Model) -> None:
    """Ledger: ``seed.price``, ``seed.base-price``."""
    told = record.get("base_price_usd"), record.get("price_unit")
    prices = [base_price(model, Variants().with_({"base_price": form})) for form in ("lowest", "defaults")]
    if model.base_price_usd is not None:
        due = " or ".join(f"{price} USD" for price in sorted(set(filter(None, prices))))
        text = f"the price is {told[0]} USD a {told[1]}, vendored is {due} a {model.price_unit}"
        session.hold("catalog.price", one, text, ok=told[0] in [*prices] and told[1] == model.price_unit)


def _names(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _categories(session: Session, total: int) -> None:
    """Ledger: ``models.categories``."""
    exchange = session.call(Call("categories", "GET", "/v1/models/categories"))
    found = answered(exchange, _OK).get("categories")
    if not isinstance(found, list):
        return
    named = [str(each.get("category", each.get("name")) if isinstance(each, dict) else each) for each in found]
    text = f"a category is there twice: {named}"
    session.hold("catalog.categories", exchange, text, ok=len(set(named)) == len(named), case="twice")
    page = session.list({"limit": _LARGEST})
    models = _models(page)
    due = {str(name) for each in models for name in _names(each.get("categories"))}
    missing = sorted(due.difference(named))
    extra = sorted(set(named) - due) if total <= _LARGEST else []
    text = f"missing are {missing}, and no model has {extra}"
    session.hold("catalog.categories", exchange, text, ok=not missing and not extra, trace=[page, exchange])
