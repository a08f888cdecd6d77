from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.adapters.speech.models.download import DownloadFailed, Unreachable, download

CONTENT = bytes(range(256)) * 4096


@dataclass
class Shelf:
    """A server of one file, with the failings that a test gives it."""

    content: bytes = CONTENT
    etag: str = '"one"'
    ignores_range: bool = False
    breaks_after: int | None = None
    status: int = 200
    asked: list[str] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.headers.get("Range", ""))
        if self.status != 200:
            return web.Response(status=self.status)
        start = self._start(request)
        headers = {"ETag": self.etag, "Content-Length": str(len(self.content) - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        response = web.StreamResponse(status=206 if start else 200, headers=headers)
        await response.prepare(request)
        end = len(self.content) if self.breaks_after is None else start + self.breaks_after
        await response.write(self.content[start:end])
        if end < len(self.content) and request.transport:
            request.transport.close()
        return response

    def _start(self, request: web.Request) -> int:
        asked = request.headers.get("Range", "")
        if not asked or self.ignores_range or request.headers.get("If-Range") != self.etag:
            return 0
        start = int(asked.removeprefix("bytes=").rstrip("-"))
        if start >= len(self.content):
            raise web.HTTPRequestRangeNotSatisfiable
        return start


@asynccontextmanager
async def served(shelf: Shelf) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/model.zip", shelf.serve)
    async with TestServer(app) as server:
        yield str(server.make_url("/model.zip"))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def broken_off(shelf: Shelf, url: str, target: Path) -> None:
    shelf.breaks_after = 300_000
    with pytest.raises(DownloadFailed):
        await download(url, target, lambda here, total: None)
    shelf.breaks_after = None
    assert target.name not in names_in(target.parent)


async def test_a_file_is_fetched_whole_and_its_progress_told(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    async with served(Shelf()) as url:
        await download(url, tmp_path / "model.zip", lambda here, total: told.append((here, total)))
    assert (tmp_path / "model.zip").read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert names_in(tmp_path) == ["model.zip"]


async def test_an_interrupted_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    shelf = Shelf()
    async with served(shelf) as url:
        await broken_off(shelf, url, tmp_path / "model.zip")
        here = (tmp_path / "model.zip.part").stat().st_size
        assert here > 0
        await download(url, tmp_path / "model.zip", lambda here, total: None)
    assert shelf.asked == ["", f"bytes={here}-"]
    assert (tmp_path / "model.zip").read_bytes() == CONTENT


async def test_a_file_that_has_changed_meanwhile_is_fetched_from_the_start(tmp_path: Path) -> None:
    shelf = Shelf()
    async with served(shelf) as url:
        await broken_off(shelf, url, tmp_path / "model.zip")
        shelf.content, shelf.etag = CONTENT[::-1], '"two"'
        await download(url, tmp_path / "model.zip", lambda here, total: None)
    assert (tmp_path / "model.zip").read_bytes() == CONTENT[::-1]


async def test_a_server_that_ignores_ranges_still_gives_the_right_file(tmp_path: Path) -> None:
    shelf = Shelf(ignores_range=True)
    async with served(shelf) as url:
        await broken_off(shelf, url, tmp_path / "model.zip")
        await download(url, tmp_path / "model.zip", lambda here, total: None)
    assert (tmp_path / "model.zip").read_bytes() == CONTENT


async def test_a_part_without_a_validator_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "model.zip.part").write_bytes(b"something else")
    async with served(Shelf()) as url:
        await download(url, tmp_path / "model.zip", lambda here, total: None)
    assert (tmp_path / "model.zip").read_bytes() == CONTENT


async def test_a_part_longer_than_the_file_begins_again(tmp_path: Path) -> None:
    (tmp_path / "model.zip.part").write_bytes(CONTENT * 2)
    (tmp_path / "model.zip.part.etag").write_text('"one"')
    async with served(Shelf()) as url:
        await download(url, tmp_path / "model.zip", lambda here, total: None)
    assert (tmp_path / "model.zip").read_bytes() == CONTENT


async def test_a_refusal_is_told_with_its_status(tmp_path: Path) -> None:
    async with served(Shelf(status=404)) as url:
        with pytest.raises(DownloadFailed, match="404"):
            await download(url, tmp_path / "model.zip", lambda here, total: None)


async def test_no_network_is_told_apart(tmp_path: Path, unused_tcp_port: int) -> None:
    with pytest.raises(Unreachable):
        await download(
            f"http://127.0.0.1:{unused_tcp_port}/model.zip", tmp_path / "model.zip", lambda here, total: None
        )
