"""The control room's memory: the index in the store, what compares calls, and what reads them for it."""

from server.adapters.matching.hearing import HeardEntities
from server.adapters.matching.matcher import LibraryMatcher
from server.adapters.store import Store
from server.services.control_room import ControlRoom
from server.services.history import History
from server.services.remembering import Remembering


def remembering_of(room: ControlRoom, store: Store) -> Remembering:
    return Remembering(room, history=store.history, matcher=LibraryMatcher(), reader=HeardEntities())


def history_of(room: ControlRoom, store: Store) -> History:
    return History(room, history=store.history, matcher=LibraryMatcher())
