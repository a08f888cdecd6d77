"""Registrations: as written, as spelt out, and with the letters that are taken for each other."""

import re

CURRENT = re.compile(r"[a-z]{2}\d{2}[a-z]{3}")
OLDER = re.compile(r"[a-z]\d{1,3}[a-z]{3}|[a-z]{3}\d{1,3}[a-z]|[a-z]{1,3}\d{1,4}|\d{1,4}[a-z]{1,3}")
TAKEN_FOR = str.maketrans("oilszbdtvecgpmnfxjkha8uq", "01152ppppppppnn55aaaaaqq")
"""Letters that look or sound like another, as classes."""


def registration_of(text: str) -> str:
    """Small letters and digits; empty for what is no registration of these islands."""
    said = re.sub(r"[^a-z0-9]", "", text.casefold())
    return said if CURRENT.fullmatch(said) or (len(said) >= 4 and OLDER.fullmatch(said)) else ""


def vehicle_keys(value: str) -> frozenset[str]:
    """Each with one letter left out: whatever one letter was misheard, one of them agrees."""
    loose = {f"v:{value[:place]}*{value[place + 1 :]}" for place in range(len(value))}
    return frozenset({f"v:{value}", *loose})


def vehicle_bits(one: str, other: str) -> tuple[float, str]:
    if one == other:
        return 18.0, "same vehicle"
    if len(one) != len(other):
        return 0.0, ""
    wrong = [(mine, theirs) for mine, theirs in zip(one, other, strict=True) if mine != theirs]
    if len(wrong) > 1:
        return 0.0, ""
    mine, theirs = wrong[0]
    confused = mine.translate(TAKEN_FOR) == theirs.translate(TAKEN_FOR)
    return (12.0, "vehicle, one letter apart") if confused else (7.0, "vehicle, one letter apart")
