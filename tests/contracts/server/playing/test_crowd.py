from __future__ import annotations

from pathlib import Path

from contracts.server.playing.crowd import MADE_UP, SIZE, write_crowd
from schemas import catalog
from schemas.lint import lint


def test_the_made_up_models_are_there() -> None:
    models = catalog.load([MADE_UP], packaged=False)
    assert len(models) >= 5
    assert models.warnings == ()


def test_a_crowd_is_too_large_for_one_page_and_no_two_are_alike(tmp_path: Path) -> None:
    write_crowd(tmp_path)
    models = catalog.load([tmp_path], packaged=False)
    assert len(models) == SIZE > 20  # the default of limit
    assert len({model.display_name for model in models.values()}) == SIZE
    assert len({model.base_price_usd for model in models.values()}) == SIZE
    assert models.warnings == ()


def test_a_crowd_is_of_several_categories_and_each_has_some(tmp_path: Path) -> None:
    write_crowd(tmp_path)
    models = catalog.load([tmp_path], packaged=False)
    categories = sorted(each for model in models.values() for each in model.categories)
    assert len(set(categories)) == 3
    assert min(categories.count(each) for each in categories) >= 2
    assert all(model.model_id.endswith(model.categories[0]) for model in models.values())


def test_a_crowd_stands_beside_the_others(tmp_path: Path) -> None:
    write_crowd(tmp_path)
    apart = [catalog.load(), catalog.load([MADE_UP], packaged=False), catalog.load([tmp_path], packaged=False)]
    assert len(catalog.load([MADE_UP, tmp_path])) == sum(len(each) for each in apart)


def test_an_example_of_each_is_valid(tmp_path: Path) -> None:
    write_crowd(tmp_path)
    for model in catalog.load([tmp_path], packaged=False).values():
        assert model.example()["prompt"]
        assert list(lint(model)) == []
