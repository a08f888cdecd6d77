"""`earshot serve`: the server, until it is told to stop."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import typer

from server.cli.start import FAILED, OK, ConfigOption, all_mistakes, draft_settings, err, out, refuse
from server.settings import Settings


def serve(config: ConfigOption = None) -> None:
    """Run the server. SIGTERM or Ctrl-C settles the last words, then stops."""
    found = draft_settings(config)
    mistakes = all_mistakes(found, found.settings)
    if mistakes:
        refuse(mistakes)
    raise typer.Exit(run_server(_serve(found.settings)))


def run_server(main: Coroutine[Any, Any, int]) -> int:
    """Run to its end and return its exit code; what keeps the server from starting is said plainly."""
    import uvloop

    from server.adapters.store import StoreRefused
    from server.wiring.node import CannotListen

    code, why = FAILED, ""
    try:
        code = uvloop.run(main)
    except* (StoreRefused, CannotListen) as refused:
        why = str(_first(refused))
    if why:
        err.print(why, markup=False, highlight=False)
    return code


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _serve(settings: Settings) -> int:
    from server.wiring.node import Node, run_node

    stop = stop_signal()

    async def until_stopped(node: Node) -> None:
        out.print(f"Earshot listens on {node.base_url}", markup=False, highlight=False)
        await stop.wait()

    await run_node(settings, until_stopped)
    return OK


def stop_signal() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; a second one ends the program at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told, number)
    return stop
