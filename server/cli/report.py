"""`earshot report`: what a force has to answer for over some days; counts, calls and people, and no words."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from server.cli.start import ConfigOption, JsonOption, out, settings_or_exit
from server.cli.stores import fail, with_store
from server.domain.ids import ForceId

if TYPE_CHECKING:
    from server.adapters.store import Store
    from server.domain.force_report import ForceReport
    from server.settings import Settings

ForceOption = Annotated[str, typer.Option("--force", help="The force whose calls are meant.")]
FromOption = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")]
ToOption = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")]
MINUTE_S = 60


def report(
    force: ForceOption,
    first: FromOption,
    last: ToOption,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Downgrades with markers present, time to arrival by marker, missed prompts, what nobody checked."""
    settings = settings_or_exit(config)
    since, until = _days(settings, ForceId(force), first.date(), last.date())
    found = with_store(settings, lambda store: _read(settings, store, ForceId(force), since, until))
    if as_json:
        _as_json(found)
    else:
        _as_tables(found)


def _days(settings: "Settings", force: ForceId, first: date, last: date) -> tuple[datetime, datetime]:
    """As the force's own clocks have them."""
    from server.settings import load_forces

    own = [one for one in load_forces(settings.path(settings.forces.folder)) if one.id == force]
    if not own:
        fail("There is no such force (forces.folder).")
    zone = ZoneInfo(own[0].rota.zone)
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, last + timedelta(1)))
    return begin, end


async def _read(
    settings: "Settings", store: "Store", force: ForceId, since: datetime, until: datetime
) -> "ForceReport":
    from server.adapters.language.marker_heads import markers_alone
    from server.services.force_reports import reported

    markers = markers_alone(settings.path(settings.reading.markers))
    return await reported(store.journal, force, since=since, until=until, markers=markers)


def _as_json(told: "ForceReport") -> None:
    import msgspec

    from server.domain.force_report import by_marker

    said = {
        "calls": told.calls,
        "markers": by_marker(told.calls),
        "not_readable": told.not_readable,
    }
    typer.echo(msgspec.json.format(msgspec.json.encode(said), indent=2))


def _as_tables(told: "ForceReport") -> None:
    from rich.table import Table

    from server.domain.force_report import by_marker

    out.print(f"{len(told.calls)} calls, not readable: {told.not_readable}", highlight=False)
    heads = ("marker", "calls", "attended", "median", "9 in 10", "prompts", "missed", "lowered against")
    table = Table(*heads, box=None)
    for one in by_marker(told.calls):
        counts = (one.calls, one.attended, _minutes(one.median_s), _minutes(one.nine_in_ten_s))
        table.add_row(one.marker, *map(str, (*counts, one.raised, one.missed, one.lowered)))
    out.print(table)
    lowered = Table("call", "lowered at", "from", "to", "by", "second", "against", box=None)
    gaps = Table("call", "looked up, by whom", "not looked up", "not asked", box=None)
    for call in told.calls:
        for each in call.lowered:
            facts = (each.was, each.grade, each.by, each.second or "NOBODY", ", ".join(each.against))
            lowered.add_row(call.call, f"{each.at:%Y-%m-%d %H:%M}", *facts)
        if call.markers or call.raised:
            seen = ", ".join(f"{each.check} by {each.by} {each.at:%H:%M}" for each in call.looked)
            gaps.add_row(call.call, seen, ", ".join(call.not_looked), ", ".join(call.not_asked))
    out.print(lowered)
    out.print(gaps)


def _minutes(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds / MINUTE_S:.0f} min"
