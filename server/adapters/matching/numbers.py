"""Telephone numbers as E.164; withheld ones as what they are."""

import re

import phonenumbers

REGION = "GB"
WITHHELD = frozenset(
    {"anonymous", "restricted", "unavailable", "unknown", "private", "withheld", "blocked", "payphone"}
)
WITHHELD_NUMBERS = frozenset({"+266696687", "+7378742833", "+2562533", "+8566696687", "+86282452253"})
"""How a withheld number is spelt on a telephone's keys; providers send it as if it were one."""
MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def number_of(text: str, *, region: str = REGION) -> str:
    """In E.164; empty for what is withheld, or is no number that anybody could ring."""
    said = text.strip().casefold()
    if said.lstrip("+") in WITHHELD or said in WITHHELD_NUMBERS:
        return ""
    said = re.sub(r"^(tel|sip|sips):", "", said).partition("@")[0].partition(";")[0]
    try:
        parsed = phonenumbers.parse(said, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(e164: str) -> bool:
    parsed = phonenumbers.parse(e164, None)
    # The ranges kept for drama are of no type at all; those of mobiles begin as mobiles do.
    return phonenumbers.number_type(parsed) in MOBILE or e164.startswith("+447")


def national(e164: str) -> str:
    """As people read it out: `07700 900123`."""
    parsed = phonenumbers.parse(e164, None)
    own = parsed.country_code == phonenumbers.country_code_for_region(REGION)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if own else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)
