"""A carer's phone in a real browser, in the small world of the phone tests: visits of 2 November 2026."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest
from playwright.async_api import Browser, BrowserContext, Page

from backend.use_cases.issue_enrol_code import issue_enrol_code
from tests.browser.pictures import keep_screen
from tests.browser.serving import BadLine, served
from tests.mobile_api.world import DOOR, MORNING, World, hour

PIN: Final = "4711"
SIZE: Final = {"width": 360, "height": 740}
NOT_LEFT: Final = re.compile("I am leaving|Recording")
SHOTS: Final = os.environ.get("DOORSTEP_SCREENSHOTS")
"""A folder to keep pictures of every screen in, to look at."""

# The wall clock runs on from an instant that the test sets, for positions too; timers and ticks stay real.
CLOCK: Final = """(() => {
  const Real = Date, first = "START" - Real.now(), shift = () => Number(localStorage.getItem("test-shift") ?? first);
  globalThis.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + shift()); }
    static now() { return Real.now() + shift(); }
  };
  const place = navigator.geolocation, asked = place.getCurrentPosition.bind(place);
  place.getCurrentPosition = (found, ...rest) =>
    asked(({ coords, timestamp }) => found({ coords, timestamp: timestamp + shift() }), ...rest);
  globalThis.realNow = () => Real.now();
})();"""

KEPT: Final = """async (name) => {
  const answered = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await answered(indexedDB.open("doorstep"));
  const rows = await answered(db.transaction(name).objectStore(name).getAll());
  db.close();
  return JSON.parse(JSON.stringify(rows));
}"""
ALL_SENT: Final = """async () => {
  const answered = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await answered(indexedDB.open("doorstep"));
  const count = (name) => answered(db.transaction(name).objectStore(name).count());
  while ((await count("taps")) + (await count("outbox")) > 0) await new Promise((resolve) => setTimeout(resolve, 30));
  db.close();
}"""


@dataclass
class Street:
    """The server, behind a line that can be made bad, its clock, and what it holds."""

    address: str
    line: BadLine
    world: World
    superuser: asyncpg.Connection
    contexts: list[BrowserContext] = field(default_factory=list)
    clock: datetime = MORNING

    async def phone(self, browser: Browser, **options: Any) -> "Handset":
        """A phone on which nobody is enrolled. It may tell where it is, and is at the first door."""
        place = {"latitude": DOOR[0], "longitude": DOOR[1], "accuracy": 12}
        given = {"permissions": ["geolocation"], "geolocation": place, "viewport": SIZE, "has_touch": True}
        context = await browser.new_context(base_url=self.address, locale="en-GB", **{**given, **options})
        self.contexts.append(context)
        start = str(int(self.clock.timestamp() * 1000))
        await context.add_init_script(CLOCK.replace('"START"', start))
        return Handset(self, context, await context.new_page())

    async def arrived_without_signal(self, browser: Browser) -> "Handset":
        """A phone that lost its signal after it was set up, at the first visit since four past seven."""
        phone = await self.phone(browser)
        await phone.enrol()
        await phone.connect(False)
        await phone.at(hour(7, 4))
        await phone.arrive()
        return phone

    async def visited(self, browser: Browser) -> "Handset":
        """A phone after the first visit, from four to 31 past seven."""
        phone = await self.phone(browser)
        await phone.enrol()
        await phone.at(hour(7, 4))
        await phone.arrive()
        await phone.at(hour(7, 31))
        await phone.leave()
        return phone

    async def code(self, carer: str = "C1", replaces: UUID | None = None) -> str:
        return await issue_enrol_code("hearth", carer, replaces)

    async def events(self, *kinds: str) -> list[dict[str, Any]]:
        """What the server holds, by the phone's count: kind, when, outcome, code."""
        rows = await self.superuser.fetch(
            "SELECT e.kind, e.seq, e.occurred_at, e.outcome, e.code, e.visit_id, e.event_id FROM event e "
            "WHERE cardinality($1::text[]) = 0 OR e.kind = ANY ($1) ORDER BY e.device_id, e.seq",
            list(kinds),
        )
        return [dict(row) for row in rows]

    async def kinds(self) -> list[str]:
        """The kinds of all accepted events but positions, in the order of the chain."""
        return [
            row["kind"]
            for row in await self.events()
            if row["kind"] != "fix" and row["outcome"] == "accepted"
        ]


@pytest.fixture
async def street(world: World, superuser: asyncpg.Connection) -> AsyncIterator[Street]:
    """The small world of the phone tests on a real port, at six in the morning."""
    line = BadLine()
    async with served(line) as address:
        made = Street(address, line, world, superuser)
        yield made
        for context in made.contexts:
            await context.close()


@dataclass
class Handset:
    """One phone: its browser's profile and the page that is open."""

    street: Street
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    connected: bool = True

    def __post_init__(self) -> None:
        self.listen(self.page)

    def listen(self, page: Page) -> None:
        """Keep what the browser complains of, but for calls that a bad line or the server refuses."""
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._complain(message.type, message.text))

    def _complain(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)

    async def open(self, path: str = "/app/") -> None:
        await self.page.goto(path)
        await self.ready()

    async def ready(self) -> None:
        """Wait until the first screen stands."""
        await self.page.locator("html[data-ready=yes]").wait_for(state="attached")

    async def enrol(self, carer: str = "C1") -> None:
        """From the manager's link to the day's visits, and until the app is kept on the phone."""
        await self.open(f"/app/#enrol={await self.street.code(carer)}")
        await self.set_up()
        await self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    async def set_up(self) -> None:
        """From the form that a link opened to the day's visits. A second link would empty the form."""
        await self.page.get_by_label("PIN", exact=True).fill(PIN)
        await self.page.get_by_label("The PIN again").fill(PIN)
        await self.page.get_by_role("button", name="Set up this phone").click()
        await self.page.get_by_role("link", name="Go to my visits").click()
        await self.page.locator(".card.next h2").wait_for()

    async def at(self, instant: datetime, wrong_by: timedelta = timedelta()) -> None:
        """Server and phone live at an instant now; the phone's clock may be wrong. What was under way is over."""
        if self.connected and not self.street.line.holds:
            await self.sent()
        await self.at_once(instant, wrong_by)

    async def at_once(self, instant: datetime, wrong_by: timedelta = timedelta()) -> None:
        """The same while something is still under way."""
        self.street.clock = instant
        self.street.world.at(instant)
        shown = int((instant + wrong_by).timestamp() * 1000)
        await self.page.evaluate(f"localStorage.setItem('test-shift', {shown} - realNow())")

    async def connect(self, connected: bool = True) -> None:
        """Give the phone a network, or take it away."""
        self.connected = connected
        await self.context.set_offline(not connected)

    async def settle(self) -> None:
        """Wait until the big button rests no more."""
        await self.page.locator(".huge:not([aria-disabled])").first.wait_for()

    async def arrive(self) -> None:
        await self.settle()
        await self.page.get_by_role("button", name="I have arrived", exact=True).click()
        await self.page.get_by_role("button", name="I am leaving").wait_for()

    async def leave(self) -> None:
        """Until the app says what came of it: the button says `Recording …` before anything is stored."""
        await self.settle()
        await self.page.get_by_role("button", name="I am leaving").click()
        await self.page.get_by_role("button", name=NOT_LEFT).wait_for(state="detached")

    async def unlock(self, pin: str = PIN) -> None:
        await self.page.get_by_label("PIN", exact=True).fill(pin)
        await self.page.get_by_role("button", name="Open my visits").click()

    async def sent(self) -> None:
        """Wait until nothing waits to be sent: neither signed nor only recorded."""
        async with asyncio.timeout(60):
            await self.page.evaluate(ALL_SENT)

    async def signed(self) -> bool:
        """Whether all that was recorded is signed."""
        return not await self.kept("taps")

    async def sent_now(self) -> None:
        """Send by the button whatever still waits, as somebody does who does not want to wait."""
        await self.go("#/unsent")
        await self.page.evaluate("document.getElementById('send-now')?.click()")
        await self.sent()
        await self.page.evaluate("location.hash = '#/today'")

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something holds at the server."""
        async with asyncio.timeout(60):
            while not await holds():
                await self.page.wait_for_timeout(30)

    async def go(self, path: str) -> None:
        """Show a screen, and wait until it and what it loads stand."""
        await self.page.evaluate(f"location.hash = '{path}'")
        await self.page.locator(f"main[data-path='{path.lstrip('#/')}']").wait_for()
        await (
            self.page.get_by_text("Loading …")
            .or_(self.page.get_by_text("Yn llwytho …"))
            .wait_for(state="detached")
        )

    async def kept(self, store: str) -> Any:
        """All rows of one of the app's stores, as far as they can be read."""
        return await self.page.evaluate(KEPT, store)

    async def focused(self) -> str:
        text: str = await self.page.evaluate("document.activeElement.textContent")
        return text

    async def tab_into(self, field: str) -> None:
        """Press Tab until the field with this id has the keyboard."""
        for _ in range(40):
            if await self.page.evaluate("document.activeElement.id") == field:
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{field} cannot be reached with the keyboard")

    async def tab_to(self, words: str) -> None:
        """Press Tab until the control with these words is reached."""
        for _ in range(40):
            if await self.focused() == words:
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{words} cannot be reached with the keyboard")

    async def photograph(self, name: str) -> None:
        await keep_screen(self.page, name)
        if SHOTS:
            await self.page.screenshot(path=Path(SHOTS) / f"phone-{name}.png", full_page=True)


def moments(events: Sequence[dict[str, Any]]) -> list[datetime]:
    """When each happened, to the minute."""
    return [event["occurred_at"].astimezone(UTC).replace(second=0, microsecond=0) for event in events]
