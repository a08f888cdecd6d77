"""What the demonstration prints when its calls are done: words, prompts and delays, call by call."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from server.demo.expecting import Check, Raised, Verdict, checked, percentile, prompts_of
from server.demo.screen import clock
from server.demo.stage import DemoCall
from server.demo.wording import Score, score, words
from server.domain.events import Entry, UtteranceHeard
from server.domain.speech import Party

LEGS = (Party.CALLER, Party.HANDLER)
NONE = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReport:
    name: str
    title: str
    scores: dict[Party, Score] = field(default_factory=dict)
    verdict: Verdict
    fault: str = ""
    """Why the call could not be played to its end; empty when it was."""

    @property
    def held(self) -> bool:
        return not self.fault and self.verdict.held


def reported(call: DemoCall, entries: Sequence[Entry], *, fault: str = "") -> CallReport:
    return CallReport(
        name=call.name,
        title=call.script.title,
        scores={party: _score(call, entries, party) for party in LEGS},
        verdict=checked(call.script.expectations, prompts_of(entries)),
        fault=fault,
    )


def _score(call: DemoCall, entries: Iterable[Entry], party: Party) -> Score:
    spoken = [word for line in call.script.lines if line.party is party for word in words(line.text)]
    utterances = (e.event.utterance for e in entries if isinstance(e.event, UtteranceHeard))
    return score(spoken, [word for said in utterances if said.party is party for word in words(said.text)])


def show(console: Console, reports: Sequence[CallReport]) -> None:
    for report in reports:
        console.rule(Text(f"{report.name}: {report.title}"), align="left")
        if report.fault:
            console.print(Text(f"not played to its end: {report.fault}", style="bold red"))
        console.print(_words_table(report))
        console.print(_prompts_table(report))
    console.rule("All calls", align="left")
    console.print(_delays_table(reports))
    broken = [report.name for report in reports if not report.held]
    if broken:
        console.print(Text(f"Expectations broken in: {', '.join(broken)}", style="bold red"))
    else:
        console.print(Text("Every expected prompt came in time, and no other.", style="bold green"))


def _words_table(report: CallReport) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("leg")
    for name in ("words spoken", "wrong", "missed", "added", "word error"):
        table.add_column(name, justify="right")
    both = sum(report.scores.values(), Score())
    for leg, counted in (*((party.value, report.scores[party]) for party in LEGS), ("both", both)):
        counts = (counted.spoken, counted.wrong, counted.missed, counted.added)
        table.add_row(leg, *map(str, counts), f"{counted.error_rate:.1%}")
    return table


def _prompts_table(report: CallReport) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        caption="milliseconds after the end of the triggering word",
        caption_justify="left",
    )
    table.add_column("prompt", no_wrap=True)
    table.add_column("at")
    for name in ("sighted", "raised", "delivered", "painted"):
        table.add_column(name, justify="right")
    table.add_column("result")
    for check in report.verdict.checks:
        table.add_row(*_check_row(check))
    for prompt in report.verdict.unexpected:
        table.add_row(*_other_row(prompt, Text("not expected", style="bold red")))
    for prompt in report.verdict.beside:
        table.add_row(*_other_row(prompt, Text("beside", style="dim")))
    if not report.verdict.checks and not report.verdict.unexpected:
        table.add_row(NONE, *[""] * 5, Text("none expected, none raised", style="green"))
    return table


def _check_row(check: Check) -> list[str | Text]:
    told = Text(check.fault, style="bold red") if check.fault else Text("held", style="green")
    delays = [NONE] * 4 if check.raised is None else _delays(check.raised, late_ms=check.heard_late_ms)
    return [check.expected.marker, clock(check.expected.at_ms), *delays, told]


def _other_row(prompt: Raised, told: Text) -> list[str | Text]:
    return [prompt.marker, clock(prompt.at_ms), *_delays(prompt, late_ms=0), told]


def _delays(prompt: Raised, *, late_ms: int) -> list[str]:
    stages = (prompt.sighted_ms, prompt.raised_ms, prompt.delivered_ms, prompt.painted_ms)
    return [NONE if after_ms is None else str(after_ms + late_ms) for after_ms in stages]


def _delays_table(reports: Sequence[CallReport]) -> Table:
    found = [
        (check.raised, check.heard_late_ms)
        for report in reports
        for check in report.verdict.checks
        if check.raised
    ]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("after the word, ms")
    for name in ("prompts", "p50", "p95"):
        table.add_column(name, justify="right")
    for name in ("raised", "delivered", "painted"):
        stage = [(getattr(prompt, f"{name}_ms"), late_ms) for prompt, late_ms in found]
        delays = [after_ms + late_ms for after_ms, late_ms in stage if after_ms is not None]
        ranks = (percentile(delays, 0.5), percentile(delays, 0.95))
        table.add_row(name, str(len(delays)), *(NONE if rank is None else str(rank) for rank in ranks))
    return table
