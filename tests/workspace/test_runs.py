from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sheetsales.scores.derivation import Component, Derivation, Input, recompute
from sheetsales.workspace import Workspace
from sheetsales.workspace.runs import (
    inputs_hash,
    next_run,
    recomputed_appraisals,
    stored_derivations,
    write_run,
)
from tests.small import AS_OF

WEIGHT = Input("cycle", "CY-000001", "w_attitude", Decimal(25))
PART = Component(
    "attitude",
    "mean",
    Decimal("90.0000"),
    inputs=(
        Input("attitude_rating", "A", "rating", Decimal("88.5")),
        Input("attitude_rating", "B", "rating", Decimal("91.5")),
    ),
    subject="employee:E-000001",
    weight=Decimal(25),
    weighted_by=WEIGHT,
)
TOTAL = Component(
    "total",
    "weighted",
    Decimal("90.0000"),
    inputs=(
        Input("", "", "as_of", date(2026, 9, 30)),
        Input("employee", "E-000001", "status", "active"),
        Input("employee", "E-000001", "inactive", value=True),
        Input("employee", "E-000001", "leave_date", None),
    ),
    children=(PART, Component("service", "mean", None, reason="no-csat")),
)
DERIVATION = Derivation("appraisal", "CY-000001/E-000001", (TOTAL,))


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def test_what_is_kept_of_a_run_is_read_as_it_was(workspace):
    write_run(workspace, "20261015-001", [DERIVATION])
    (kept,) = stored_derivations(workspace, "appraisal").values()
    assert kept == DERIVATION
    assert recompute(kept) == Decimal("90.0000")


def test_the_last_run_of_a_score_counts(workspace):
    write_run(workspace, "20261015-001", [DERIVATION])
    later = Derivation("appraisal", DERIVATION.key, (PART,))
    write_run(workspace, "20261016-001", [later, Derivation("audit", "AU-000001", (TOTAL,))])
    assert stored_derivations(workspace, "appraisal") == {DERIVATION.key: later}


def test_runs_of_one_day_are_numbered(workspace):
    assert next_run(workspace, AS_OF) == "20261015-001"
    write_run(workspace, "20261015-001", [])
    assert next_run(workspace, AS_OF) == "20261015-002"
    assert next_run(workspace, date(2026, 10, 16)) == "20261016-001"


def test_appraisals_are_recomputed_from_their_own_inputs(workspace):
    assert recomputed_appraisals(workspace) is None
    write_run(workspace, "20261015-001", [DERIVATION])
    frame = recomputed_appraisals(workspace)
    assert frame.to_dict("records") == [
        {"cycle_id": "CY-000001", "employee_id": "E-000001", "total": Decimal("90.0000")}
    ]


def test_the_hash_of_the_inputs_tells_one_changed_value():
    other = Derivation("appraisal", DERIVATION.key, (Component("total", "mean", None),))
    assert inputs_hash(DERIVATION) == inputs_hash(DERIVATION)
    assert inputs_hash(other) != inputs_hash(DERIVATION)
