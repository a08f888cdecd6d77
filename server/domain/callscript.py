"""A scripted call: who says what and when, and which prompts it must bring.

    # a comment
    title: Strangulation, caller at her sister's
    audio: strangulation.wav
    00:03.200 caller: he had his hands round my throat
    00:06.000 handler: can you breathe all right
    expect: strangulation within 2s of 00:05.400

`expect: none` says that no prompt may come. The audio is a WAV beside the script.
"""

import re
from dataclasses import dataclass, field

from server.domain.ids import MarkerId
from server.domain.speech import Party

_SAID = re.compile(r"(?P<at>\S+)\s+(?P<party>caller|handler|other):\s*(?P<text>\S.*)")
_HEADING = re.compile(r"(?P<key>title|audio|expect):\s*(?P<value>\S.*)")
_TIME = re.compile(r"(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)(?:\.(?P<thousandths>\d{1,3}))?")
_EXPECTED = re.compile(
    r"(?P<marker>[a-z][a-z0-9_-]*)\s+within\s+(?P<within>\d+(?:\.\d+)?)s\s+of\s+(?P<at>\S+)"
)


class BadScript(ValueError):
    """The script cannot be read; the message names the line and what was expected of it."""

    def __init__(self, line: int, wanted: str) -> None:
        super().__init__(f"line {line}: {wanted}" if line else wanted)
        self.line = line
        """Counts from 1; 0 when no line is at fault but the script as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptLine:
    at_ms: int
    party: Party
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A prompt for this marker must come in time after the triggering word has ended."""

    marker: MarkerId
    at_ms: int
    within_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScript:
    title: str
    audio: str
    """The name of a file beside the script; empty if the script is words only."""
    lines: tuple[ScriptLine, ...]
    expectations: tuple[Expectation, ...]
    quiet: bool
    """Whether the script says that no prompt may come."""


def read_script(text: str) -> CallScript:
    """Raises `BadScript`."""
    reading = _Reading()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            reading.take(number, line.strip())
    return reading.script()


@dataclass(slots=True)
class _Reading:
    title: str = ""
    audio: str = ""
    lines: list[ScriptLine] = field(default_factory=list)
    expectations: list[Expectation] = field(default_factory=list)
    quiet: bool = False

    def take(self, number: int, line: str) -> None:
        heading = _HEADING.fullmatch(line)
        if heading is None:
            self._say(number, line)
        elif heading["key"] == "title":
            self.title = _once(number, "title", self.title, heading["value"])
        elif heading["key"] == "audio":
            self.audio = _once(number, "audio", self.audio, _file_name(number, heading["value"]))
        else:
            self._expect(number, heading["value"])

    def script(self) -> CallScript:
        if not self.lines:
            raise BadScript(0, "the script has no lines; one reads '00:03.200 caller: words'")
        return CallScript(
            title=self.title,
            audio=self.audio,
            lines=tuple(self.lines),
            expectations=tuple(self.expectations),
            quiet=self.quiet,
        )

    def _say(self, number: int, line: str) -> None:
        said = _SAID.fullmatch(line)
        if said is None:
            raise BadScript(
                number, "'MM:SS.mmm caller: words', 'title:', 'audio:', 'expect:' or a comment is expected"
            )
        at_ms = _milliseconds(number, said["at"])
        if self.lines and at_ms < self.lines[-1].at_ms:
            raise BadScript(number, "this line is earlier than the one before it")
        self.lines.append(ScriptLine(at_ms=at_ms, party=Party(said["party"]), text=said["text"]))

    def _expect(self, number: int, value: str) -> None:
        if value == "none":
            self.quiet = True
        else:
            self.expectations.append(_expectation(number, value))
        if self.quiet and self.expectations:
            raise BadScript(number, "a script expects either none or something")


def _expectation(number: int, value: str) -> Expectation:
    expected = _EXPECTED.fullmatch(value)
    if expected is None:
        raise BadScript(number, "'expect: none' or 'expect: MARKER within 2s of MM:SS.mmm' is expected")
    return Expectation(
        marker=MarkerId(expected["marker"]),
        at_ms=_milliseconds(number, expected["at"]),
        within_ms=round(float(expected["within"]) * 1000),
    )


def _milliseconds(number: int, value: str) -> int:
    time = _TIME.fullmatch(value)
    if time is None:
        raise BadScript(number, "a time reads MM:SS.mmm")
    thousandths = int((time["thousandths"] or "").ljust(3, "0"))
    return (int(time["minutes"]) * 60 + int(time["seconds"])) * 1000 + thousandths


def _file_name(number: int, value: str) -> str:
    if "/" in value or "\\" in value or value.startswith("."):
        raise BadScript(number, "the audio is a file beside the script, named without a folder")
    return value


def _once(number: int, key: str, before: str, value: str) -> str:
    if before:
        raise BadScript(number, f"a script has one {key}")
    return value
