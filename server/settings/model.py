"""Every key, its default and what it accepts. `config/earshot.toml` says the same in comments."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, IPvAnyNetwork, SecretStr

from server.domain.integrations import Topic
from server.domain.people import Role
from server.settings.addresses import PublicUrl, PublicUrlOrNone
from server.settings.inviting import Links, Texts
from server.settings.outgoing import Email, Sheets
from server.settings.section import Section
from server.settings.transfers import Transfers
from server.settings.video import Video
from server.settings.wording import written_as

_DIAL = r"number:\+[1-9]\d{6,14}|sips?:[^\s@]+@[^\s@]+|queue:[A-Za-z0-9_.-]{1,64}"
_DIALLED = "number:+44…, sip:user@host or queue:NAME"
Dial = Annotated[str, written_as(_DIAL, _DIALLED)]
"""What can be dialled: a number in E.164, a SIP address, a queue of the telephony provider."""
DialOrNone = Annotated[str, written_as(f"|{_DIAL}", f"{_DIALLED}, or nothing")]

Seconds = Annotated[float, Field(gt=0)]


class Server(Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: PublicUrl = "http://127.0.0.1:8080"
    """Where Twilio and browsers reach us. Signatures are checked against it, never against headers."""
    origins: tuple[PublicUrl, ...] = ()
    """Further origins whose pages may open the feed; the public URL's own always may."""
    behind_proxy: bool = False
    """Whether sign-ins come through a proxy of our own that appends to `X-Forwarded-For`."""
    drain_s: Seconds = 10.0


class Store(Section):
    url: str = "sqlite:data/earshot.db"


class Vault(Section):
    """Recordings, and the master key that wraps every call's own."""

    folder: Path = Path("data/vault")
    key: SecretStr = SecretStr("")
    """Never in the file: `EARSHOT_VAULT__KEY`, 32 bytes in base64; else the file below."""
    key_file: Path = Path("data/vault.key")
    """Made at the first start. The newest key first, while one is being replaced."""
    retention: Path = Path("config/retention.toml")
    erase: bool = True
    """Whether what is due is erased every night."""
    erase_at: Annotated[str, written_as(r"([01]\d|2[0-3]):[0-5]\d", "a time of day such as 03:30")] = "03:30"
    """In UTC."""


class Bus(Section):
    url: str = "local:"


class Speech(Section):
    engine: str = "vosk:models/speech/small-en-8k"
    workers: Annotated[int, Field(ge=0, le=256)] = 0
    """0: one per core less one, at least one."""
    spares: Annotated[int, Field(ge=0, le=16)] = 1
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    block_ms: Annotated[int, Field(ge=40, le=500)] = 100
    retain_s: Annotated[float, Field(ge=30, le=600)] = 60.0
    stall_s: Seconds = 2.0
    start_s: Seconds = 120.0
    monologue_s: Annotated[float, Field(ge=5, le=60)] = 15.0
    recycle_hours: Seconds = 6.0
    recycle_growth_mb: Annotated[int, Field(ge=100)] = 1024


class Reading(Section):
    markers: Path = Path("config/markers")


class Calls(Section):
    grace_s: Seconds = 60.0
    limit_s: Seconds = 14_400.0
    flush_s: Seconds = 5.0
    tap_s: Annotated[float, Field(ge=2, le=120)] = 10.0


class Review(Section):
    """What helps people to look at a call again."""

    hear_again: bool = True
    """Whether ended calls with a recording are heard a second time, when the machine has time for it."""
    model: str = ""
    """The folder of its model; empty: the largest that is installed, else the live one, searching wider."""


class Training(Section):
    scripts: Path = Path("data/scripts")
    """A force's own scripts for exercises, each with its sound; those of the demonstration are there too."""
    voice: str = "espeak-ng"
    """What says the names that stand for real ones in exercises: `espeak-ng` or `flite`, by its name or path.
    Empty, or not installed: there is silence."""


class ListenIn(Section):
    roles: tuple[Literal[Role.SPECIALIST, Role.SUPERVISOR], ...] = (Role.SPECIALIST, Role.SUPERVISOR)
    keep_s: Annotated[float, Field(ge=0, le=1800)] = 180.0
    """How far back a live call can be heard; 0: nobody listens in. A minute costs 1 MB a call."""


class Twilio(Section):
    enabled: bool = True
    auth_token: SecretStr = SecretStr("")
    """Never in the file: `EARSHOT_TWILIO__AUTH_TOKEN`, or a file named by `auth_token_file`."""
    auth_token_file: Path | None = None
    fallback: DialOrNone = ""
    """Who is dialled when no desk can be chosen; empty: the first desk of the first force."""
    token_s: Seconds = 300.0
    hold_open_s: Annotated[int, Field(ge=0, le=3600)] = 300
    """How long a stream may take after its webhook; how long a line stays open after a desk left."""


class Frames(Section):
    """The handler's panel within the control room's own system."""

    ancestors: tuple[PublicUrl, ...] = ()
    """The origins whose pages may hold it; none: nobody's."""
    key: SecretStr = SecretStr("")
    """What its addresses are signed with. Never in the file: `EARSHOT_FRAMES__KEY`, or `key_file`."""
    key_file: Path | None = None


class Forces(Section):
    folder: Path = Path("config/forces")


class SignIn(Section):
    session_hours: Annotated[float, Field(gt=0, le=72)] = 12.0
    """At the longest, however much it is used."""
    idle_minutes: Annotated[float, Field(ge=0, le=1440)] = 60.0
    """A session that nobody uses for so long is over; 0: none is. A page with a live call on it is used."""
    proof_minutes: Annotated[float, Field(gt=0, le=60)] = 5.0
    """Who takes words out must have proved to be themselves no longer ago."""
    failures: Annotated[int, Field(ge=3, le=100)] = 10
    wait_s: Seconds = 60.0


class Oidc(Section):
    """The force's own sign-in, by OpenID Connect: authorisation code with PKCE."""

    issuer: PublicUrlOrNone = ""
    """Empty: off, and everybody signs in by a local account."""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    """Never in the file: `EARSHOT_OIDC__CLIENT_SECRET`, or `client_secret_file`; none for a public client."""
    client_secret_file: Path | None = None
    label: Annotated[str, Field(min_length=1, max_length=60)] = "Sign in with your force account"
    scopes: tuple[str, ...] = ("openid", "profile")
    name_claim: str = "preferred_username"
    full_name_claim: str = "name"
    role_claim: str = "roles"
    force_claim: str = "force"
    roles: dict[str, Role] = Field(default_factory=dict)
    """What the claim's values mean here; a value that is not named means nothing."""
    forces: dict[str, str] = Field(default_factory=dict)
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0


class Api(Section):
    enabled: bool = True
    rate_per_s: Annotated[float, Field(gt=0, le=10_000)] = 20.0
    """Requests that one key may make, in the long run,"""
    burst: Annotated[int, Field(ge=1, le=10_000)] = 100
    """and at once."""


class WebhookEndpoint(Section):
    name: Annotated[str, written_as(r"[a-z0-9-]{1,40}", "1 to 40 small letters, digits and hyphens")]
    force: Annotated[str, Field(min_length=1, max_length=40)]
    url: PublicUrl
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)] = tuple(Topic)
    secret_file: Path | None = None
    """Of its own; else the one for all."""


class Webhooks(Section):
    endpoints: tuple[WebhookEndpoint, ...] = ()
    secret: SecretStr = SecretStr("")
    """Never in the file: `EARSHOT_WEBHOOKS__SECRET`, or a file named by `secret_file`."""
    secret_file: Path | None = None
    networks: tuple[IPvAnyNetwork, ...] = ()
    """Private networks that may be posted to; public addresses always may."""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0


class Logging(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    json_lines: bool = False


class Sections(Section):
    server: Server = Server()
    store: Store = Store()
    vault: Vault = Vault()
    bus: Bus = Bus()
    speech: Speech = Speech()
    reading: Reading = Reading()
    calls: Calls = Calls()
    listen_in: ListenIn = ListenIn()
    review: Review = Review()
    training: Training = Training()
    twilio: Twilio = Twilio()
    frames: Frames = Frames()
    forces: Forces = Forces()
    sign_in: SignIn = SignIn()
    oidc: Oidc = Oidc()
    api: Api = Api()
    webhooks: Webhooks = Webhooks()
    sheets: Sheets = Sheets()
    transfers: Transfers = Transfers()
    email: Email = Email()
    links: Links = Links()
    texts: Texts = Texts()
    video: Video = Video()
    logging: Logging = Logging()


class Settings(Sections):
    root: Path
    """The folder that relative paths start from."""

    def path(self, given: Path | str) -> Path:
        return self.root / given

    def url(self, given: str) -> str:
        """A URL such as `sqlite:data/earshot.db` with its path made absolute."""
        scheme, _, rest = given.partition(":")
        return f"{scheme}:{self.root / rest}" if rest else given

    @property
    def frame_keys(self) -> tuple[bytes, ...]:
        """None when none is set; more than one, apart by spaces or lines, while a key is being replaced."""
        key = self.frames.key.get_secret_value()
        if self.frames.key_file is not None:
            key = self.path(self.frames.key_file).read_text(encoding="utf-8")
        return tuple(one.encode() for one in key.split())

    @property
    def email_password(self) -> str:
        if self.email.password_file is not None:
            return self.path(self.email.password_file).read_text(encoding="utf-8").strip()
        return self.email.password.get_secret_value()

    @property
    def notify_secrets(self) -> tuple[str, str]:
        """GOV.UK Notify's API key, and what it sends with its reports."""
        given = self.texts
        pairs = ((given.key, given.key_file), (given.callback_token, given.callback_token_file))
        key, token = (
            secret.get_secret_value() if file is None else self.path(file).read_text(encoding="utf-8").strip()
            for secret, file in pairs
        )
        return key, token

    @property
    def turn_secret(self) -> str:
        if self.video.turn_secret_file is not None:
            return self.path(self.video.turn_secret_file).read_text(encoding="utf-8").strip()
        return self.video.turn_secret.get_secret_value()

    @property
    def oidc_secret(self) -> str:
        """Empty for a public client."""
        if self.oidc.client_secret_file is not None:
            return self.path(self.oidc.client_secret_file).read_text(encoding="utf-8").strip()
        return self.oidc.client_secret.get_secret_value()

    @property
    def auth_tokens(self) -> tuple[str, ...]:
        """None when none is set; more than one, apart by spaces or lines, while a token is being replaced."""
        if self.twilio.auth_token_file is not None:
            return tuple(self.path(self.twilio.auth_token_file).read_text(encoding="utf-8").split())
        return tuple(self.twilio.auth_token.get_secret_value().split())
