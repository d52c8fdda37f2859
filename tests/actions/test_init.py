from __future__ import annotations

from pathlib import Path

import docx
import pytest

from sheetsales.actions import init as module
from sheetsales.actions.init import init, refuse_occupied
from sheetsales.errors import WorkspaceError
from sheetsales.schema import load_regulation
from sheetsales.workspace import Settings, Workspace

SETTINGS = Settings(company="昇達感控", currency="CNY", fiscal_start_month=4)


def refusal(act) -> WorkspaceError:
    with pytest.raises(WorkspaceError) as refused:
        act()
    return refused.value


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hans", "en"])
def test_a_new_workspace_is_complete_in_its_language(tmp_path, locale):
    workspace = init(tmp_path / "acme", Settings(company="A", locale=locale), tax_id="04595257")
    assert Workspace.open(tmp_path / "acme").settings == workspace.settings
    (company,) = workspace.frames["company"].to_dict("records")
    assert (company["name"], company["tax_id"]) == ("A", "04595257")
    assert company["locale"] == {"zh-Hant": "zh-TW", "zh-Hans": "zh-CN", "en": "en"}[locale]
    assert {path.stem for path in (tmp_path / "acme" / "templates").iterdir()} == set(
        load_regulation().documents
    )
    sheet = {"zh-Hant": "客戶", "zh-Hans": "客户", "en": "Customer"}[locale]
    assert workspace.raws["customer"][0].sheet == sheet


def test_settings_reach_the_company_row(tmp_path):
    workspace = init(tmp_path / "acme", SETTINGS)
    (company,) = workspace.frames["company"].to_dict("records")
    assert (company["currency"], company["fiscal_start_month"]) == ("CNY", 4)


def test_simplified_templates_speak_simplified(tmp_path):
    init(tmp_path / "acme", Settings(company="A", locale="zh-Hans"))
    template = docx.Document(tmp_path / "acme" / "templates" / "sales_contract.docx")
    text = "".join(paragraph.text for paragraph in template.paragraphs)
    assert "销售" in text
    assert "銷售" not in text


def test_other_files_of_a_folder_stay(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    init(tmp_path, SETTINGS)
    assert Workspace.open(tmp_path).settings == SETTINGS
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_workspace_is_never_made_twice(tmp_path):
    init(tmp_path / "acme", SETTINGS)
    assert refusal(lambda: init(tmp_path / "acme", SETTINGS)).code == "workspace-exists"


def test_other_work_is_not_overwritten(tmp_path):
    (tmp_path / "documents").mkdir()
    error = refusal(lambda: init(tmp_path, SETTINGS))
    assert (error.code, error.arguments["names"]) == ("workspace-occupied", ["documents"])


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "acme").write_text("")
    assert refusal(lambda: refuse_occupied(tmp_path / "acme")).code == "workspace-no-folder"


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError, OSError])
@pytest.mark.parametrize("exists", [True, False])
def test_a_failed_or_interrupted_start_leaves_nothing_and_can_be_repeated(
    tmp_path, failure, exists
):
    folder = tmp_path / "acme"
    if exists:
        folder.mkdir()

    def furnish(_workspace):
        raise failure

    with pytest.raises((KeyboardInterrupt, RuntimeError, WorkspaceError)):
        init(folder, SETTINGS, furnish=furnish)
    assert [path for path in tmp_path.rglob("*") if path != folder] == []
    assert init(folder, SETTINGS).folder == folder


def test_an_interruption_while_moving_leaves_nothing(tmp_path, monkeypatch):
    folder = tmp_path / "acme"
    folder.mkdir()
    rename = Path.rename

    def interrupt(path, target):
        if path.name == "documents":
            raise KeyboardInterrupt
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", interrupt)
        with pytest.raises(KeyboardInterrupt):
            init(folder, SETTINGS)
    assert list(tmp_path.rglob("*")) == [folder]
    assert init(folder, SETTINGS).folder == folder


def test_the_settings_come_last(tmp_path, monkeypatch):
    seen = []
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda path, to: (seen.append(path.name), rename(path, to)))
    (tmp_path / "acme").mkdir()
    init(tmp_path / "acme", SETTINGS)
    assert seen == [*module.FOLDERS, "sheetsales.toml"]
