"""An office whose days the tests of jobs play."""

import pytest

from tests.jobs.office import Office, opened_office
from tests.jobs.weeks import morning

__all__ = ["morning", "office", "opened_office"]


@pytest.fixture
def office(opened_office: Office) -> Office:
    return opened_office
