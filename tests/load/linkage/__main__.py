"""How well calls are linked in a made-up town of 100,000 people: precision, recall, and what went wrong.

Run with `python -m tests.load.linkage [--seed 1] [--people 100000] [--nights 75]`.

A hundred thousand people ring 999 some 43 times a day (10.4 million calls a year in the whole country); a
night here has twice as many, since 101 rings too. `--nights 3 --incidents 150 --others 2000` makes nights on
which one in forty rings, `--people 1000000 --nights 8 --incidents 60 --others 800` a force ten times as big.
"""

import argparse
import asyncio
import time

from tests.population.calls import night, past
from tests.population.linked import Outcome
from tests.population.people import made
from tests.population.trial import trial


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--nights", type=int, default=75)
    options.add_argument("--incidents", type=int, default=6)
    options.add_argument("--typed", type=float, default=0.0, help="share of addresses out of a gazetteer")
    options.add_argument("--past", type=int, default=30_000)
    options.add_argument("--examples", type=int, default=0, help="failures to print whole")
    options.add_argument("--others", type=int, default=80)
    asyncio.run(run(options.parse_args()))


async def run(asked: argparse.Namespace) -> None:
    rng, town = made(asked.seed, asked.people)
    town.typed = asked.typed
    print(f"{len(town.people)} people, {len(town.pairs)} pairs, {len(town.hostels)} shared telephones")
    heard = trial()
    begun = time.monotonic()
    await heard.remember(past(rng, town, calls=asked.past))
    for day in range(asked.nights):
        await heard.hear(night(rng, town, day=day, incidents=asked.incidents, others=asked.others))
    print(f"{asked.nights} nights, {heard.heard} calls, within {time.monotonic() - begun:.0f} s")
    report(heard.outcome)
    examples = heard.outcome.examples
    for example in rng.sample(examples, min(asked.examples, len(examples))):
        print(example)


def report(outcome: Outcome) -> None:
    print(f"pairs of one night: {outcome.right} right, {outcome.wrong} wrong, {outcome.missed} missed")
    print(f"precision {outcome.precision:.3f}, recall {outcome.recall:.3f} of what can be linked at all;")
    print(f"  {outcome.recall_of_all:.3f} of all: {outcome.nameless} pairs gave nothing in common")
    calls = outcome.calls_linked + outcome.calls_alone
    print(f"later calls linked to at least one of their incident: {outcome.calls_linked} of {calls}")
    print("stated confidence, links, of them right:")
    for band, (links, right) in sorted(outcome.bands.items()):
        print(f"  {band / 10:.1f}-{band / 10 + 0.1:.1f}  {links:6d}  {right / links:.2f}")
    for title, counted in (("wrong", outcome.why_wrong), ("missed", outcome.why_missed)):
        print(f"{title}, by what they share:")
        for why, times in counted.most_common(15):
            print(f"  {times:4d}  {why}")


if __name__ == "__main__":
    main()
