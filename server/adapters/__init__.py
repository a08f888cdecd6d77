"""The outside world: telephony, speech engine, language, database, bus, clock, metrics."""
