from __future__ import annotations

from datetime import date

import pytest

from sheetsales.actions.check import check
from sheetsales.actions.fill import fill
from sheetsales.actions.score import score
from sheetsales.actions.status import status
from sheetsales.errors import WorkbookQueuedError
from sheetsales.workspace import Workspace
from tests.small import AS_OF


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def counts(workspace):
    report = check(workspace, as_of=AS_OF)
    return {one.code: one.count for one in status(workspace, report, as_of=AS_OF) if one.count}


def test_errors_and_stale_cells_are_counted(workspace):
    found = counts(workspace)
    assert found["errors"] == 1
    assert found["stale-cells"] > 0
    score(workspace, (), as_of=AS_OF)
    assert "stale-cells" not in counts(workspace)


def test_what_is_due_and_open_is_counted(workspace):
    fill(
        workspace,
        {
            "contact": [{"name": "新人", "customer_id": "C-000001"}],
            "contract": [
                {
                    "contract_id": f"CON-00000{number}",
                    "state": state,
                    "end_on": date(2026, 11, 30),
                    "notice_days": 60,
                }
                for number, state in ((1, "performing"), (2, "void"))
            ],
            "milestone": [
                {"milestone_id": "MS-000001", "due_on": date(2026, 11, 14)},
                {"milestone_id": "MS-000002", "due_on": date(2026, 11, 15)},
                {
                    "milestone_id": "MS-000003",
                    "due_on": date(2026, 11, 1),
                    "done_on": date(2026, 10, 1),
                },
            ],
            "finding": [
                {"finding_id": "F-000001", "state": "open"},
                {"finding_id": "F-000002", "state": "closed"},
            ],
            "action": [
                {"action_id": "ACT-000001", "due_on": date(2026, 10, 14), "state": "doing"},
                {"action_id": "ACT-000002", "due_on": date(2026, 10, 14), "state": "cancelled"},
                {"action_id": "ACT-000003", "due_on": date(2026, 10, 15), "state": "doing"},
            ],
        },
    )
    found = counts(workspace)
    assert found["new-rows"] == 1
    assert found["contracts-ending"] == 1
    assert found["milestones-due"] == 1
    assert found["findings-open"] == 1
    assert found["actions-overdue"] == 1


def test_writes_that_wait_are_counted(workspace, small):
    (small / "workbooks" / "~$customer.xlsm").write_bytes(b"")
    with pytest.raises(WorkbookQueuedError):
        fill(workspace, {"contact": [{"contact_id": "CT-000009", "name": "新人"}]})
    assert counts(workspace)["writes-waiting"] == 1
