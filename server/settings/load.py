"""Reading the settings, and reporting every mistake in them at once, by key."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from server.settings.model import Sections, Settings
from server.settings.section import Section
from server.settings.wording import sentence

PREFIX = "EARSHOT_"
CONFIG_VARIABLE = "EARSHOT_CONFIG"
SECRETS = (
    ("twilio", "auth_token"),
    ("webhooks", "secret"),
    ("frames", "key"),
    ("vault", "key"),
    ("oidc", "client_secret"),
    ("sheets", "key"),
    ("email", "password"),
    ("texts", "key"),
    ("texts", "callback_token"),
    ("video", "turn_secret"),
)
"""Keys that may not stand in the file: it is copied, committed and mailed around."""

Tree = dict[str, Any]


class BadSettings(Exception):
    """The settings cannot be used. One line a mistake: the key, and what was expected."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What could be read, right or wrong, so that the checks beyond the keys can run all the same."""

    settings: Settings
    """A section with a mistake holds its defaults here."""
    mistakes: list[str] = field(default_factory=list)
    unsure: frozenset[str] = frozenset()
    """The sections with mistakes: nothing that depends on them can be judged."""


def load(config: Path | None = None, *, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the file (if there is one) and the environment; raises `BadSettings`."""
    found = draft(config, environ=environ)
    if found.mistakes:
        raise BadSettings(found.mistakes)
    return found.settings


def draft(config: Path | None = None, *, environ: Mapping[str, str] | None = None) -> Draft:
    """The settings with all their mistakes, section by section."""
    environ = os.environ if environ is None else environ
    path = config or _config_path(environ)
    reading = _Reading()
    reading.file(path, needed=config is not None or CONFIG_VARIABLE in environ)
    reading.environment(environ)
    settings = reading.settings(path.resolve().parent.parent)
    return Draft(settings=settings, mistakes=reading.mistakes, unsure=frozenset(reading.unsure))


def _config_path(environ: Mapping[str, str]) -> Path:
    if CONFIG_VARIABLE in environ:
        return Path(environ[CONFIG_VARIABLE])
    here = Path("config/earshot.toml")
    if here.exists():
        return here
    beside = Path(__file__).parents[2] / "config/earshot.toml"
    return beside if beside.exists() else Path(__file__).parents[1] / "share/config/earshot.toml"


class _Reading:
    """One reading of the settings, layer by layer, that goes on after a mistake."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []
        self.unsure: set[str] = set()
        self._tree: Tree = {}

    def file(self, path: Path, *, needed: bool) -> None:
        try:
            self._tree = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            if needed:
                self._no_file(f"{path}: expected a settings file here, found none")
        except tomllib.TOMLDecodeError as error:
            self._no_file(f"{path}: not TOML: {error}")
        except (OSError, UnicodeDecodeError) as error:
            self._no_file(f"{path}: cannot be read ({type(error).__name__})")
        self._refuse_secrets(path)

    def environment(self, environ: Mapping[str, str]) -> None:
        for name, value in sorted(environ.items()):
            if not name.startswith(PREFIX) or name == CONFIG_VARIABLE:
                continue
            section, separator, key = name.removeprefix(PREFIX).lower().partition("__")
            if not separator or section not in Sections.model_fields:
                known = ", ".join(sorted(Sections.model_fields))
                self.mistakes.append(f"{name}: expected {PREFIX}<SECTION>__<KEY> with a section of: {known}")
                continue
            below = self._tree.setdefault(section, {})
            if isinstance(below, dict):
                below[key] = _listed(value)

    def settings(self, root: Path) -> Settings:
        for name in sorted(set(self._tree) - set(Sections.model_fields)):
            self.mistakes.append(f"{name}: there is no such setting")
        sections = {
            name: self._section(name, default.get_default())
            for name, default in Sections.model_fields.items()
        }
        settings = Settings(root=root, **sections)
        if "twilio" not in self.unsure:
            self._look_at_tokens(settings)
        return settings

    def _section(self, name: str, default: Section) -> Any:  # noqa: ANN401 - one of the sections, by name
        try:
            return type(default).model_validate(self._tree.get(name, {}))
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                secret = any(name == section and key in detail["loc"] for section, key in SECRETS)
                self.mistakes.append(sentence(detail, within=name, secret=secret))
        self.unsure.add(name)
        return default

    def _no_file(self, mistake: str) -> None:
        self.mistakes.append(mistake)
        self.unsure.update(Sections.model_fields)

    def _refuse_secrets(self, path: Path) -> None:
        for section, key in SECRETS:
            if isinstance(self._tree.get(section), dict) and key in self._tree[section]:
                self.mistakes.append(
                    f"{section}.{key}: a secret may not stand in {path.name}; set "
                    f"{PREFIX}{section.upper()}__{key.upper()} or {section}.{key}_file"
                )
                self.unsure.add(section)
                del self._tree[section][key]

    def _look_at_tokens(self, settings: Settings) -> None:
        key = "auth_token" if settings.twilio.auth_token_file is None else "auth_token_file"
        try:
            readable = all(token.isascii() and token.isprintable() for token in settings.auth_tokens)
            why = "" if readable else "it holds other than plain letters and digits"
        except (OSError, ValueError) as error:
            why = type(error).__name__
        if why:
            expected = "a readable file of text" if key == "auth_token_file" else "a token"
            self.mistakes.append(f"twilio.{key}: expected {expected} ({why})")
            self.unsure.add("twilio")


def _listed(value: str) -> object:
    """A value in brackets is a TOML list, for keys that hold several."""
    if not value.startswith("["):
        return value
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value
