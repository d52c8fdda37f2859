"""Batches by the command line: one file of all, a cluster, and what cannot be resumed."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from pathlib import Path

import docx

from tests.small import AS_OF, state_of
from tests.word.test_cluster import cluster  # noqa: F401 - a fixture

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


def test_a_cluster_makes_the_same_documents(cli, small, tmp_path, cluster, monkeypatch):  # noqa: F811
    module = sys.modules["sheetsales.cli.docs.make"]
    monkeypatch.setattr(module, "_now", lambda: datetime.fromisoformat("2026-10-15T12:00:00"))
    whole = Path(shutil.copytree(small, tmp_path / "whole"))
    assert make(cli, whole, "--force").code == 0
    assert make(cli, small, "--force", "--scheduler", cluster.address).code == 0
    assert len([*(small / "documents").rglob("*.docx")]) == 3
    for part in ("documents", ".sheetsales/documents"):
        assert state_of(small / part) == state_of(whole / part)
