"""Bytes that are nearly right: whatever a stranger changes, a parser reads it or refuses it in words.

The same parsers are fuzzed for longer, guided by coverage, with `make fuzz`.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.security.fuzzing.parsers import PARSERS, samples

SAMPLES = samples()
BYTES = st.sampled_from(
    (b"", b"\x00", b"\xff", b'"', b"{", b"]", b"\\u0000", b"9" * 400, b"-", b"=", b"&", b"\xf0\x9f")
)


@st.composite
def changed(draw: Any, name: str) -> bytes:
    """A sample with a few places cut out, doubled, or replaced."""
    content = draw(st.sampled_from(SAMPLES[name]))
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        put = draw(st.one_of(BYTES, st.binary(max_size=8), st.just(content[start:end] * 2)))
        content = content[:start] + put + content[end:]
    return content


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_nearly_right_bytes_make_no_parser_fall_over(name: str) -> None:
    @settings(max_examples=150, database=None, suppress_health_check=list(HealthCheck), deadline=None)
    @given(content=changed(name))
    def attempt(content: bytes) -> None:
        PARSERS[name](content)

    attempt()


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_the_samples_are_right(name: str) -> None:
    for content in SAMPLES[name]:
        PARSERS[name](content)
