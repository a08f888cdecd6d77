"""Reading the marker folder: YAML with line numbers, every mistake collected before any is reported."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

Path_ = tuple[str | int, ...]
LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = (
    yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
)
"""Five dozen files are read at every start: by libyaml ten times as fast, where PyYAML was built with it."""


@dataclass(slots=True)
class Mistakes:
    """Everything wrong in the folder, by file and line."""

    found: list[str] = field(default_factory=list)

    def add(self, file: Path, line: int, expected: str) -> None:
        self.found.append(f"{file.name}:{line}: {expected}")


@dataclass(frozen=True, slots=True)
class Page:
    """One YAML file: its values, and the line each stands on."""

    file: Path
    values: Mapping[str, object]
    lines: Mapping[Path_, int]
    mistakes: Mistakes

    def line(self, *path: str | int) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def wrong(self, expected: str, *path: str | int) -> None:
        self.mistakes.add(self.file, self.line(*path), expected)

    def text(self, *path: str, required: bool = True) -> str:
        value = self._at(path)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if required or value is not None:
            self.wrong(f"expected text under {path[-1]!r}", *path)
        return ""

    def number(self, *path: str) -> int:
        value = self._at(path)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.wrong(f"expected a whole number under {path[-1]!r}", *path)
        return 0

    def texts(self, *path: str | int) -> tuple[str, ...]:
        """A list of texts; nothing there is an empty list."""
        value = self._at(path)
        if value is None:
            return ()
        if isinstance(value, list):
            for at, item in enumerate(value):
                if not isinstance(item, str):
                    self.wrong("expected text; put it in quotation marks", *path, at)
            return tuple(str(item) for item in value)
        self.wrong(f"expected a list under {path[-1]!r}", *path)
        return ()

    def mapping(self, *path: str | int) -> Mapping[str, object]:
        value = self._at(path)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        self.wrong(f"expected 'name: …' lines under {path[-1]!r}", *path)
        return {}

    def items(self, *path: str) -> Iterator[int]:
        """Positions of the mappings in a list."""
        value = self._at(path)
        if value is not None and not isinstance(value, list):
            self.wrong(f"expected a list under {path[-1]!r}", *path)
            return
        for at, item in enumerate(value or []):
            if isinstance(item, dict):
                yield at
            else:
                self.wrong("expected 'name: …' lines", *path, at)

    def only(self, allowed: frozenset[str], *path: str | int) -> None:
        for key in self.mapping(*path) if path else self.values:
            if key not in allowed:
                self.wrong(f"found {key!r}, expected one of {', '.join(sorted(allowed))}", *path, key)

    def checked(self, make: Callable[[str], object], source: str, *path: str | int) -> None:
        """Record what `make` refuses."""
        try:
            make(source)
        except ValueError as error:
            self.wrong(str(error), *path)

    def _at(self, path: tuple[str | int, ...]) -> object:
        value: object = self.values
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int):
                value = value[step]
            else:
                return None
        return value


def read_page(file: Path, mistakes: Mistakes) -> Page:
    """Read one file; a file that is not YAML, or not a mapping, reads as empty and is reported."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=LOADER)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "expected a readable text file"
        mistakes.add(file, mark.line + 1 if mark else 1, f"not YAML: {problem}")
        return Page(file, {}, {}, mistakes)
    lines: dict[Path_, int] = {}
    for line, name in _repeated(node):
        mistakes.add(file, line, f"found {name!r} a second time, expected it once")
    value = _value(node, (), lines) if node is not None else {}
    if not isinstance(value, dict):
        mistakes.add(file, 1, "expected 'name: …' lines")
        value = {}
    return Page(file, value, lines, mistakes)


def _repeated(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Names that stand twice in one mapping: YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for key, inner in node.value:
            name = str(key.value)
            if name in names:
                yield key.start_mark.line + 1, name
            names.add(name)
            yield from _repeated(inner)
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _repeated(inner)


def _value(node: yaml.Node, path: Path_, lines: dict[Path_, int]) -> object:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        made: dict[str, object] = {}
        for key, inner in node.value:
            name = str(key.value)
            made[name] = _value(inner, (*path, name), lines)
            lines[(*path, name)] = key.start_mark.line + 1
        return made
    if isinstance(node, yaml.SequenceNode):
        return [_value(inner, (*path, at), lines) for at, inner in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> object:
    if node.tag == "tag:yaml.org,2002:int":
        return int(str(node.value))
    if node.tag == "tag:yaml.org,2002:null":
        return None
    if node.tag == "tag:yaml.org,2002:bool" and str(node.value).lower() in {"true", "false"}:
        return str(node.value).lower() == "true"
    return str(node.value)
