from __future__ import annotations

import json
import shutil
from datetime import datetime

import docx
import pytest

from sheetsales.actions.check import check
from sheetsales.actions.documents import Batch, make_documents, resume_documents
from sheetsales.actions.documents.archive import register_path
from sheetsales.actions.documents.checking import check_own_templates
from sheetsales.actions.documents.plan import Plan
from sheetsales.errors import SheetsalesError
from sheetsales.locale.messages import Messages
from sheetsales.store import Pending, StoreFolder
from sheetsales.word import read_properties
from sheetsales.workspace import Workspace
from sheetsales.workspace.waiting import settle
from tests.small import AS_OF, edit, state_of

NOW = datetime(2026, 10, 20, 9, 30)  # noqa: DTZ001 - as a person reads the clock


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def made(workspace, **options):
    batch = Batch(options.pop("kind", "customer_card"), **options)
    report = check(workspace, as_of=AS_OF, documents=False)
    return make_documents(workspace, batch, report, as_of=AS_OF, now=NOW)


def keys(outcome):
    return [one.key for one in outcome.documents], [one.key for one in outcome.refused]


def test_sound_records_get_a_document_and_others_are_refused(workspace, small):
    outcome = made(workspace)
    assert keys(outcome) == (["C-000001", "C-000003"], ["C-000002"])
    (problem,) = outcome.refused[0].problems
    assert (problem.code, problem.field) == ("COL-required", "address")
    assert [one.path.parent for one in outcome.documents] == [
        small / "documents" / "customer_card" / "2026-10-15"
    ] * 2
    assert all(one.path.is_file() for one in outcome.documents)


def test_a_bad_record_is_made_when_asked_for_and_noted(workspace):
    outcome = made(workspace, keys=("C-000002",), force=True)
    (document,) = outcome.documents
    assert document.forced
    manifest = json.loads((document.path.parent / "manifest.json").read_text(encoding="utf-8"))
    assert [one["made_in_spite_of_errors"] for one in manifest["documents"]] == [True]


def test_a_document_is_registered_and_says_who_it_is(workspace, small):
    (document,) = made(workspace, keys=("C-000001",)).documents
    (row,) = workspace.frames["document"].to_dict("records")
    assert (row["document_id"], row["subject"], row["state"]) == (
        "DOC-000001",
        "customer:C-000001",
        "generated",
    )
    assert row["file"] == document.path.relative_to(small).as_posix()
    properties = read_properties(document.path)
    assert (properties["document_id"], properties["data_hash"]) == ("DOC-000001", row["data_hash"])
    snapshot = json.loads((small / ".sheetsales/documents/DOC-000001.json").read_text("utf-8"))
    assert snapshot["context"]["customer"]["name"] == "宏遠電子股份有限公司"
    assert (small / ".sheetsales/templates" / f"{snapshot['template']}.docx").is_file()


def test_a_newer_document_supersedes_the_older(workspace):
    made(workspace, keys=("C-000001",))
    made(workspace, keys=("C-000001", "C-000003"))
    assert workspace.frames["document"]["state"].tolist() == [
        "superseded",
        "generated",
        "generated",
    ]
    assert workspace.frames["document"]["document_id"].tolist()[1:] == ["DOC-000002", "DOC-000003"]


def test_a_document_is_told_when_its_data_move_on(workspace, small):
    made(workspace, keys=("C-000001",))
    codes = {one.code for one in check(workspace, as_of=AS_OF, tables=("document",))}
    assert codes == set()
    edit(small, "customer", "customer", {"C-000001": {"地址": "新竹市中華路 2 號"}})
    workspace.reload()
    (problem,) = check(workspace, as_of=AS_OF, tables=("document",))
    assert (problem.code, problem.key) == ("SYS-03", "DOC-000001")


def test_a_dry_run_names_the_files_and_makes_none(workspace, small):
    before = state_of(small)
    outcome = made(workspace, dry_run=True)
    assert [one.path.name for one in outcome.documents] == [
        "DOC-000001 宏遠電子股份有限公司.docx",
        "DOC-000002 旭日食品行.docx",
    ]
    assert state_of(small) == before


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ((("owner_id", "E-000002"),), ["C-000003"]),
        ((("status", "active"), ("owner_id", "E-000001")), ["C-000001"]),
        ((("status", "有效"),), ["C-000001", "C-000003"]),
        ((("status", "dormant"),), []),
        ((("credit_limit", ""),), ["C-000001", "C-000003"]),
    ],
)
def test_records_are_chosen_by_values_and_labels(workspace, where, expected):
    assert keys(made(workspace, where=where, dry_run=True))[0] == expected


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"keys": ("C-000404",)}, "record-missing"),
        ({"where": (("colour", "red"),)}, "field-unknown"),
        ({"where": (("status", "asleep"),)}, "value-unknown"),
    ],
)
def test_what_there_is_not_is_refused(workspace, options, code):
    with pytest.raises(SheetsalesError) as refused:
        made(workspace, **options)
    assert refused.value.code == code


def test_a_record_that_cannot_be_shown_is_refused_with_its_reason(workspace):
    outcome = made(workspace, kind="target_letter", keys=("E-000001",))
    (refused,) = outcome.refused
    assert (outcome.documents, refused.error.code) == ((), "document-subject")


def mistakes(workspace):
    found = check_own_templates(workspace)
    return [one for every in found.values() for one in every if one.severity != "info"]


def test_our_own_templates_have_no_mistakes(workspace):
    assert mistakes(workspace) == []


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_misspelt_field_stops_the_batch_before_anything_is_made(workspace, small, dry_run):
    path = small / "templates" / "customer_card.docx"
    template = docx.Document(str(path))
    template.add_paragraph("{{ favourite_colour }}")
    template.add_paragraph("{{ customer.favourite_colour }}")
    template.save(str(path))
    codes = [(one.code, one.field) for one in mistakes(workspace)]
    assert codes == [
        ("DOC-unknown-field", "favourite_colour"),
        ("DOC-unknown-field", "customer.favourite_colour"),
    ]
    before = state_of(small)
    with pytest.raises(SheetsalesError, match="template-mistakes") as refused:
        made(workspace, dry_run=dry_run)
    assert refused.value.arguments["count"] == 2
    assert state_of(small) == before


def test_a_template_whose_text_would_be_lost_is_refused_with_the_place(workspace, small):
    path = small / "templates" / "customer_card.docx"
    template = docx.Document(str(path))
    template.add_paragraph("Dear {%p if customer.name %} customer")
    template.add_paragraph("{%p endif %}")
    template.save(str(path))
    with pytest.raises(SheetsalesError, match="template-mistakes") as refused:
        made(workspace)
    what, do = Messages.load("en").error_texts(refused.value)
    assert "body, paragraph" in what
    assert "{%p if customer.name %}" in what
    assert "sheetsales docs check customer_card" in do
    assert not (small / "documents" / "customer_card").exists()


def test_a_batch_that_stopped_ends_as_if_it_had_not(small, tmp_path):
    whole = tmp_path / "whole"
    shutil.copytree(small, whole)
    made(Workspace.open(whole), force=True)

    def stop(done, _total, _left):
        if done == 2:
            raise KeyboardInterrupt

    batch = Batch("customer_card", force=True)
    workspace = Workspace.open(small)
    report = check(workspace, as_of=AS_OF, documents=False)
    with pytest.raises(KeyboardInterrupt):
        make_documents(workspace, batch, report, as_of=AS_OF, now=NOW, advance=stop)
    edit(small, "customer", "customer", {"C-000003": {"地址": "新竹市中華路 2 號"}})
    outcome = resume_documents(Workspace.open(small), Batch("customer_card", resume=True))
    assert [one.key for one in outcome.documents] == ["C-000001", "C-000002", "C-000003"]
    for folder in ("documents", ".sheetsales/documents"):
        assert state_of(small / folder) == state_of(whole / folder)
    rows = Workspace.open(small).frames["document"]
    assert rows["document_id"].tolist() == ["DOC-000001", "DOC-000002", "DOC-000003"]
    with pytest.raises(SheetsalesError, match="batch-none"):
        resume_documents(Workspace.open(small), Batch("customer_card", resume=True))


def test_an_unfinished_batch_is_told_of_and_its_ids_are_not_given_again(small):
    def stop(*_):
        raise KeyboardInterrupt

    workspace = Workspace.open(small)
    report = check(workspace, as_of=AS_OF, documents=False)
    batch = Batch("customer_card", keys=("C-000001",))
    with pytest.raises(KeyboardInterrupt):
        make_documents(workspace, batch, report, as_of=AS_OF, now=NOW, advance=stop)
    outcome = made(Workspace.open(small), keys=("C-000003",), combined=True)
    assert [one.document_id for one in outcome.documents] == ["DOC-000002"]
    assert [(one.kind, one.count) for one in outcome.unfinished] == [("customer_card", 1)]
    assert outcome.combined is not None
    assert outcome.combined.is_file()


def test_rows_that_wait_for_the_workbook_are_not_queued_twice(small, monkeypatch):
    book = register_path(Workspace.open(small))
    owner_file = book.with_name(f".~lock.{book.name}#")

    def opened(done, *_):
        owner_file.write_text(",陳二,pc,;", encoding="utf-8")

    def killed(self):
        raise KeyboardInterrupt

    workspace = Workspace.open(small)
    report = check(workspace, as_of=AS_OF, documents=False)
    batch = Batch("customer_card")
    with monkeypatch.context() as patched:
        patched.setattr(Plan, "note_registered", killed)
        with pytest.raises(KeyboardInterrupt):
            make_documents(workspace, batch, report, as_of=AS_OF, now=NOW, advance=opened)
    assert len(Pending(StoreFolder(small)).list()) == 1
    owner_file.unlink()
    workspace = Workspace.open(small)
    resume_documents(workspace, Batch("customer_card", resume=True))
    assert len(Pending(StoreFolder(small)).list()) == 1
    assert [one.state for one in settle(workspace)] == ["applied"]
    rows = workspace.frames["document"]
    assert rows["document_id"].tolist() == ["DOC-000001", "DOC-000002"]
