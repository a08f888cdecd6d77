"""What is not as it was meant and keeps no call from being heard, for the people who run the server."""

from dataclasses import dataclass

from server.domain.ids import ForceId


@dataclass(frozen=True, slots=True)
class Note:
    sentence: str
    force: ForceId | None = None
    """Whose affair it is; none: everybody's."""

    def concerns(self, force: ForceId) -> bool:
        return self.force in {None, force}
