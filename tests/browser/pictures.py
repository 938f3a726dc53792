"""The pictures of docs/: the tests that look at the main pages keep them when `make pictures` asks for it."""

import os
from pathlib import Path, PurePosixPath
from typing import Final

from playwright.async_api import Page

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
KEEPING: Final = bool(os.environ.get("DOORSTEP_PICTURES"))
PAGES: Final = {
    ("manager", "/today"): "today",
    ("manager", "/roster"): "roster",
    ("manager", "/roster/cover"): "cover",
    ("manager", "/exceptions"): "exceptions",
    ("manager", "/pay-preview"): "pay-run",
    ("manager", "/visits/*"): "visit",
    ("manager", "/invoices/*"): "invoice",
    ("commissioner", "/performance"): "performance",
    ("commissioner", "/budgets"): "budgets",
    ("auditor", "/providers"): "providers",
    ("auditor", "/wage-reports/*"): "wage-report",
    ("person", "/my-care"): "my-care",
}
"""Who looks at which page, and the name of its picture. A star stands for the id of one thing, the first shown."""
PHONE: Final = {"today-arrived": "phone-today", "English-light-normal-hours": "phone-hours"}
"""Screens of the phone app, by the names that their tests photograph them under."""


TALLEST: Final = 1400
"""Pixels of a page that its picture shows at most."""
_kept: set[str] = set()


async def keep_page(page: Page, who: str, path: str) -> None:
    """Keep a page's picture if it is one of PAGES, the first of its kind, and pictures are asked for."""
    bare = PurePosixPath(path.partition("?")[0])
    name = next(
        (name for (role, pattern), name in PAGES.items() if role == who and bare.match(pattern)), None
    )
    if KEEPING and name and name not in _kept:
        _kept.add(name)
        height = await page.evaluate("document.documentElement.scrollHeight")
        shown = {"x": 0, "y": 0, "width": 1280, "height": min(height, TALLEST)}
        await page.screenshot(path=FOLDER / f"{name}.png", full_page=True, clip=shown)  # type: ignore[arg-type]


async def keep_screen(page: Page, screen: str) -> None:
    """The same for a screen of the phone app."""
    if KEEPING and screen in PHONE:
        await page.screenshot(path=FOLDER / f"{PHONE[screen]}.png")
