from __future__ import annotations

import pytest

from sheetsales.checks import RULES
from tests.checks.breaches import BREACHES, Breach
from tests.checks.judge import judge
from tests.checks.sound import EVIDENCE, ROWS


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_a_breach_is_found_where_it_is(breach: Breach):
    assert (*breach.found, breach.variant) in judge(breach.code, breach.evidence, **breach.rows)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_silent_without_rows(code: str):
    assert judge(code, param=[]) == []


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_silent_where_all_is_sound(code: str):
    assert judge(code, EVIDENCE, **ROWS) == []


def test_every_rule_has_a_breach_and_a_clause():
    assert {breach.code for breach in BREACHES} == set(RULES)
    assert all(rule.clause for rule in RULES.values())
