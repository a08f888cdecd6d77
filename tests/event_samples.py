"""Any event of any kind, for property tests."""

from hypothesis import strategies as st

from server.domain.events import Event
from server.services.wire import KINDS

st.register_type_strategy(int, st.integers(-(2**53), 2**53))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))

EVENTS: dict[str, st.SearchStrategy[Event]] = {name: st.from_type(kind) for name, kind in KINDS.items()}
"""For every kind, the events of that kind."""
