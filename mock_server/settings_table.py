"""The settings as a table: each one's option, its ``RUNCOMFY_MOCK_*`` variable, and how texts are read into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields
from typing import Any

from mock_server import setting_texts as texts
from mock_server.settings import Settings, SettingsError
from schemas.variants import Variants

_FLAGS = {"tokens": "--token", "variants": "--variant"}  # one a time, as often as need be


@dataclass(frozen=True, slots=True)
class Spec:
    """One row of the settings table."""

    name: str
    default: Any
    text: str
    parse: Callable[[str], Any] | None
    metavar: str

    @property
    def flag(self) -> str:
        """The option of ``serve``."""
        return _FLAGS.get(self.name, "--" + self.name.replace("_", "-"))

    @property
    def variable(self) -> str:
        """The environment variable."""
        return "RUNCOMFY_MOCK_" + self.flag.removeprefix("--").replace("-", "_").upper()

    @property
    def is_folders(self) -> bool:
        """Whether it names folders or files, which a variable separates as ``PATH`` does: they may have spaces."""
        return self.parse is texts.paths

    @property
    def repeated(self) -> bool:
        """Whether it may be given more than once (in the variable: separated by spaces, unless `is_folders`)."""
        return isinstance(self.default, (tuple, Variants))

    def read(self, text: str) -> Any:
        """Read the text form of a value. Raises `SettingsError` naming the option."""
        assert self.parse is not None
        try:
            return self.parse(text)
        except ValueError as error:
            raise SettingsError(f"{self.flag}: {error}") from None


def _spec(setting: Field[Any]) -> Spec:
    return Spec(
        name=setting.name,
        default=setting.default,
        text=setting.metadata["help"],
        parse=setting.metadata["parse"],
        metavar=setting.metadata["metavar"],
    )


SPECS: tuple[Spec, ...] = tuple(map(_spec, fields(Settings)))


def from_texts(given_texts: Mapping[str, object]) -> Settings:
    """Make settings out of texts by field name: a text, a sequence of texts where repeated, a bool for a switch.

    ``None``, and an empty sequence, mean that the setting was not given. Raises `SettingsError`.
    """
    values: dict[str, Any] = {}
    for spec in SPECS:
        given = given_texts.get(spec.name)
        if given is None or given == ():
            continue
        if spec.parse is None:
            values[spec.name] = given
        elif spec.name == "variants":
            assert isinstance(given, (tuple, list))
            for text in given:
                spec.read(text)
            choices = dict(text.partition("=")[::2] for text in given)
            if given_texts.get("strict") and choices.get("unknown_properties", "refused") != "refused":
                raise SettingsError("--strict refuses unknown properties, --variant has them accepted; take one")
            values[spec.name] = Variants().with_(choices)
        elif spec.repeated:
            assert isinstance(given, (tuple, list))
            values[spec.name] = tuple(item for text in given for item in spec.read(text))
        else:
            values[spec.name] = spec.read(str(given))
    return Settings(**values)
