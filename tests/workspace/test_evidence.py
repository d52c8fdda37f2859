from __future__ import annotations

from datetime import datetime

import pytest

from sheetsales.actions.fill import fill
from sheetsales.contexts.hashing import data_hash
from sheetsales.errors import ScoreError, SheetsalesError
from sheetsales.workspace import Workspace
from sheetsales.workspace.evidence import build_context, collect_evidence, todays_hashes
from tests.small import AS_OF

MADE = datetime(2026, 9, 5, 10)  # noqa: DTZ001 - as a person reads the clock


@pytest.fixture
def workspace(small):
    return Workspace.open(small)


def register(workspace, **row):
    fields = {
        "document_id": "DOC-000001",
        "doc_type": "customer_card",
        "subject": "customer:C-000001",
        "file": "documents/customer_card/2026-10-15/a.docx",
        "generated_at": MADE,
        "state": "sent",
    }
    fill(workspace, {"document": [{**fields, **row}]})
    return todays_hashes(workspace)


def card(workspace, as_of):
    return data_hash(
        build_context(workspace, "customer_card", "C-000001", as_of=as_of, document_no="")
    )


def test_a_document_is_compared_as_of_the_day_it_was_made_for(workspace):
    assert register(workspace) == {"DOC-000001": card(workspace, AS_OF)}
    assert card(workspace, AS_OF) != card(workspace, MADE.date())


def test_a_document_in_another_folder_is_compared_as_of_its_making(workspace):
    assert register(workspace, file="scans/a.docx") == {"DOC-000001": card(workspace, MADE.date())}


@pytest.mark.parametrize(
    "row",
    [
        {"state": "superseded"},
        {"doc_type": "quotation"},
        {"subject": "customer:C-000404"},
        {"file": "scans/a.docx", "generated_at": None},
    ],
)
def test_what_cannot_or_need_not_be_compared_is_left_out(workspace, row):
    assert register(workspace, **row) == {}


def test_documents_can_be_left_out_of_the_evidence(workspace):
    register(workspace)
    assert collect_evidence(workspace, AS_OF, documents=False).document_hashes == {}
    assert set(collect_evidence(workspace, AS_OF).document_hashes) == {"DOC-000001"}


def test_what_hinders_the_actuals_is_told_elsewhere(workspace, monkeypatch):
    def fail(*_arguments, **_options):
        raise ScoreError("param-missing", key="alpha")

    monkeypatch.setattr("sheetsales.workspace.evidence.score_actuals", fail)
    assert collect_evidence(workspace, AS_OF).kpi_actuals is None


def test_a_record_that_there_is_not_is_refused(workspace):
    with pytest.raises(SheetsalesError):
        build_context(workspace, "customer_card", "C-000404", as_of=AS_OF, document_no="")
