"""What is measured on a screen of the phone app: targets for a thumb, words that are broken, cut or written over."""

from typing import Final

from playwright.async_api import Page

SMALL: Final = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary, .options label")]
  .filter((one) => one.type !== "radio" && one.checkVisibility() && Math.min(one.offsetWidth, one.offsetHeight) < 44)
  .map((one) => one.outerHTML.slice(0, 120))"""

UNREADABLE: Final = r"""() => {
  const faults = [], seen = [], range = document.createRange();
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push(`${wide} px too wide`);
  const frame = [...document.querySelectorAll("header, nav")];
  const stays = frame.filter((one) => getComputedStyle(one).position === "sticky");
  const taken = stays.reduce((sum, one) => sum + one.offsetHeight, 0);
  if (taken > innerHeight * 0.4) faults.push(`${taken} px of ${innerHeight} never scroll away`);
  const walker = document.createTreeWalker(document.getElementById("app"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent.checkVisibility() || parent.closest("option, noscript")) continue;
    for (const { 0: word, index } of node.data.matchAll(/[^\s\-–/]+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const rects = [...range.getClientRects()].filter((rect) => rect.width > 0.5);
      if (rects.length > 1) faults.push(`broken: ${word}`);
      for (const rect of rects) {
        if (rect.left < -0.5 || rect.right > innerWidth + 0.5) faults.push(`beyond the edge: ${word}`);
        if (!stays.some((one) => one.contains(parent))) seen.push({ word, rect });
      }
    }
  }
  for (const [index, { word, rect }] of seen.entries())
    for (const other of seen.slice(index + 1)) {
      const across = Math.min(rect.right, other.rect.right) - Math.max(rect.left, other.rect.left);
      const down = Math.min(rect.bottom, other.rect.bottom) - Math.max(rect.top, other.rect.top);
      if (across > 1 && down > rect.height / 3) faults.push(`over each other: ${word}, ${other.word}`);
    }
  const pen = document.createElement("canvas").getContext("2d");
  for (const one of document.querySelectorAll("select")) {
    const { font, paddingLeft, paddingRight } = getComputedStyle(one);
    pen.font = font;
    const room = one.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight) - 16; // for the arrow
    if (pen.measureText(one.selectedOptions[0].text).width > room) faults.push(`cut: ${one.selectedOptions[0].text}`);
  }
  for (const one of document.querySelectorAll("#app :not(textarea, input, select)"))
    if (getComputedStyle(one).overflow !== "visible" && one.scrollWidth > one.clientWidth + 1)
      faults.push(`cut: ${one.outerHTML.slice(0, 80)}`);
  return faults;
}"""


async def small_targets(page: Page) -> list[str]:
    """Everything that can be tapped and is smaller than 44 pixels one way."""
    found: list[str] = await page.evaluate(SMALL)
    return found


async def unreadable(page: Page) -> list[str]:
    """Words broken in two, over each other, cut or outside the screen, and a frame that leaves no room to read."""
    found: list[str] = await page.evaluate(UNREADABLE)
    return found
