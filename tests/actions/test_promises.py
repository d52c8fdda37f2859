"""What the demo company shows: planted errors are found, scores fold back, updates settle."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest

from sheetsales.actions.check import check
from sheetsales.actions.explain import explain
from sheetsales.actions.init import init
from sheetsales.actions.score import score
from sheetsales.actions.update import update
from sheetsales.cli.demo import make_company
from sheetsales.cli.options import Run
from sheetsales.sample import build_sample
from sheetsales.schema import load_regulation
from sheetsales.scores import SCORES, Params, recompute, score_tables
from sheetsales.starter import load_starter
from sheetsales.workspace import Settings, Workspace

REGULATION = load_regulation()


def company(folder, seed, locale="zh-Hant"):
    return make_company(Run(quiet=True, lang=locale), folder / "acme", locale, seed)


def expected(workspace, seed):
    sample = build_sample(
        REGULATION,
        load_starter(workspace.locale),
        seed=seed,
        as_of=workspace.as_of(),
        locale=workspace.locale,
    )
    return Counter((one.code, one.book, one.sheet, one.key, one.field) for one in sample.planted)


def found(workspace):
    report = check(workspace, as_of=workspace.as_of())
    return Counter(
        (one.code, REGULATION.tables[one.table].workbook, one.table, one.key, one.field)
        for one in report
        if one.severity != "info"
    )


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    workspace = company(tmp_path_factory.mktemp("scored"), 1)
    assert found(workspace) == expected(workspace, 1)
    score(workspace, (), as_of=workspace.as_of())
    workspace.reload()
    return workspace


def test_the_check_finds_exactly_what_was_planted_also_once_scored(scored):
    assert found(scored) == expected(scored, 1)


@pytest.mark.long
@pytest.mark.parametrize(("seed", "locale"), [(2, "zh-Hant"), (7, "en")])
def test_the_check_finds_exactly_what_was_planted_in_another_company(tmp_path, seed, locale):
    workspace = company(tmp_path, seed, locale)
    assert found(workspace) == expected(workspace, seed)


@pytest.mark.parametrize("locale", ["zh-Hant", "en"])
def test_an_empty_company_is_only_asked_for_its_particulars(tmp_path, locale):
    workspace = init(tmp_path / "new", Settings(company="Example", locale=locale))
    (problem,) = check(workspace, as_of=workspace.as_of())
    assert problem.message_id == "COL-required.particulars"


def test_every_appraisal_folds_back_from_its_printed_parts(scored):
    as_of = scored.as_of()
    params = Params.of(scored.frames, as_of)
    _, frames = score_tables(scored.frames, params, as_of=as_of)
    totals = dict(
        zip(scored.tables["appraisal"].keys(), scored.frames["appraisal"]["total"], strict=True)
    )
    assert len(totals) == 14
    for key, total in totals.items():
        derivation = SCORES["appraisal"].explain(frames, params, key, as_of=as_of)
        assert recompute(derivation) == Decimal(repr(total))


@pytest.mark.long
def test_the_cells_that_an_explanation_names_hold_the_inputs(scored):
    books: dict[str, openpyxl.Workbook] = {}
    seen = 0
    appraisals = scored.tables["appraisal"].keys()
    for key in appraisals:
        told = explain(scored, "appraisal", key, as_of=scored.as_of(), locale="zh-Hant")
        for cell in cells_of(told.nodes):
            if not cell.place.cell:
                continue
            name = cell.place.book
            if name not in books:
                books[name] = openpyxl.load_workbook(scored.path_of(name), data_only=True)
            book = books[name]
            held = book[cell.place.sheet][cell.place.cell].value
            assert agrees(held, cell), (cell, held)
            seen += 1
    assert seen > 500


def cells_of(nodes):
    for node in nodes:
        yield from node.inputs
        yield from cells_of(node.children)


def agrees(held, told):
    """Whether a cell holds what an explanation says: numbers exactly, keys and labels plainly."""
    value = told.cell.value
    if isinstance(held, datetime):
        return held.date() == value
    if isinstance(value, Decimal):
        text = held if isinstance(held, str) else repr(held)
        return Decimal(text) == value
    if isinstance(value, bool):
        return held == ("是" if value else "否")
    if value is None or held is None:
        return held is value
    return str(held).partition("｜")[0] in (value, told.shown)


def test_an_update_settles(scored, tmp_path):
    shutil.copytree(scored.folder, tmp_path / "copy")
    workspace = Workspace.open(tmp_path / "copy")
    as_of = workspace.as_of()
    first = update(workspace, as_of=as_of, report=check(workspace, as_of=as_of))
    assert first.books
    again = update(workspace, as_of=as_of, report=check(workspace, as_of=as_of))
    assert again.books == ()


def test_an_approved_target_that_was_edited_in_the_file_is_told(scored, tmp_path):
    shutil.copytree(scored.folder, tmp_path / "copy")
    workspace = Workspace.open(tmp_path / "copy")
    as_of = workspace.as_of()
    update(workspace, as_of=as_of, report=check(workspace, as_of=as_of))
    plans = workspace.frames["sales_plan"].set_index("plan_id")["state"]
    targets = workspace.frames["target"]
    approved = targets["plan_id"].map(plans).isin(["approved", "executing"])
    place = workspace.tables["target"].place(int(approved.idxmax()), "target_value")

    book = openpyxl.load_workbook(workspace.path_of(place.book))
    cell = book[place.sheet][place.cell]
    old, cell.value = cell.value, cell.value + 1
    book.save(workspace.path_of(place.book))
    workspace.reload()
    (problem,) = [one for one in check(workspace, as_of=as_of) if one.code == "PLN-04"]
    assert problem.place == place
    assert problem.arguments == {"old": Decimal(str(old)), "new": Decimal(str(old)) + 1}


def test_a_signed_contract_that_was_edited_in_the_file_is_told(scored, tmp_path):
    shutil.copytree(scored.folder, tmp_path / "copy")
    workspace = Workspace.open(tmp_path / "copy")
    as_of = workspace.as_of()
    update(workspace, as_of=as_of, report=check(workspace, as_of=as_of))
    frame = workspace.frames["contract"]
    position = int((frame["state"] == "performing").idxmax())
    place = workspace.tables["contract"].place(position, "end_on")

    book = openpyxl.load_workbook(workspace.path_of(place.book))
    book[place.sheet][place.cell].value = date(2031, 1, 2)
    book.save(workspace.path_of(place.book))
    workspace.reload()
    (problem,) = [one for one in check(workspace, as_of=as_of) if one.code == "CON-07"]
    assert problem.place == place
    assert problem.arguments["new"] == "2031-01-02"
