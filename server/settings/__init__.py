"""The settings: embedded defaults, then `config/earshot.toml`, then the environment."""

from server.settings.forces import load_forces
from server.settings.load import BadSettings, load
from server.settings.model import Settings

__all__ = ["BadSettings", "Settings", "load", "load_forces"]
