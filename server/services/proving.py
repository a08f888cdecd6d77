"""Proving a recording: every piece opened and hashed again, and compared with what the journal says."""

from server.domain.events import RecordingBegan, RecordingEnded, RecordingHurt, SegmentKept
from server.domain.ids import CallId
from server.ports.journal import Journal
from server.ports.vault import Vault, VaultLost


async def proof_of(journal: Journal, vault: Vault, call: CallId) -> list[str]:
    """What is wrong, a sentence each; empty when the recording is whole and as it was written."""
    events = [entry.event for entry in await journal.entries(call)]
    said = [event for event in events if isinstance(event, SegmentKept | RecordingEnded)]
    begun = {event.stream for event in events if isinstance(event, RecordingBegan)}
    if not begun:
        return ["The journal knows of no recording of this call."]
    try:
        chains = {
            stream.id: ["", *(piece.chain for piece in await vault.chained(call, stream))]
            for stream in await vault.streams(call)
        }
    except VaultLost as lost:
        return [f"The recording cannot be opened: {lost}."]
    wrong = [f"{stream}: nothing of it is there." for stream in sorted(begun - chains.keys())]
    for event in said:
        chain = chains.get(event.stream, [])
        if event.stream in chains and len(chain) <= event.pieces:
            wrong.append(f"{event.stream}: {len(chain) - 1} pieces of {event.pieces} are there.")
        elif event.stream in chains and chain[event.pieces] != event.chain:
            wrong.append(f"{event.stream}: it is not what was written, at or before piece {event.pieces}.")
    hurt = sum(isinstance(event, RecordingHurt) for event in events)
    if not wrong and hurt:
        return [f"{hurt} stretch(es) were not kept, as the journal says."]
    return wrong
