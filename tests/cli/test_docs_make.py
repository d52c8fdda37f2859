"""Batches by the command line: one file of all, and what cannot be resumed."""

from __future__ import annotations

import json
from pathlib import Path

import docx

from tests.small import AS_OF, state_of

KIND = "customer_card"


def make(cli, folder: Path, *options: object):
    return cli("docs", "make", KIND, "-C", folder, "--as-of", AS_OF, *options)


def texts_of(path: str) -> list[str]:
    document = docx.Document(path)
    rows = [row for table in document.tables for row in table.rows]
    texts = [paragraph.text for paragraph in document.paragraphs]
    return [*texts, *(cell.text for row in rows for cell in row.cells)]


def test_one_file_holds_all_documents_of_a_batch(cli, small):
    told = json.loads(make(cli, small, "--combined", "--json").out)
    combined = docx.Document(told["combined"])
    single = [texts_of(document["path"]) for document in told["documents"]]
    assert len(combined.sections) == len(single) == 2
    assert sorted(filter(None, texts_of(told["combined"]))) == sorted(
        text for texts in single for text in texts if text
    )


def test_there_is_nothing_to_resume_after_a_whole_batch(cli, small):
    assert make(cli, small).code == 1
    before = state_of(small)
    done = make(cli, small, "--resume")
    assert done.code == 3
    assert state_of(small) == before


def test_resume_takes_no_choice_of_records(cli, small):
    assert make(cli, small, "--resume", "--key", "C-000001").code == 2
    assert make(cli, small, "--resume", "--dry-run").code == 2
