"""`earshot check`: everything that must be right before a shift depends on it."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

import typer

from server.cli.start import MISUSED, OK, ConfigOption, JsonOption, all_mistakes, draft_settings, out
from server.settings import Draft, Settings


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    ok: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    findings: list[Finding]
    mistakes: list[str]
    """What is wrong with the settings and the files that they name; with any, nothing else was tried."""
    warnings: list[str]

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)


def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check settings, forces, markers, model, database and public URL. Exit 2 if the server cannot start."""
    report = _report(draft_settings(config))
    if as_json:
        typer.echo(json.dumps({"ok": report.ok, **asdict(report)}))
    else:
        _print(report)
    raise typer.Exit(OK if report.ok else MISUSED)


def _report(found: Draft) -> Report:
    mistakes = all_mistakes(found, found.settings, needs_token=False)
    said = f"{len(mistakes)} thing(s) to put right" if mistakes else "read without a mistake"
    findings = [Finding("settings, forces, markers", not mistakes, said)]
    if not mistakes:
        findings += [_model(found.settings), *_database(found.settings)]
    return Report(findings=findings, mistakes=mistakes, warnings=list(_warnings(found)))


def _print(report: Report) -> None:
    lines = [f"{'ok' if f.ok else 'NOT OK':7}{f.what}: {f.said}" for f in report.findings]
    lines[1:1] = [f"       • {mistake}" for mistake in report.mistakes]
    lines += [f"NOTE   {warning}" for warning in report.warnings]
    for line in lines:
        out.print(line, markup=False, highlight=False)


def _model(settings: Settings) -> Finding:
    from server.wiring.checks import model_loads

    problem = asyncio.run(model_loads(settings))
    return Finding("speech model", not problem, problem or f"{settings.speech.engine} loads and listens")


def _database(settings: Settings) -> Iterator[Finding]:
    from server.adapters.store import StoreRefused
    from server.ports.people import PeopleLost
    from server.wiring.checks import desks_without_people

    try:
        missing = asyncio.run(desks_without_people(settings))
    except (StoreRefused, PeopleLost) as lost:
        yield Finding("database", False, str(lost))
        return
    yield Finding("database", True, "writable, at the newest schema")
    said = (
        f"no account yet for {', '.join(missing)} (earshot users add)"
        if missing
        else "every desk and shift has one"
    )
    yield Finding("people", True, said)


def _warnings(found: Draft) -> Iterator[str]:
    from server.adapters.speech.models.structure import is_demonstration
    from server.wiring.checks import overlays_refused, skills_without_markers, unsigned

    settings = found.settings
    if not found.unsure & {"reading", "forces"}:
        yield from overlays_refused(settings)
        yield from skills_without_markers(settings)
    model = settings.path(settings.speech.engine.partition(":")[2])
    if "speech" not in found.unsure and is_demonstration(model):
        yield (
            "The built-in speech model is for demonstration and tests: it mishears real callers "
            "(46 to 80 % word error). For real calls: earshot models fetch"
        )
    if "server" not in found.unsure and urlsplit(settings.server.public_url).scheme != "https":
        yield "server.public_url is not https: Twilio streams only to wss, and sign-ins would travel in clear"
    if "twilio" not in found.unsure and unsigned(settings):
        yield "no Twilio auth token is set: earshot serve will refuse to start with the Twilio doorway on"
