"""The largest model that is installed beside the one that hears live calls."""

from pathlib import Path

from server.adapters.speech.models.structure import check_model, is_demonstration


def larger_model(live: Path) -> Path | None:
    """A whole model in the same folder that is larger than `live` and fit for real callers."""
    beside = [path for path in sorted(live.parent.iterdir()) if path.is_dir() and path.name != live.name]
    fit = [path for path in beside if not check_model(path) and not is_demonstration(path)]
    largest = max(fit, key=_size, default=None)
    return largest if largest is not None and _size(largest) > _size(live) else None


def _size(model: Path) -> int:
    return sum(path.stat().st_size for path in model.rglob("*") if path.is_file())
