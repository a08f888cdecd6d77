"""Cases: each force's forms, services and conference, read once at start."""

from collections.abc import Iterable, Mapping

from server.domain.casework.directory import Nation
from server.domain.casework.files import CaseFiles
from server.domain.ids import ForceId, MarkerId
from server.domain.markers import Marker
from server.domain.people import Force
from server.ports.cases import CaseBook
from server.services.case_desk import CaseDesk, CaseKit
from server.services.control_room import ControlRoom
from server.settings import BadSettings, Settings, load_forces
from server.settings.case_files import load_case_files
from server.wiring.briefing import mail_of


def case_desk_of(
    settings: Settings, room: ControlRoom, book: CaseBook, markers: Mapping[MarkerId, Marker]
) -> CaseDesk:
    files = case_files_of(settings, room.forces.values())
    kit = CaseKit(
        book=book,
        files=lambda force: files.get(force) or CaseFiles(),
        markers=markers,
        mail=mail_of(settings, room.clock),
    )
    return CaseDesk.of(room, kit)


def case_files_of(settings: Settings, forces: Iterable[Force]) -> dict[ForceId, CaseFiles]:
    """Raises `BadSettings` with the mistakes of all files."""
    folder = settings.path(settings.reading.markers)
    known = frozenset(path.stem for path in folder.glob("*.yaml"))
    read: dict[ForceId, CaseFiles] = {}
    mistakes: dict[str, None] = {}
    for force in forces:
        own = settings.path(settings.forces.folder) / force.id
        nation = Nation(force.nation) if force.nation else None
        try:
            read[force.id] = load_case_files(folder.parent, own, known, nation=nation)
        except BadSettings as bad:
            mistakes.update(dict.fromkeys(bad.mistakes))
    if mistakes:
        raise BadSettings(list(mistakes))
    return read


def check_case_files(settings: Settings) -> None:
    """Raises `BadSettings`."""
    try:
        forces = load_forces(settings.path(settings.forces.folder))
    except BadSettings:
        return  # said by the look at the forces
    case_files_of(settings, forces)
