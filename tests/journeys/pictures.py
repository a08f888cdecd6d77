"""Pictures of a journey's pages, where they are wanted, for a person to look at."""

import os
from pathlib import Path

from playwright.async_api import Page


async def picture(page: Page, name: str) -> None:
    """Wide and narrow, light and dark, into the folder that `PICTURES` names; none: none are taken."""
    if not (folder := os.environ.get("PICTURES")):
        return
    for width in (1440, 390):
        for look in ("light", "dark"):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.emulate_media(color_scheme="dark" if look == "dark" else "light")
            await page.screenshot(path=str(Path(folder) / f"{name}-{width}-{look}.png"), full_page=True)
    await page.set_viewport_size({"width": 1440, "height": 900})
