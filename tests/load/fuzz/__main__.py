"""`python -m tests.load.fuzz`: the storm against our doorway with nobody behind it, or a whole server.

Against a whole server: give `--url`, `--public-url`, `--called` and `--pid`, and the auth
token in `EARSHOT_TWILIO__AUTH_TOKEN`.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from server.demo.twilio_caller import Exchange
from tests.load.fuzz.storm import Aftermath, Target, storm
from tests.load.ingest.sink import AUTH_TOKEN, NUMBER, PUBLIC_URL


def footprint_of(pid: int) -> Mapping[str, float]:
    process = Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return {
        "rss_mb": round(int(status["VmRSS"].split()[0]) / 1024, 1),
        "threads": int(status["Threads"]),
        "open_files": len(list((process / "fd").iterdir())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", default="")
    parser.add_argument("--public-url", default=PUBLIC_URL)
    parser.add_argument("--called", default=NUMBER)
    parser.add_argument("--pid", type=int, default=0)
    chosen = parser.parse_args()
    began_s = time.monotonic()
    if chosen.url:
        token = os.environ["EARSHOT_TWILIO__AUTH_TOKEN"]
        aftermath = _against(chosen, chosen.url, token, chosen.pid or os.getpid())
    else:
        command = [sys.executable, "-m", "tests.load.ingest.sink", "--uvloop"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own
            assert server.stdout
            aftermath = _against(chosen, server.stdout.readline().strip(), AUTH_TOKEN, server.pid)
            alive = server.poll() is None
            server.kill()
        print("server:", "still running" if alive else "DEAD")
    print(aftermath.summary())
    print(f"{time.monotonic() - began_s:.0f} s")
    sys.exit(1 if aftermath.faults or not aftermath.answered else 0)


def _against(chosen: argparse.Namespace, url: str, token: str, pid: int) -> Aftermath:
    exchange = Exchange(public_url=chosen.public_url, auth_token=token, connect_to=url)
    target = Target(exchange=exchange, called=chosen.called, footprint=lambda: footprint_of(pid))
    return asyncio.run(storm(target, count=chosen.count, seed=chosen.seed))


if __name__ == "__main__":
    main()
