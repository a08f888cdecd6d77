"""The sound files of the demonstration calls."""

from pathlib import Path

import numpy as np
import pytest

from server.demo.telephone import BadSound, read_legs, with_line_noise, write_wav


def test_what_is_written_left_and_right_is_read_as_caller_and_handler(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    write_wav(path, caller=np.full(160, 0.5), handler=np.zeros(160))
    caller, handler = read_legs(path)
    assert (len(caller), set(handler)) == (160, {0xFF})
    assert set(caller) == {0x8F}


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"RIFF\x04\0\0\0WAVE", b"not sound at all, but long enough to be some"]
)
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.wav"
    path.write_bytes(content)
    with pytest.raises(BadSound, match=r"other\.wav"):
        read_legs(path)


def test_line_noise_is_quiet_and_the_same_for_the_same_seed() -> None:
    noise = with_line_noise(np.zeros(8000), seed=7)
    assert np.array_equal(noise, with_line_noise(np.zeros(8000), seed=7))
    assert 0 < np.sqrt(np.mean(np.square(noise))) < 0.001
