"""Broken messages and forms: each a small damage to something that Twilio would send."""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

STRANGE: tuple[Any, ...] = (
    "",
    "0",
    "-1",
    "1e9",
    "99999999999999999999999",
    "\x00",
    "ü\u202e\U0001f4de",
    "%s%n{0}${jndi:x}<x/>'\"--",
    None,
    True,
    -1,
    0.5,
    2**63,
    [],
    {},
    [[[[[[]]]]]],
    {"a": {"a": {"a": {}}}},
    "x" * 3000,
)
EVENTS = ("connected", "start", "media", "dtmf", "mark", "stop", "clear", "MEDIA", "")


def mutated_message(text: str, chance: random.Random) -> bytes:
    """A damaged text message, as bytes, since it may no longer be text."""
    if chance.random() < 0.6:
        return json.dumps(_mutated_value(json.loads(text), chance)).encode()
    return _mutated_bytes(text.encode(), chance)


def mutated_form(form: Mapping[str, str], chance: random.Random) -> list[tuple[str, str]]:
    fields = list(form.items())
    for _ in range(chance.randint(1, 3)):
        if not fields:
            break
        place = chance.randrange(len(fields))
        name, value = fields[place]
        change = chance.randrange(5)
        if change == 0:
            del fields[place]
        elif change == 1:
            fields.insert(place, (name, value))
        elif change == 2:
            fields[place] = (name, str(chance.choice(STRANGE)))
        elif change == 3:
            fields[place] = (str(chance.choice(STRANGE)), value)
        else:
            fields[place] = (name, value[: chance.randrange(len(value) + 1)] + chance.choice("\x00\n&=+é"))
    return fields


def _mutated_value(message: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    inner = [part for part in message.values() if isinstance(part, dict)]
    part = chance.choice([message, *inner])
    name = chance.choice(sorted(part)) if part else "event"
    _VALUE_CHANGES[chance.randrange(len(_VALUE_CHANGES))](part, name, chance)
    return message


def _drop(part: dict[str, Any], name: str, _chance: random.Random) -> None:
    part.pop(name, None)


def _replace(part: dict[str, Any], name: str, chance: random.Random) -> None:
    part[name] = chance.choice(STRANGE)


def _rename(part: dict[str, Any], name: str, chance: random.Random) -> None:
    part[name + chance.choice(("", "_", "X"))] = part.pop(name, None)


def _other_event(part: dict[str, Any], _name: str, chance: random.Random) -> None:
    part["event"] = chance.choice(EVENTS)


def _number(part: dict[str, Any], name: str, chance: random.Random) -> None:
    number = str(chance.choice((0, 1, 7, 1000, 86_400_000, 86_400_001, 2**53, 2**53 + 1)))
    part[chance.choice((name, "timestamp", "sequenceNumber"))] = number


def _payload(part: dict[str, Any], _name: str, chance: random.Random) -> None:
    part["payload"] = "/" * chance.choice((0, 1, 2, 3, 4, 216, 8000))


_VALUE_CHANGES: tuple[Callable[[dict[str, Any], str, random.Random], None], ...] = (
    _drop,
    _replace,
    _rename,
    _other_event,
    _number,
    _payload,
)


def _mutated_bytes(text: bytes, chance: random.Random) -> bytes:
    data = bytearray(text)
    for _ in range(chance.randint(1, 4)):
        begin = chance.randrange(len(data) + 1)
        end = min(len(data), begin + chance.randrange(1, 40))
        change = chance.randrange(5)
        if change == 0:
            del data[begin:]
        elif change == 1:
            del data[begin:end]
        elif change == 2:
            data[begin:begin] = data[begin:end] * chance.choice((1, 2, 400))
        elif change == 3:
            data[begin:begin] = chance.randbytes(3)
        elif data:
            data[begin % len(data)] ^= 1 << chance.randrange(8)
    return bytes(data)
