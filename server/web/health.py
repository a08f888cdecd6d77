"""Whether the server lives, whether it is fit for calls, and its figures."""

import asyncio
import logging

from aiohttp import web

from server.ports.journal import JournalLost
from server.ports.speech import EngineHealth
from server.web.doors import DOORS, Doors
from server.web.requests import json

log = logging.getLogger(__name__)

DATABASE_S = 2.0
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def routes() -> list[web.RouteDef]:
    return [
        web.get("/healthz", healthz),
        web.get("/readyz", readyz),
        web.get("/metrics", metrics),
    ]


async def healthz(_request: web.Request) -> web.StreamResponse:
    return json({"alive": True})


async def readyz(request: web.Request) -> web.StreamResponse:
    """Says what is deaf. Calls that cannot be heard now are named by number only."""
    doors = request.app[DOORS]
    health = doors.engine_health()
    reasons = await faults_of(doors)
    live = [line for line in doors.feeds.lines() if line.ended_at is None]
    deaf = {
        "calls": sum(bool(line.deaf) or not line.connected for line in live),
        "legs": sum(len(line.deaf) for line in live),
    }
    facts = {
        "ready": not reasons,
        "reasons": reasons,
        "notes": [note.sentence for note in doors.notes()],
        "engine": health,
        "live_calls": len(live),
        "deaf": deaf,
    }
    return json(facts, status=503 if reasons else 200)


async def faults_of(doors: Doors) -> list[str]:
    """What keeps the server from being fit for calls."""
    engine = _engine_faults(doors.engine_health())
    return [*engine, *await _database_faults(doors), *doors.faults()]


async def metrics(request: web.Request) -> web.StreamResponse:
    return web.Response(body=request.app[DOORS].render_metrics(), headers={"Content-Type": METRICS_TYPE})


def _engine_faults(health: EngineHealth) -> list[str]:
    if health.workers_ready == 0:
        return ["No speech worker is listening."]
    if health.workers_ready < health.workers:
        log.info("speech workers missing", extra={"ready": health.workers_ready, "of": health.workers})
    return []


async def _database_faults(doors: Doors) -> list[str]:
    try:
        async with asyncio.timeout(DATABASE_S):
            await doors.journal.calls(limit=1)
    except (JournalLost, TimeoutError):
        return ["The journal cannot be read."]
    return []
