from dataclasses import replace

import jsonschema
import pytest

from contracts.server.schema.document import described
from schemas.openapi import document
from schemas.variants import Variants
from tests.contracts.server.scripted import BASE, KLING, PAYLOAD, PROMISES, stage

OFTEN = replace(PROMISES, variants=Variants().with_({"unknown_properties": "refused", "bad_query": "ignored"}))


def test_without_news_it_is_the_published_document() -> None:
    assert described(stage(), {}) == document(stage().catalog, BASE)
    assert described(stage(), {"auth_status": "400"}) == document(
        stage().catalog, BASE, Variants().with_({"auth_status": "400"})
    )


def test_what_is_promised_counts_and_not_what_was_seen_elsewhere() -> None:
    assert described(stage(promises=PROMISES), {"unknown_properties": "refused"}) == described(stage(), {})
    seen = {"unknown_properties": "refused", "bad_query": "ignored"}
    assert described(stage(promises=OFTEN), {}) == described(stage(), seen)


@pytest.mark.parametrize(
    "extra", [{"more": 1}, {"multi_prompt": [{"prompt": "x", "duration": 5, "more": 1}]}], ids=["root", "nested"]
)
def test_a_server_that_refuses_unknown_properties_is_not_sent_any_as_valid(extra: dict[str, object]) -> None:
    for promises, is_valid in ((PROMISES, True), (OFTEN, False)):
        post = described(stage(promises=promises), {})["paths"][f"/v1/models/{KLING}"]["post"]
        validator = jsonschema.Draft202012Validator(post["requestBody"]["content"]["application/json"]["schema"])
        assert validator.is_valid(PAYLOAD)
        assert validator.is_valid(PAYLOAD | extra) is is_valid


def test_a_server_that_ignores_bad_queries_has_none() -> None:
    told = described(stage(promises=OFTEN), {})
    queries = [
        parameter["schema"]
        for path in told["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    ]
    assert queries
    assert queries == [{}] * len(queries)
