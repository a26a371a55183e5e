from pathlib import Path

import pytest
from hypothesis.configuration import set_hypothesis_home_dir, storage_directory

from contracts.server.playing.hypothesis_home import no_folder_here


def home() -> Path:
    return storage_directory(intent_to_write=False).home_directory


def test_the_home_is_another_one_and_goes_away() -> None:
    before = home()
    with no_folder_here():
        inside = home()
        assert inside != before
        assert inside.is_dir()
    assert not inside.exists()
    assert home() == before


def test_whoever_has_chosen_a_home_has_it_again(tmp_path: Path) -> None:
    before = home()
    set_hypothesis_home_dir(tmp_path)
    try:
        with pytest.raises(ValueError, match="x"), no_folder_here():
            raise ValueError("x")
        assert home() == tmp_path
    finally:
        set_hypothesis_home_dir(before)
