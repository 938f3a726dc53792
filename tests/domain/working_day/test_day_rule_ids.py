"""Every rule that a day or its pay can name stands in the catalogue with its citation."""

import re
from pathlib import Path

import backend.domain.pay_terms
from backend.domain.working_day.flags import flag_rule
from backend.domain.working_day.kinds import INCOMPLETE_RULE, LONG_GAP_RULE, NO_GAP_RULE, RULES, WHAT_IF_RULE
from backend.statute.catalogue import rules
from schemas.day import FlagName


def test_every_kind_of_time_and_flag_has_a_rule_that_is_explained() -> None:
    flags = {flag_rule(name) for name in FlagName.__args__}
    assert {
        *RULES.values(),
        *flags,
        INCOMPLETE_RULE,
        LONG_GAP_RULE,
        NO_GAP_RULE,
        WHAT_IF_RULE,
    } <= rules().keys()


def test_every_rule_of_pay_is_explained() -> None:
    folder = Path(backend.domain.pay_terms.__file__).parent
    named = {
        rule for path in folder.glob("*.py") for rule in re.findall(r'"(pay-[a-z-]+)"', path.read_text())
    }
    named = (named - {"pay-contact-"}) | {f"pay-contact-{basis}" for basis in ("actual", "planned", "longer")}
    assert len(named) > 8
    assert named <= rules().keys()
