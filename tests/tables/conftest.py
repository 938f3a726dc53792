"""A loaded county to look at through the catalogue's eyes."""

from typing import Any

import pytest

from tests.use_cases.loading.samples import load_county


@pytest.fixture
async def county(db: Any) -> None:
    """Two providers, of which one has carers, packages, a rota and pay."""
    await load_county()
