"""What can be replayed: a WAV file, or a script that names one."""

from pathlib import Path

from server.adapters.doorways.replay.wav import BadSound, Legs, read_legs
from server.domain.callscript import BadScript, read_script


def read_recording(path: Path, handler: Path | None = None) -> Legs:
    """Raises `BadSound` with a sentence for whoever gave the file."""
    if path.suffix != ".call":
        return read_legs(path, handler)
    if handler is not None:
        raise BadSound("a script brings both legs; give no second file with it")
    return read_legs(path.parent / _audio_of(path))


def _audio_of(path: Path) -> str:
    try:
        script = read_script(path.read_text(encoding="utf-8"))
    except BadScript as bad:
        raise BadSound(f"{path.name}, {bad}") from None
    except UnicodeDecodeError:
        raise BadSound(f"{path.name} is not text") from None
    except OSError as error:
        raise BadSound(f"{path.name}: {error.strerror or 'cannot be read'}") from None
    if not script.audio:
        raise BadSound(f"{path.name} names no audio; only scripts with sound can be replayed")
    return script.audio
