"""`earshot users`: who may sign in, and who is on duty."""

import re
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer

from server.cli.start import ConfigOption, JsonOption, out, refuse, settings_or_exit
from server.cli.stores import fail, with_store
from server.domain.access import Access, AccessKind
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Person, Right, Role, Skill
from server.ports.people import PersonExists, UnknownPerson
from server.services.signing_in import Accounts, WeakPassword

if TYPE_CHECKING:
    from server.adapters.store import Store
    from server.ports.access import Bars
    from server.settings import Settings

T = TypeVar("T")

app = typer.Typer(help="Who may sign in, and who is on duty.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="The sign-in name.", metavar="NAME")]
StdinOption = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]
RoleOption = Annotated[Role, typer.Option("--role", help="What the person does.")]
ForceOption = Annotated[str, typer.Option("--force", help="The force that the person works for.")]
FullNameOption = Annotated[str, typer.Option("--name", help="As colleagues see it; else the sign-in name.")]
OnlyForceOption = Annotated[str | None, typer.Option("--force", help="Only the people of this force.")]
OnDutyArgument = Annotated[bool, typer.Option("--on/--off", help="On duty, or off.", show_default=False)]
OnBreakArgument = Annotated[bool, typer.Option("--on/--off", help="On a break, or back.", show_default=False)]
SkillOption = Annotated[
    list[str] | None,
    typer.Option("--skill", help="child, honour_based_abuse, language:pl; again for each."),
]
RightOption = Annotated[
    list[Right] | None, typer.Option("--right", help="What they may do beyond their role; again for each.")
]
HoursOption = Annotated[float, typer.Option("--hours", min=0.1, max=24 * 366, help="How far to look back.")]
CallOption = Annotated[list[str], typer.Option("--call", help="The call; again for each of a case.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decided it, for the access log.")]
OnlyNameOption = Annotated[str | None, typer.Option("--person", help="Only of this person.")]
OnlyCallOption = Annotated[str | None, typer.Option("--call", help="Only of this call.")]
KindOption = Annotated[AccessKind | None, typer.Option("--kind", help="Only this.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command()
def add(  # noqa: PLR0913, PLR0917 - a parameter for each option of the command line
    name: NameArgument,
    role: RoleOption,
    force: ForceOption,
    full_name: FullNameOption = "",
    skills: SkillOption = None,
    password_stdin: StdinOption = False,
    config: ConfigOption = None,
) -> None:
    """Let somebody sign in. The password is asked for."""
    settings = settings_or_exit(config)
    _check_name(name)
    _check_force(settings, force)
    person = Person(
        id=PersonId(name),
        name=full_name or name,
        role=role,
        force=ForceId(force),
        skills=_skills(skills),
    )
    password = _password(from_stdin=password_stdin)
    _with_accounts(settings, lambda accounts: accounts.add(person, password), make=True)


@app.command(name="list")
def list_people(
    force: OnlyForceOption = None, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Everybody, in the order in which they came on duty, those off duty last."""
    of = ForceId(force) if force is not None else None
    people = _with_accounts(settings_or_exit(config), lambda accounts: accounts.people.people(of))
    if as_json:
        typer.echo(msgspec.json.encode(people))
        return
    from rich.markup import escape
    from rich.table import Table

    table = Table("sign-in name", "name", "role", "force", "on duty", "skills", "rights", box=None)
    for person in people:
        here = ("on a break" if person.on_break else "yes") if person.on_duty else ""
        extra = (" ".join(sorted(person.skills)), " ".join(sorted(person.rights)))
        table.add_row(person.id, escape(person.name), person.role, person.force, here, *extra)
    out.print(table)


@app.command()
def passwd(name: NameArgument, password_stdin: StdinOption = False, config: ConfigOption = None) -> None:
    """Give somebody a new password. It signs them out everywhere."""
    settings = settings_or_exit(config)
    password = _password(from_stdin=password_stdin)
    _with_accounts(settings, lambda accounts: accounts.set_password(PersonId(name), password))


@app.command()
def remove(name: NameArgument, yes: YesOption = False, config: ConfigOption = None) -> None:
    """Take somebody's sign-in away, with their sessions and grants. The journal keeps what they did."""
    settings = settings_or_exit(config)
    if not yes:
        typer.confirm(f"Remove {name}?", abort=True)
    _with_accounts(settings, lambda accounts: accounts.people.remove(PersonId(name)))


@app.command()
def duty(name: NameArgument, on_duty: OnDutyArgument, config: ConfigOption = None) -> None:
    """Put somebody on duty, or take them off: their live calls then go to a colleague."""
    settings = settings_or_exit(config)
    _with_accounts(settings, lambda accounts: accounts.people.set_duty(PersonId(name), on_duty=on_duty))


@app.command(name="break")
def rest(name: NameArgument, on_break: OnBreakArgument, config: ConfigOption = None) -> None:
    """Give somebody on duty no new calls for a while."""
    settings = settings_or_exit(config)
    _with_accounts(settings, lambda accounts: accounts.people.set_break(PersonId(name), on_break=on_break))


@app.command()
def skills(name: NameArgument, having: SkillOption = None, config: ConfigOption = None) -> None:
    """Say what somebody can do that others may not; these replace what was said before."""
    settings = settings_or_exit(config)
    meant = _skills(having)
    _with_accounts(settings, lambda accounts: accounts.people.set_skills(PersonId(name), meant))


@app.command()
def rights(name: NameArgument, having: RightOption = None, config: ConfigOption = None) -> None:
    """Say what somebody may do beyond their role; these replace what was said before."""
    settings = settings_or_exit(config)
    meant = frozenset(having or ())
    _with_accounts(settings, lambda accounts: accounts.people.set_rights(PersonId(name), meant))


@app.command(name="duty-log")
def duty_log(
    force: ForceOption, hours: HoursOption = 24.0, as_json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Who came on duty, rested and went home."""
    from server.adapters.clock import SystemClock

    since = SystemClock().now() - timedelta(hours=hours)
    log = _with_accounts(
        settings_or_exit(config), lambda accounts: accounts.people.duty_log(ForceId(force), since=since)
    )
    for change in log:
        said = f"{change.at:%Y-%m-%d %H:%M:%SZ}  {change.person}  {change.change}"
        typer.echo(msgspec.json.encode(change) if as_json else said)


@app.command()
def bar(name: NameArgument, calls: CallOption, by: ByOption, config: ConfigOption = None) -> None:
    """Keep a call from somebody, whatever their role: neither seen nor heard, and tries are recorded."""
    _set_bars(config, lambda bars: bars.bar(PersonId(name), _calls(calls), by=by))


@app.command()
def unbar(name: NameArgument, calls: CallOption, by: ByOption, config: ConfigOption = None) -> None:
    """Let somebody see a call again, as far as their role does."""
    _set_bars(config, lambda bars: bars.unbar(PersonId(name), _calls(calls), by=by))


@app.command(name="access-log")
def access_log(  # noqa: PLR0913, PLR0917 - a parameter for each option of the command line
    name: OnlyNameOption = None,
    call: OnlyCallOption = None,
    kind: KindOption = None,
    hours: HoursOption = 24.0,
    as_json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Who signed in, saw which call, was barred from it or tried to see it all the same."""
    from server.adapters.clock import SystemClock

    since = SystemClock().now() - timedelta(hours=hours)

    async def found(store: "Store") -> list[Access]:
        person = PersonId(name) if name is not None else None
        wanted = CallId(call) if call is not None else None
        return await store.accesses.find(since=since, person=person, call=wanted, kind=kind)

    for one in with_store(settings_or_exit(config), found):
        said = f"{one.at:%Y-%m-%d %H:%M:%SZ}  {one.person}  {one.kind}  {one.call or ''}  {one.by}".rstrip()
        typer.echo(msgspec.json.encode(one) if as_json else said)


def _set_bars(config: Path | None, work: Callable[["Bars"], Awaitable[None]]) -> None:
    with_store(settings_or_exit(config), lambda store: work(store.bars))


def _calls(given: list[str]) -> list[CallId]:
    if any(not re.fullmatch(r"[\x21-\x7e]{1,128}", one) for one in given):
        refuse(["--call: expected a call's id"])
    return [CallId(one) for one in given]


def _skills(given: list[str] | None) -> frozenset[Skill]:
    from server.settings.force_parts import SKILL

    wrong = [skill for skill in given or () if not re.fullmatch(SKILL, skill)]
    if wrong:
        refuse(
            [f"--skill: expected small letters, digits and _, or language:pl, got {one!r}" for one in wrong]
        )
    return frozenset(given or ())


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name):
        refuse(["NAME: expected letters, digits, dots, hyphens and underscores"])


def _check_force(settings: "Settings", force: str) -> None:
    from server.settings import BadSettings, load_forces

    try:
        known = [known.id for known in load_forces(settings.path(settings.forces.folder))]
    except BadSettings as bad:
        refuse(bad.mistakes)
    if force not in known:
        refuse([f"--force: expected one of {', '.join(known)}, got {force!r}"])


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _with_accounts(
    settings: "Settings", work: Callable[[Accounts], Awaitable[T]], *, make: bool = False
) -> T:
    from server.adapters.store.passwords import Argon2Hasher

    async def done(store: "Store") -> T:
        accounts = Accounts(
            people=store.people, sessions=store.sessions, hasher=Argon2Hasher(), accesses=store.accesses
        )
        return await work(accounts)

    try:
        return with_store(settings, done, make=make)
    except PersonExists:
        fail("This sign-in name is taken.")
    except UnknownPerson:
        fail("Nobody has this sign-in name.")
    except WeakPassword as weak:
        refuse([str(weak)])
