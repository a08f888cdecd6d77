"""`earshot check`: everything that must be right before a shift depends on it."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import typer

from server.cli.start import MISUSED, OK, ConfigOption, JsonOption, out, settings_or_exit
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    ok: bool
    said: str


def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check settings, forces, markers, model, database and public URL. Exit 2 if the server cannot start."""
    settings = settings_or_exit(config)
    findings = list(_findings(settings))
    warnings = list(_warnings(settings))
    if as_json:
        report = {"ok": all(f.ok for f in findings), "findings": [asdict(f) for f in findings]}
        typer.echo(json.dumps({**report, "warnings": warnings}))
    else:
        for finding in findings:
            mark = "ok " if finding.ok else "NOT OK"
            out.print(f"{mark:7}{finding.what}: {finding.said}", markup=False, highlight=False)
        for warning in warnings:
            out.print(f"NOTE   {warning}", markup=False, highlight=False)
    raise typer.Exit(OK if all(finding.ok for finding in findings) else MISUSED)


def _findings(settings: Settings) -> Iterator[Finding]:
    from server.wiring.checks import mistakes_in

    mistakes = mistakes_in(settings, needs_token=False)
    yield Finding("settings, forces, markers", not mistakes, "; ".join(mistakes) or "read without a mistake")
    if mistakes:
        return
    yield asyncio.run(_model_loads(settings))
    yield asyncio.run(_database_writable(settings))
    yield asyncio.run(_desks_have_people(settings))


async def _model_loads(settings: Settings) -> Finding:
    from server.wiring.checks import model_loads

    problem = await model_loads(settings)
    return Finding("speech model", not problem, problem or f"{settings.speech.engine} loads and listens")


async def _database_writable(settings: Settings) -> Finding:
    from server.wiring.checks import database_writable

    problem = await database_writable(settings)
    return Finding("database", not problem, problem or "writable, at the newest schema")


async def _desks_have_people(settings: Settings) -> Finding:
    from server.wiring.checks import desks_without_people

    missing = await desks_without_people(settings)
    said = f"no account yet for {', '.join(missing)} (earshot users add)" if missing else "every desk has one"
    return Finding("handlers", True, said)


def _warnings(settings: Settings) -> Iterator[str]:
    from server.adapters.speech.models.structure import is_demonstration

    if is_demonstration(settings.path(settings.speech.engine.partition(":")[2])):
        yield (
            "The built-in speech model is for demonstration and tests: it mishears real callers "
            "(46 to 80 % word error). For real calls: earshot models fetch"
        )
    public = urlsplit(settings.server.public_url)
    if public.scheme != "https":
        yield "server.public_url is not https: Twilio streams only to wss, and sign-ins would travel in clear"
    if settings.twilio.enabled and not settings.auth_tokens:
        yield "no Twilio auth token is set: earshot serve will refuse to start with the Twilio doorway on"
