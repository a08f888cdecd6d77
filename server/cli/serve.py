"""`earshot serve`: the server, until it is told to stop."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import typer

from server.cli.start import FAILED, OK, ConfigOption, err, out, refuse, settings_or_exit
from server.settings import Settings


def serve(config: ConfigOption = None) -> None:
    """Run the server. SIGTERM or Ctrl-C settles the last words, then stops."""
    settings = settings_or_exit(config)
    from server.wiring.checks import mistakes_in

    mistakes = mistakes_in(settings)
    if mistakes:
        refuse(mistakes)
    raise typer.Exit(serve_until_stopped(settings))


def serve_until_stopped(settings: Settings) -> int:
    """Run until a signal; returns the exit code."""
    return run_server(settings, _serve(settings))


def run_server(settings: Settings, main: Coroutine[Any, Any, int]) -> int:
    """Run to its end and return its exit code; what keeps the server from starting is said plainly."""
    import uvloop

    from server.adapters.store import StoreRefused

    code, why = FAILED, ""
    try:
        code = uvloop.run(main)
    except* StoreRefused as refused:
        why = str(_first(refused))
    except* OSError as error:
        reason = getattr(_first(error), "strerror", None) or "the address cannot be used"
        why = f"cannot listen on {settings.server.host}:{settings.server.port}: {reason}"
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
