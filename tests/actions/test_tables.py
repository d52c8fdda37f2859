from __future__ import annotations

import csv
import json

import pytest

from sheetsales.actions.tables import export_datapackage
from sheetsales.errors import WorkspaceError
from sheetsales.workspace import Workspace
from tests.small import state_of


@pytest.fixture(scope="module")
def workspace(original):
    return Workspace.open(original)


def test_every_table_is_a_file_that_the_descriptor_names(workspace, tmp_path):
    names = export_datapackage(workspace, tmp_path / "out")
    descriptor = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    paths = [resource["path"] for resource in descriptor["resources"]]
    assert sorted(names) == sorted([*paths, "datapackage.json"])
    with (tmp_path / "out" / "customer.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["customer_id"], row["owner_id"], row["excel_row"]) for row in rows] == [
        ("C-000001", "E-000001", "4"),
        ("C-000002", "E-000001", "5"),
        ("C-000003", "E-000002", "6"),
    ]


def test_an_earlier_export_is_replaced(workspace, tmp_path):
    export_datapackage(workspace, tmp_path)
    before = state_of(tmp_path)
    (tmp_path / "customer.csv").write_text("")
    export_datapackage(workspace, tmp_path)
    assert state_of(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "content"), [("mine.txt", ""), ("datapackage.json", '{"name": "weather"}')]
)
def test_a_foreign_folder_is_left_alone(workspace, tmp_path, name, content):
    (tmp_path / name).write_text(content)
    with pytest.raises(WorkspaceError) as refused:
        export_datapackage(workspace, tmp_path)
    assert refused.value.code == "folder-foreign"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_is_no_folder(workspace, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(WorkspaceError) as refused:
        export_datapackage(workspace, tmp_path / "out")
    assert refused.value.code == "workspace-no-folder"
