"""A person at a console who has a keyboard and nothing else."""

from playwright.async_api import Browser, BrowserContext, Locator, Page, StorageState, expect

from server.domain.people import Person
from tests.journeys.station import Station

PASSWORD = "correct horse battery"
PATIENCE_MS = 60_000
"""A call has to be spoken and heard first, on a machine that may have much else to do."""
MOST_TABS = 120
COUNTS = """
window.pointed = 0;
for (const kind of ["pointerdown", "touchstart", "wheel"])
  addEventListener(kind, ({ isTrusted }) => { window.pointed += Number(isTrusted); }, { capture: true });
"""
STANDING = """() => {
  const here = document.activeElement;
  return here.matches("button, a, input, select") ? here.getAttribute("aria-label") ?? here.textContent : "";
}"""
ROWS = """() => [...document.querySelectorAll('.row-said .row-text')].map((row) => {
  const said = row.cloneNode(true);
  for (const aside of said.querySelectorAll('.spoken-only')) aside.remove();
  return said.textContent;
})"""


class Console:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.card = page.locator("prompt-card, handler-prompt")
        self.connection = page.locator("#connection")

    def part(self, name: str) -> Locator:
        return self.page.locator(name)

    async def shows(self, part: str, text: str) -> None:
        await expect(self.page.locator(part)).to_contain_text(text, timeout=PATIENCE_MS)

    async def counts(self, part: str, number: int) -> None:
        await expect(self.page.locator(part)).to_have_count(number, timeout=PATIENCE_MS)

    async def is_live(self) -> None:
        await expect(self.connection).to_have_text("Live", timeout=PATIENCE_MS)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def tab_to(self, name: str) -> None:
        """By the Tab key, to a control of this name."""
        for _ in range(MOST_TABS):
            if name in (await self.page.evaluate(STANDING)):
                return
            await self.press("Tab")
        raise AssertionError(f"no way to {name!r} by keyboard")

    async def push(self, name: str) -> None:
        await self.tab_to(name)
        await self.press("Enter")

    async def cut_off(self) -> None:
        """The network goes: what is open breaks, and nothing new gets through."""
        await self.page.context.set_offline(True)

    async def put_back(self) -> None:
        await self.page.context.set_offline(False)

    async def words(self) -> list[str]:
        """Every settled line that is on the screen."""
        return [text.strip() for text in await self.page.evaluate(ROWS)]


class Consoles:
    """Opens consoles, and sees in the end that no hand left the keyboard."""

    def __init__(self, station: Station, browser: Browser) -> None:
        self._station = station
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._signed_in: dict[str, StorageState] = {}

    async def of(self, who: Person, *, again: bool = False) -> Console:
        """A console in a browser of its own; `again`: signed in a second time."""
        known = None if again else self._signed_in.get(who.id)
        context = await self._browser.new_context(
            viewport={"width": 1440, "height": 900}, reduced_motion="reduce", storage_state=known
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(COUNTS)
        console = Console(await context.new_page())
        await console.page.goto(f"{self._station.url}/console")
        if known is None:
            await self._sign_in(console, who)
        await console.is_live()
        self._signed_in[who.id] = await context.storage_state()
        return console

    async def _sign_in(self, console: Console, who: Person) -> None:
        await expect(console.page.locator("#name")).to_be_focused(timeout=PATIENCE_MS)
        await console.type(who.id)
        await console.press("Tab")
        await console.type(PASSWORD)
        await console.press("Enter")

    async def close(self) -> None:
        """At the end of a journey."""
        pages = [page for context in self._contexts for page in context.pages]
        pointed = [await page.evaluate("window.pointed") for page in pages]
        for context in self._contexts:
            await context.close()
        self._contexts.clear()
        assert pointed == [0] * len(pages)
