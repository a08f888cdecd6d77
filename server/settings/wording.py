"""What is wrong with a value, in words for whoever wrote it."""

import re

from pydantic import AfterValidator
from pydantic_core import ErrorDetails

CREDENTIALS = re.compile(r"//.*@|:.*:.*@", re.DOTALL)
"""A user and password before a host, as in `https://USER:PASSWORD@HOST` or `sip:USER:PASSWORD@HOST`."""
HIDDEN = "not shown: it may hold a password"

_EXPECTED = {
    "missing": "expected; it is missing",
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number",
    "float_type": "expected a number",
    "bool_parsing": "expected true or false",
    "bool_type": "expected true or false",
    "string_type": "expected text",
    "path_type": "expected a path",
    "list_type": "expected a list",
    "tuple_type": "expected a list",
    "string_too_short": "expected text, not nothing",
    "too_short": "expected at least {min_length}",
    "literal_error": "expected one of {expected}",
    "greater_than": "expected more than {gt}",
    "greater_than_equal": "expected at least {ge}",
    "less_than_equal": "expected at most {le}",
    "model_type": "expected a table of keys",
}
"""By pydantic's name for the mistake, filled with what it knows of it."""
_WITHOUT_VALUE = frozenset({"missing", "too_short", "string_too_short", "model_type"})


def written_as(pattern: str, words: str) -> AfterValidator:
    """Text that the whole pattern matches; anything else is refused in these words."""
    shape = re.compile(pattern)

    def checked(value: str) -> str:
        if not shape.fullmatch(value):
            raise ValueError(f"expected {words}")
        return value

    return AfterValidator(checked)


def sentence(detail: ErrorDetails, *, within: str, secret: bool = False) -> str:
    """`KEY: what was expected, got VALUE`; the value stays away where it is or may hold a secret."""
    key = ".".join(str(part) for part in (within, *detail["loc"]) if part != "")
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"{key}: there is no such setting"
    said = _EXPECTED.get(kind, detail["msg"].removeprefix("Value error, "))
    said = said.format(**detail.get("ctx", {})) if kind in _EXPECTED else said
    if secret or kind in _WITHOUT_VALUE:
        return f"{key}: {said}"
    return f"{key}: {said}, got {_shown(detail['input'])}"


def _shown(value: object) -> str:
    text = repr(value)
    return f"a value ({HIDDEN})" if CREDENTIALS.search(text) else text


def without_credentials(url: str) -> str:
    """The URL as it may be repeated to whoever reads the screen or the log."""
    scheme, colon, _ = url.partition(":")
    return f"{scheme}{colon}({HIDDEN})" if CREDENTIALS.search(url) else url
