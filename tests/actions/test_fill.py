from __future__ import annotations

import pytest

from sheetsales.actions.fill import fill
from sheetsales.sample import RawCell
from sheetsales.workspace import Workspace


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def test_new_rows_are_added_and_known_ones_changed(workspace):
    rows = [
        {"customer_id": "C-000001", "short_name": "宏遠"},
        {"customer_id": "C-000009", "name": "新客戶"},
    ]
    assert fill(workspace, {"customer": rows}) == 2
    frame = workspace.frames["customer"].set_index("customer_id")
    assert frame["short_name"].to_dict()["C-000001"] == "宏遠"
    assert frame["name"].to_dict()["C-000001"] == "宏遠電子股份有限公司"
    assert frame["name"].to_dict()["C-000009"] == "新客戶"


def test_a_raw_cell_goes_in_as_it_stands(workspace):
    fill(workspace, {"customer": [{"customer_id": "C-000009", "credit_limit": RawCell("很多")}]})
    data = workspace.tables["customer"]
    assert data.rejected["credit_limit"] == {3: "很多"}
