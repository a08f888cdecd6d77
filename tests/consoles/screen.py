"""One person's console in a browser, and what can be seen and done on it."""

from playwright.async_api import Browser, BrowserContext, Page, expect

from server.domain.ids import CallId
from server.domain.people import Person
from tests.house import PASSWORD, House

CALL = CallId("CA1")
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


class Screen:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.card = page.locator("prompt-card, handler-prompt")
        self.rows = page.locator("call-transcript .row")
        self.banners = page.locator("status-banners")
        self.waiting = page.locator(".queue-waiting li")
        self.done = page.locator(".queue-done li")
        self.connection = page.locator("#connection")
        self.told = page.locator("#told")

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def click(self, name: str) -> None:
        await self.page.get_by_role("button", name=name).first.click()

    async def texts(self) -> list[str]:
        return [text.strip() for text in await self.page.locator(".row-text").all_inner_texts()]


class Screens:
    """Signs people in, and shuts their browsers in the end."""

    def __init__(self, house: House, browser: Browser, *, patience_ms: int = PATIENCE_MS) -> None:
        self._patience_ms = patience_ms
        self._house = house
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    async def stranger(self, *, width: int = 1440, height: int = 900, look: str = "light") -> Page:
        context = await self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if look == "dark" else "light",
            contrast="more" if look == "contrast" else "no-preference",
            reduced_motion="reduce",
        )
        context.set_default_timeout(self._patience_ms)
        self._contexts.append(context)
        return await context.new_page()

    async def of(self, who: Person, *, width: int = 1440, height: int = 900, look: str = "light") -> Screen:
        """At their console."""
        page = await self.at("/console", who, width=width, height=height, look=look)
        screen = Screen(page)
        await expect(screen.connection).to_have_text("Live", timeout=self._patience_ms)
        return screen

    async def at(
        self, path: str, who: Person, *, width: int = 1440, height: int = 900, look: str = "light"
    ) -> Page:
        """Signed in beforehand: the sign-in page has tests of its own."""
        page = await self.stranger(width=width, height=height, look=look)
        answer = await page.context.request.post(
            f"{self._house.url}/sign-in",
            data={"name": who.id, "password": PASSWORD},
            headers={"Origin": self._house.url},
        )
        assert answer.ok, await answer.text()
        await page.goto(f"{self._house.url}{path}")
        return page

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()
