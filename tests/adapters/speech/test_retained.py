from server.adapters.speech.retained import Retained
from tests.adapters.speech.sounds import framed

TONE = bytes([1, 0]) * 8


def test_a_sample_leads_back_to_its_media_time_from_any_start() -> None:
    sound = Retained()
    for frame in framed(TONE * 100, at_ms=5000):
        sound.append(frame)
    assert (sound.media_ms(0), sound.media_ms(400), sound.end_ms) == (5000, 5050, 5100)


def test_sound_after_a_gap_keeps_its_own_time_and_quiet_parts_it_from_what_went_before() -> None:
    sound = Retained()
    for part in (framed(TONE * 100, at_ms=0), framed(TONE * 100, at_ms=60_000)):
        for frame in part:
            sound.append(frame)
    filled = 1000
    assert sound.held_ms == 100 + filled + 100
    assert sound.media_ms((100 + filled) * 8) == 60_000
    assert sound.media_end_ms(100 * 8) == 100
    assert sound.media_end_ms((100 + filled + 100) * 8) == 60_100
    assert set(sound.read(100 * 8, filled * 8)) == {0}


def test_times_that_jitter_by_a_frame_lose_no_sound() -> None:
    sound = Retained()
    for at_ms in (0, 19, 41, 60):
        for frame in framed(TONE * 20, at_ms=at_ms):
            sound.append(frame)
    assert sound.held_ms == 80


def test_forgetting_keeps_the_rest_and_its_times() -> None:
    sound = Retained()
    for part in (framed(TONE * 100, at_ms=0), framed(bytes(1600), at_ms=60_000)):
        for frame in part:
            sound.append(frame)
    sound.forget_before(50 * 8)
    assert (sound.first, sound.held_ms) == (400, 1150)
    assert sound.read(400, 8) == TONE
    sound.forget_before(1150 * 8)
    assert sound.media_ms(1150 * 8) == 60_050


def test_the_leg_may_be_forgotten_to_its_end_and_go_on() -> None:
    sound = Retained()
    for frame in framed(TONE * 100):
        sound.append(frame)
    sound.forget_before(10**9)
    for frame in framed(TONE * 20, at_ms=100):
        sound.append(frame)
    assert (sound.held_ms, sound.media_ms(sound.first)) == (20, 100)
