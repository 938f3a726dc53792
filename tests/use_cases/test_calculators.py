"""The short cases that the command line shows are cases."""

import json

import pytest

from backend.use_cases.calculators import CALCULATORS, Calculator


@pytest.mark.parametrize("calculator", CALCULATORS, ids=lambda calculator: calculator.name)
def test_the_case_that_the_help_shows_is_worked_out_whole(calculator: Calculator) -> None:
    answer = json.loads(calculator.answer(calculator.example.encode()))
    assert answer
    assert not answer.get("findings")
