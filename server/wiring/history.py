"""The control room's memory: the index in the store, what compares calls, and what reads them for it."""

from server.adapters.matching.hearing import HeardEntities
from server.adapters.matching.matcher import LibraryMatcher
from server.adapters.store import Store
from server.services.control_room import ControlRoom
from server.services.history import History
from server.services.remembering import Remembering
from server.services.safekeeping import Beside


def remembering_of(room: ControlRoom, store: Store) -> Remembering:
    return Remembering(room, history=store.history, matcher=LibraryMatcher(), reader=HeardEntities())


def beside_of(store: Store) -> Beside:
    """What is held beside the calls, for whoever asks what is held about them."""
    return Beside(papers=store.papers, cases=store.cases, history=store.history, matcher=LibraryMatcher())


def history_of(room: ControlRoom, store: Store) -> History:
    return History(room, history=store.history, matcher=LibraryMatcher())
