"""The peer of the bench: one process, a recogniser per connection, each 20 ms frame to a thread pool.

That is the shape of the usual small speech server. Run by the bench; prints one JSON line.
"""

import argparse
import asyncio
import json
import os
import resource
from concurrent.futures import ThreadPoolExecutor

import vosk

from tests.load.calls.sounds import FRAME_BYTES, FRAME_MS, heard_from, legs

MODEL = "models/speech/small-en-8k"


async def connection(model: vosk.Model, pool: ThreadPoolExecutor, pcm: bytes) -> list[float]:
    """Hear one leg at the speed of speech; say how far behind each frame was when it had been heard."""
    ear = vosk.KaldiRecognizer(model, 8000.0)
    ear.SetWords(enable_words=True)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    behind = []
    for number, start in enumerate(range(0, len(pcm), FRAME_BYTES)):
        due_s = began_s + number * FRAME_MS / 1000
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        await loop.run_in_executor(pool, hear, ear, pcm[start : start + FRAME_BYTES])
        behind.append(loop.time() - due_s)
    return behind


def hear(ear: vosk.KaldiRecognizer, frame: bytes) -> str:
    text: str = ear.Result() if ear.AcceptWaveform(frame) else ear.PartialResult()
    return text


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--calls", type=int, required=True)
    options.add_argument("--seconds", type=float, required=True)
    chosen = options.parse_args()
    vosk.SetLogLevel(-1)
    model = vosk.Model(MODEL)
    sounds = legs()
    before = resource.getrusage(resource.RUSAGE_SELF)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        async with asyncio.TaskGroup() as tasks:
            heard = [
                tasks.create_task(
                    connection(
                        model,
                        pool,
                        heard_from(sounds[leg % len(sounds)], number=leg, seconds=chosen.seconds),
                    )
                )
                for leg in range(chosen.calls * 2)
            ]
    after = resource.getrusage(resource.RUSAGE_SELF)
    behind = sorted(late for task in heard for late in task.result()[len(task.result()) // 3 :])
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"p99_s": behind[len(behind) * 99 // 100], "cpu_s": cpu_s}))


if __name__ == "__main__":
    asyncio.run(main())
