"""Reading the settings, and reporting every mistake in them at once, by key."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from server.settings.model import Sections, Settings

PREFIX = "EARSHOT_"
CONFIG_VARIABLE = "EARSHOT_CONFIG"
SECRETS = (("twilio", "auth_token"),)
"""Keys that may not stand in the file: it is copied, committed and mailed around."""

Tree = dict[str, Any]


class BadSettings(Exception):
    """The settings cannot be used. One line a mistake: the key, and what was expected."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def load(config: Path | None = None, *, environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the file (if there is one) and the environment; raises `BadSettings`."""
    environ = os.environ if environ is None else environ
    path = config or _config_path(environ)
    mistakes: list[str] = []
    tree = _from_file(path, mistakes, needed=config is not None or CONFIG_VARIABLE in environ)
    _lay_over(tree, _from_environment(environ, mistakes))
    root = path.resolve().parent.parent
    try:
        settings = Settings.model_validate({**tree, "root": root})
    except ValidationError as error:
        mistakes += [_sentence(detail) for detail in error.errors(include_url=False)]
        raise BadSettings(mistakes) from None
    mistakes += _token_mistakes(settings)
    if mistakes:
        raise BadSettings(mistakes)
    return settings


def _config_path(environ: Mapping[str, str]) -> Path:
    if CONFIG_VARIABLE in environ:
        return Path(environ[CONFIG_VARIABLE])
    here = Path("config/earshot.toml")
    if here.exists():
        return here
    beside = Path(__file__).parents[2] / "config/earshot.toml"
    return beside if beside.exists() else Path(__file__).parents[1] / "share/config/earshot.toml"


def _from_file(path: Path, mistakes: list[str], *, needed: bool) -> Tree:
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if needed:
            mistakes.append(f"{path}: expected a settings file here, found none")
        return {}
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{path}: cannot be read ({type(error).__name__})")
        return {}
    except tomllib.TOMLDecodeError as error:
        mistakes.append(f"{path}: not TOML: {error}")
        return {}
    for section, key in SECRETS:
        if isinstance(tree.get(section), dict) and key in tree[section]:
            mistakes.append(
                f"{section}.{key}: a secret may not stand in {path.name}; set "
                f"{PREFIX}{section.upper()}__{key.upper()} or {section}.{key}_file"
            )
            del tree[section][key]
    return tree


def _from_environment(environ: Mapping[str, str], mistakes: list[str]) -> Tree:
    tree: Tree = {}
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or name == CONFIG_VARIABLE:
            continue
        section, separator, key = name.removeprefix(PREFIX).lower().partition("__")
        if not separator or section not in Sections.model_fields:
            known = ", ".join(sorted(Sections.model_fields))
            mistakes.append(f"{name}: expected {PREFIX}<SECTION>__<KEY> with a section of: {known}")
            continue
        tree.setdefault(section, {})[key] = _listed(value)
    return tree


def _listed(value: str) -> object:
    """A value in brackets is a TOML list, for keys that hold several."""
    if not value.startswith("["):
        return value
    try:
        return tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return value


def _lay_over(tree: Tree, above: Tree) -> None:
    for section, keys in above.items():
        below = tree.get(section)
        tree[section] = {**below, **keys} if isinstance(below, dict) else keys


def _sentence(detail: ErrorDetails) -> str:
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{key}: there is no such setting"
    message = detail["msg"].removeprefix("Value error, ")
    shown = "" if any(secret in key for _, secret in SECRETS) else f", got {detail['input']!r}"
    return f"{key}: {message}{shown}"


def _token_mistakes(settings: Settings) -> list[str]:
    try:
        settings.auth_tokens  # noqa: B018 - reading it is the test
    except OSError as error:
        return [f"twilio.auth_token_file: expected a readable file ({type(error).__name__})"]
    return []
