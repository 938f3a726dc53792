"""The small world of the phone tests, loaded into the application's own database."""

from typing import Any

import httpx
import pytest

from tests.mobile_api.world import MORNING, World


@pytest.fixture
def world(http: httpx.AsyncClient, at: Any) -> World:
    at(MORNING)
    return World(http, at)
