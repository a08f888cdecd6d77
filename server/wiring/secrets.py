"""Secrets that two systems share and sign with."""

import base64
import binascii
from pathlib import Path

SECRET_LEAST = 24
"""Bytes, as Standard Webhooks has it."""
PREFIX = "whsec_"


def shared_secrets(file: Path | None, given: str, none: str) -> tuple[tuple[bytes, ...], str]:
    """Those in the file, else those given, the newest first; or why there are none that can be used."""
    try:
        text = given if file is None else file.read_text(encoding="utf-8")
        secrets = tuple(_secret(part) for part in text.split())
    except (OSError, UnicodeDecodeError) as error:
        return (), f"its secret cannot be read ({type(error).__name__})"
    except (binascii.Error, ValueError):
        return (), f"expected base64 after {PREFIX} in its secret"
    if not secrets:
        return (), none
    if any(len(secret) < SECRET_LEAST for secret in secrets):
        return (), f"expected a secret of at least {SECRET_LEAST} bytes"
    return secrets, ""


def _secret(text: str) -> bytes:
    if text.startswith(PREFIX):
        return base64.b64decode(text.removeprefix(PREFIX), validate=True)
    return text.encode()
