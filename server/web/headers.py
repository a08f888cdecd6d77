"""What every answer tells the browser not to do."""

from collections.abc import Sequence

from aiohttp import web

from server.web.doors import DOORS

NOBODY = "'none'"


def policy(origins: frozenset[str], ancestors: Sequence[str] = ()) -> str:
    """Scripts, styles and connections from here alone; the sockets are named for older browsers.

    Nobody's page may hold ours in a frame but those of the `ancestors`.
    """
    sockets = " ".join(sorted("ws" + origin.removeprefix("http") for origin in origins))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "media-src 'self'",
            "manifest-src 'self'",
            f"connect-src 'self' {sockets}".strip(),
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {' '.join(ancestors) or NOBODY}",
            "require-trusted-types-for 'script'",
        )
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    doors = request.app[DOORS]
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(doors.public_origins))
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if f"frame-ancestors {NOBODY}" in headers["Content-Security-Policy"]:
        headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cache-Control", "no-store")
    headers["Server"] = "earshot"
    if doors.secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
