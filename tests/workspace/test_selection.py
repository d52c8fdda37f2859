from __future__ import annotations

import shutil

import pytest

from sheetsales.errors import WorkbookError, WorkspaceError
from sheetsales.workspace.selection import Selection


def test_a_workspace_means_all_its_workbooks(small):
    selected = Selection.of(small)
    assert selected.is_whole
    assert len(selected.paths) == 9
    assert "workbooks/customer.xlsm" in selected.names


@pytest.mark.parametrize("name", ["customer", "customer.xlsm"])
def test_a_workbook_of_the_workspace_is_named_shortly(small, name):
    selected = Selection.of(small, name)
    assert selected.path == (small / "workbooks" / "customer.xlsm").resolve()
    assert not selected.is_whole
    assert selected.keys()["contact"] == ["聯絡人編號"]


def test_a_path_of_a_workbook_of_a_workspace_finds_the_workspace(small, tmp_path):
    selected = Selection.of(tmp_path, str(small / "workbooks" / "customer.xlsm"))
    assert selected.workspace is not None
    assert selected.folder.home == small.resolve()


def test_a_file_from_elsewhere_has_no_workspace(small, tmp_path):
    path = tmp_path / "other.xlsx"
    shutil.copyfile(small / "workbooks" / "customer.xlsm", path)
    selected = Selection.of(tmp_path, str(path))
    assert (selected.workspace, selected.keys(), selected.folder.home) == (None, {}, tmp_path)


def test_another_file_within_a_workspace_is_none_of_its_workbooks(small):
    path = small / "other.xlsx"
    shutil.copyfile(small / "workbooks" / "customer.xlsm", path)
    selected = Selection.of(small, str(path))
    assert selected.workspace is None
    assert selected.folder.home == small.resolve()


def test_what_is_not_there_is_refused(small, tmp_path):
    with pytest.raises(WorkbookError) as refused:
        Selection.of(small, "custmer")
    assert refused.value.code == "workbook-missing"
    with pytest.raises(WorkspaceError):
        Selection.of(tmp_path, "custmer")


def test_keys_of_a_workspace_that_cannot_be_read_are_unknown(small):
    (small / "workbooks" / "plan.xlsm").unlink()
    assert Selection.of(small, "customer").keys() == {}
