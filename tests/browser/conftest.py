"""The application on a real port, and a real browser."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.handset import Street, street
from tests.browser.serving import served
from tests.conftest import application
from tests.console.desk import Desk, busy, desk
from tests.mobile_api.conftest import world

__all__ = ["Street", "address", "browser", "busy", "desk", "street", "world"]


@pytest.fixture
async def address(busy: Desk) -> AsyncIterator[str]:
    """Where the office's pages are served, in this event loop and on the test's own database."""
    async with served(application()) as found:
        yield found


@pytest.fixture(scope="session")
async def chromium_running(chromium: str) -> AsyncIterator[Browser]:
    """One Chromium for all tests of a process: it takes longer to start than most of them."""
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield made
        await made.close()


@pytest.fixture
async def browser(chromium_running: Browser) -> AsyncIterator[Browser]:
    """The same with nothing open. Whatever a test opens in it is closed, and forgotten, after the test."""
    yield chromium_running
    for context in chromium_running.contexts:
        await context.close()
