"""`earshot disclose`: a call as a bundle that proves itself; one person asks, another agrees."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.start import ConfigOption, out, settings_or_exit
from server.cli.stores import fail, with_safe
from server.domain.events import Purpose
from server.domain.events.keeping import Pictures
from server.domain.ids import ActId, CallId, PersonId
from server.domain.people import Person
from server.ports.people import UnknownPerson

if TYPE_CHECKING:
    from server.services.bundling import Bundle
    from server.services.disclosing import Disclosing
    from server.wiring.vault import Safe

CallArgument = Annotated[str, typer.Argument(help="A call's id.")]
ByOption = Annotated[str, typer.Option("--by", help="Who asks: a sign-in name with the right `export`.")]
SecondOption = Annotated[str, typer.Option("--second", help="Who agrees: another one with it.")]
WhyOption = Annotated[str, typer.Option("--why", help="The reason, for the record.")]
PurposeOption = Annotated[Purpose, typer.Option("--purpose", help="What it is for.")]
OutOption = Annotated[Path, typer.Option("--out", help="A new file that only you can read.")]
RedactOption = Annotated[
    bool, typer.Option("--redact", help="Leave out numbers, postcodes and listed names, in words and sound.")
]
NameOption = Annotated[
    list[str] | None, typer.Option("--name", help="A name to leave out; as often as needed.")
]
PicturesOption = Annotated[
    Pictures | None, typer.Option("--pictures", help="Video and stills; in a redacted copy no video.")
]
StdinOption = Annotated[
    bool, typer.Option("--passwords-stdin", help="Read both passwords from the lines of standard input.")
]


def disclose(  # noqa: PLR0913, PLR0917 - one for each option
    call: CallArgument,
    by: ByOption,
    second: SecondOption,
    why: WhyOption,
    out_file: OutOption,
    purpose: PurposeOption = Purpose.PROSECUTION,
    redact: RedactOption = False,
    name: NameOption = None,
    pictures: PicturesOption = None,
    passwords_stdin: StdinOption = False,
    config: ConfigOption = None,
) -> None:
    """Write a call's bundle: journal, words, sound, hashes, schedule and a program that checks them."""
    from server.services.disclosing import Wanted

    settings = settings_or_exit(config)
    if out_file.exists():
        fail(f"{out_file} exists already.")
    shown = pictures or (Pictures.NONE if redact else Pictures.WHOLE)
    wanted = Wanted(purpose=purpose, why=why, redact=redact, names=tuple(name or ()), pictures=shown)
    passwords = {one: _password(one, stdin=passwords_stdin) for one in (by, second)}

    async def work(safe: "Safe") -> "Bundle":
        people = [await _proved(safe, PersonId(one), given) for one, given in passwords.items()]
        if len(people) != 2:
            fail("Somebody else has to agree.")
        asker, other = people
        disclosing, act = _disclosing(safe), ActId("")
        asked = await disclosing.ask(asker, CallId(call), wanted, act=act)
        await disclosing.decide(other, CallId(call), asked, agreed=True, act=act)
        return await disclosing.bundle(asker, CallId(call), asked, act=act)

    bundle = with_safe(settings, work)
    with os.fdopen(os.open(out_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(bundle.data)
    out.print(
        f"{out_file}: {bundle.removed} left out. Digest of its hashes: {bundle.digest}", highlight=False
    )


async def _proved(safe: "Safe", who: PersonId, password: str) -> Person:
    from server.adapters.store.passwords import Argon2Hasher

    try:
        person, kept = await safe.store.people.person(who), await safe.store.people.password_hash(who)
    except UnknownPerson:
        fail("The name or the password is wrong.")
    if not await Argon2Hasher().verify(kept, password):
        fail("The name or the password is wrong.")
    return person


def _disclosing(safe: "Safe") -> "Disclosing":
    from server.adapters.bus.local import LocalBus
    from server.adapters.clock import SystemClock
    from server.services.casebook import Casebook
    from server.services.control_room import ControlRoom
    from server.services.disclosing import Disclosing
    from server.services.duty import Duty
    from server.services.need_to_know import NeedToKnow
    from server.services.playing import KeptCalls
    from server.services.recording import Recorder

    store, bus, clock = safe.store, LocalBus(), SystemClock()
    room = ControlRoom(
        recorder=Recorder(journal=store.journal, bus=bus),
        duty=Duty(people=store.people, grants=store.grants, bus=bus),
        casebook=Casebook(journal=store.journal, clock=clock),
        need_to_know=NeedToKnow(bars=store.bars, accesses=store.accesses),
        clock=clock,
        forces={},
    )
    return Disclosing(room=room, kept=KeptCalls(vault=safe.vault, journal=store.journal))


def _password(who: str, *, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(f"Password of {who}", hide_input=True))
