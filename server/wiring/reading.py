"""The reader of each force: the shipped markers, and over them what the force laid in its own folder."""

import logging
from collections.abc import Iterable
from pathlib import Path

from server.adapters.language.reader import SpacyReader
from server.domain.ids import ForceId
from server.domain.people import Force
from server.ports.language import Reader
from server.services.readers import Readers
from server.settings import Settings

log = logging.getLogger(__name__)


def overlay_folder(settings: Settings, force: str) -> Path:
    return settings.path(settings.forces.folder) / force / "markers"


def readers_of(settings: Settings, forces: Iterable[Force]) -> Readers:
    """Read the shipped markers and every overlay. Raises `BadMarkers` for the shipped ones alone."""
    markers_dir = settings.path(settings.reading.markers)
    own: dict[ForceId, Reader] = {}
    refused: dict[ForceId, tuple[str, ...]] = {}
    for force in forces:
        overlay = overlay_folder(settings, force.id)
        if not overlay.is_dir():
            continue
        reader = SpacyReader(markers_dir, overlay)
        if reader.refused:
            refused[force.id] = reader.refused
        else:
            own[force.id] = reader
    for force_id, mistakes in refused.items():
        log.error("overlay refused, shipped markers stay", extra={"force": force_id, "mistakes": mistakes})
    return Readers(shipped=SpacyReader(markers_dir), own=own, refused=refused)
