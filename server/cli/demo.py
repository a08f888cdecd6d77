"""`earshot demo`: the server, with invented calls ringing in through Twilio's protocol."""

import asyncio
import secrets
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import SecretStr
from rich.console import Console

from server.cli.serve import run_server, stop_signal
from server.cli.start import FAILED, OK, ConfigOption, all_mistakes, draft_settings, refuse
from server.settings import Settings
from server.settings.logs import set_up_logs

if TYPE_CHECKING:
    from server.demo.stage import Options, Stage
    from server.wiring.node import Node

STORE = "sqlite:data/demo-{port}.db"
VAULT, KEY = "data/demo-{port}.vault", "data/demo-{port}.key"
"""Apart from the journal of real calls and from demonstrations on other ports, and new every time."""
MACHINE = "127.0.0.1"
"""The demonstration prints its passwords, so only this machine may reach it."""

CallOption = Annotated[
    list[str] | None, typer.Option("--call", help="Play only this call; may be given more than once.")
]
OnceOption = Annotated[
    bool, typer.Option("--once", help="End with the calls: 0 if every expected prompt came, else 1.")
]
PortOption = Annotated[int, typer.Option(min=1, max=65535, help="Where the consoles are.")]
AtOnceOption = Annotated[int, typer.Option("--at-once", min=1, max=5, help="How many calls ring at a time.")]


def demo(
    once: OnceOption = False,
    port: PortOption = 8080,
    call: CallOption = None,
    at_once: AtOnceOption = 2,
    config: ConfigOption = None,
) -> None:
    """Play demonstration calls to a server started for them; the consoles show them live."""
    from server.demo.stage import NoSuchCall, Options, call_names

    try:
        names = call_names(call or ())
    except NoSuchCall as unknown:
        refuse([f"--call: {unknown}"])
    found = draft_settings(config)
    settings = demonstration(found.settings, port=port)
    set_up_logs(settings.logging)
    forces_read = "forces" not in found.unsure
    mistakes = (
        all_mistakes(found, settings) + (_force_missing(settings) if forces_read else []) + _in_use(port)
    )
    if mistakes:
        refuse(mistakes)
    _forget_last_time(settings)
    options = Options(once=once, calls=tuple(names), at_once=at_once)
    raise typer.Exit(run_server(_demo(settings, options)))


def demonstration(settings: Settings, *, port: int) -> Settings:
    """The same server on this machine only, with a database and a token of its own."""
    sections = {
        "server": {"host": MACHINE, "port": port, "public_url": f"http://{MACHINE}:{port}", "origins": ()},
        "store": {"url": STORE.format(port=port)},
        "vault": {"folder": Path(VAULT.format(port=port)), "key_file": Path(KEY.format(port=port))},
        "twilio": {"enabled": True, "auth_token": SecretStr(secrets.token_hex(16)), "auth_token_file": None},
        "logging": {"level": "warning"},
    }
    return settings.model_copy(
        update={name: getattr(settings, name).model_copy(update=keys) for name, keys in sections.items()}
    )


def _in_use(port: int) -> list[str]:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((MACHINE, port))
        except OSError:
            return [f"--port: {port} is in use on this machine; stop what uses it, or name another"]
    return []


def _forget_last_time(settings: Settings) -> None:
    """Calls of an earlier demonstration would only fill the list."""
    kept = Path(settings.url(settings.store.url).partition(":")[2])
    for path in (kept, *(kept.with_name(kept.name + side) for side in ("-wal", "-shm"))):
        path.unlink(missing_ok=True)
    settings.path(settings.vault.key_file).unlink(missing_ok=True)
    shutil.rmtree(settings.path(settings.vault.folder), ignore_errors=True)


def _force_missing(settings: Settings) -> list[str]:
    from server.demo.seeding import FORCE
    from server.settings import BadSettings, load_forces

    try:
        forces = load_forces(settings.path(settings.forces.folder))
    except BadSettings:
        return []  # reported by the checks
    if any(force.id == FORCE and force.numbers for force in forces):
        return []
    return [
        f"forces.folder: expected the force {FORCE!r} with a number, to which the demonstration calls ring"
    ]


async def _demo(settings: Settings, options: "Options") -> int:
    from server.demo.runner import run_demo
    from server.wiring.node import run_node

    code = FAILED
    stop = stop_signal()

    async def play(node: "Node") -> None:
        nonlocal code
        stage = await _stage(node)
        async with asyncio.TaskGroup() as tasks:
            playing = tasks.create_task(run_demo(stage, options), name="demo")
            stopping = tasks.create_task(stop.wait(), name="demo-stop")
            await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            playing.cancel()
            stopping.cancel()
        if playing.cancelled():
            # Ctrl-C is how the demonstration is meant to end, unless it was to end by itself.
            code = FAILED if options.once else OK
            return
        code = playing.result()

    await run_node(settings, play)
    return code


async def _stage(node: "Node") -> "Stage":
    from server.adapters.store.passwords import Argon2Hasher
    from server.demo.seeding import FORCE, seed
    from server.demo.stage import Stage

    core = node.core
    force = next(force for force in core.forces if force.id == FORCE)
    return Stage(
        base_url=node.base_url,
        public_url=core.settings.server.public_url,
        auth_token=core.settings.auth_tokens[0],
        called=force.numbers[0],
        journal=core.store.journal,
        bus=core.bus,
        sign_ins=await seed(core.store.people, Argon2Hasher()),
        console=Console(),
    )
