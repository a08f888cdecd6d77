"""The settings: embedded defaults, then `config/earshot.toml`, then the environment."""

from server.settings.forces import load_forces
from server.settings.load import BadSettings, Draft, draft, load
from server.settings.model import Settings

__all__ = ["BadSettings", "Draft", "Settings", "draft", "load", "load_forces"]
