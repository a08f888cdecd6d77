"""Fetches a large file over HTTP, goes on where an earlier attempt stopped, never passes off half a file."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp

CHUNK_BYTES = 1 << 16
TIMEOUT = aiohttp.ClientTimeout(total=None, connect=20, sock_read=60)

OnProgress = Callable[[int, int | None], None]
"""Bytes here, and bytes in all where the server says."""


class DownloadFailed(Exception):
    """The file is not here. What came of it is kept for the next attempt."""


class Unreachable(DownloadFailed):
    """The server could not be reached at all."""


@dataclass(frozen=True, slots=True)
class _Answer:
    start: int
    total: int | None
    validator: str


async def download(url: str, target: Path, on_progress: OnProgress) -> None:
    """Fetch to `target`, by way of `target` + `.part`."""
    part = target.with_name(target.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
            await _fetch(session, url, part, on_progress)
    except aiohttp.ClientConnectorError as error:
        raise Unreachable("the server cannot be reached from here") from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise DownloadFailed(
            f"the download broke off ({type(error).__name__}); run it again to go on"
        ) from error
    part.replace(target)
    _validator_of(part).unlink(missing_ok=True)


async def _fetch(session: aiohttp.ClientSession, url: str, part: Path, on_progress: OnProgress) -> None:
    async with session.get(url, headers=_resuming(part)) as response:
        if response.status == 416:  # what is here does not fit what is there: begin again
            _discard(part)
            return await _fetch(session, url, part, on_progress)
        answer = _understood(response, part)
        _validator_of(part).write_text(answer.validator)
        with part.open("r+b" if answer.start else "wb") as file:
            file.seek(answer.start)
            file.truncate()
            here = answer.start
            async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                file.write(chunk)
                here += len(chunk)
                on_progress(here, answer.total)
                await asyncio.sleep(0)
    if answer.total is not None and here != answer.total:
        raise DownloadFailed("the download broke off; run it again to go on")
    return None


def _understood(response: aiohttp.ClientResponse, part: Path) -> _Answer:
    validator = response.headers.get("ETag", "")
    if response.status == 206:
        span, _, total = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
        start = span.partition("-")[0]
        if start != str(part.stat().st_size) or not total.isdigit():
            raise DownloadFailed("the server sent another part of the file than was asked for")
        return _Answer(int(start), int(total), validator)
    if response.status != 200:
        raise DownloadFailed(f"the server answered {response.status}")
    return _Answer(0, response.content_length, validator)


def _resuming(part: Path) -> dict[str, str]:
    # Without a strong validator nothing says that the rest belongs to the same file: begin again.
    headers = {"Accept-Encoding": "identity"}
    validator = _validator_of(part)
    etag = validator.read_text() if validator.exists() and part.exists() else ""
    if not etag or etag.startswith("W/"):
        return headers
    return headers | {"Range": f"bytes={part.stat().st_size}-", "If-Range": etag}


def _discard(part: Path) -> None:
    part.unlink(missing_ok=True)
    _validator_of(part).unlink(missing_ok=True)


def _validator_of(part: Path) -> Path:
    return part.with_name(part.name + ".etag")
