"""What the app signs is, byte for byte, what the page for phone apps and the server's own reading of it say."""

import json
import math
import random
import struct
from typing import Any

import pytest
from playwright.async_api import Browser

from backend.domain.canonical import base64url, canonical, sha256
from mobile_api.app_files import app
from tests.browser.handset import Street
from tests.mobile_api.test_documented_phones import FIX, PAYLOAD, SIGNED

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# RFC 8785, 3.2.2 and 3.2.3, and numbers of its appendix B.
AWKWARD: list[Any] = [
    {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    },
    {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
    [0, -0.0, 5e-324, -5e-324, 1.7976931348623157e308, 9007199254740992.0, 2.9514790517935283e20],
    [9.999999999999997e22, 1e23, 1.0000000000000001e23, 9.999999999999997e20, 1e21, 0.000001, 1e-7],
    {"lat": 52.061, "lon": 0.0, "accuracy_m": 12.0, "nested": {"b": [], "a": {}}},
]


def drawn(count: int) -> list[Any]:
    """Doubles from all of their bits, and names and texts from all of Unicode, the same ones every time."""
    bits = random.Random(8785)
    doubles = [struct.unpack("<d", bits.randbytes(8))[0] for _ in range(count)]
    points = [
        bits.choice([bits.randrange(0x20), bits.randrange(0xD800), bits.randrange(0xE000, 0x110000)])
        for _ in range(count)
    ]
    return [
        [number for number in doubles if math.isfinite(number)],
        {chr(point): chr(point) for point in points},
    ]


CANONICAL = """async (texts) => {
  const { canonical } = await import("/app/VERSION/js/jcs.js");
  const { digest, utf8 } = await import("/app/VERSION/js/bytes.js");
  return Promise.all(texts.map(async (text) => {
    const form = canonical(JSON.parse(text));
    return [form, await digest(utf8(form))];
  }));
}"""


async def test_the_canonical_form_and_its_digest_are_the_servers(street: Street, browser: Browser) -> None:
    phone = await street.phone(browser)
    await phone.open()
    texts = [json.dumps(value) for value in (*AWKWARD, *drawn(2000))]
    shown = [part[0] for part in (FIX, PAYLOAD, SIGNED)]
    found = await phone.page.evaluate(CANONICAL.replace("VERSION", app().version), [*texts, *shown])
    wanted = [canonical(json.loads(text)) for text in (*texts, *shown)]
    assert [form for form, _ in found] == [form.decode() for form in wanted]
    assert [digest for _, digest in found] == [base64url(sha256(form)) for form in wanted]
    assert [digest for _, digest in found[-3:]] == [part[1] for part in (FIX, PAYLOAD, SIGNED)]
