"""What the tests of the mutants share: the tour, and what it has shown so far."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts.mutants.servers import SERVERS
from tests.contracts.mutants.calling import Told
from tests.contracts.mutants.tour import Tour

MODELS = {
    "acme/paint/text-to-image": ("Acme Paint", ["text-to-image"], 0.04),
    "zeta/hum/text-to-audio": ("Zeta Hum", ["text-to-audio", "text-to-video"], 0.125),
}
INPUT = {"type": "object", "required": ["prompt"], "properties": {"prompt": {"type": "string"}}}


@dataclass
class Tours:
    """The tours through the right server and through the mutants, each made once."""

    tour: Tour
    made: dict[str, list[tuple[str, Told]]] = field(default_factory=dict)

    @property
    def right(self) -> list[tuple[str, Told]]:
        if "" not in self.made:
            self.made[""] = self.tour(lambda app: app)
        return self.made[""]

    def of(self, name: str) -> list[tuple[str, Told]]:
        if name not in self.made:
            self.made[name] = self.tour(SERVERS[name].break_)
        return self.made[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the servers of this folder's tests be as wrong as they are."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("wrong_servers")


@pytest.fixture(scope="session")
def tours(tmp_path_factory: pytest.TempPathFactory) -> Tours:
    folder = tmp_path_factory.mktemp("models")
    for model_id, (name, categories, price) in MODELS.items():
        place = folder / model_id
        place.mkdir(parents=True)
        _write(place / "input.json", INPUT)
        record = {"display_name": name, "categories": categories, "base_price_usd": price, "price_unit": "output"}
        _write(place / "model.json", record)
    return Tours(Tour(folder))


def _write(file: Path, document: object) -> None:
    file.write_text(json.dumps(document), "utf-8")
