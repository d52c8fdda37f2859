"""Merges: no cell is lost, nobody wins silently, order and repetition make no difference."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetsales.errors import Conflict, ConflictError
from sheetsales.store import CellChange, CellError, Formula, Plan, RowChange, Workbook, system
from sheetsales.store.merge import agree, merge
from tests.store.books import openpyxl_book, staff_book
from tests.store.merging import (
    SHEET,
    TABLE,
    VALUES,
    Dice,
    ModelBook,
    base_book,
    disturb,
    made_plan,
)

CASES = st.binary(min_size=60, max_size=60)
MANY = settings(max_examples=3500, derandomize=True, deadline=None, database=None)


def book() -> ModelBook:
    found = ModelBook()
    for number, amount in enumerate((10, 20), 1):
        found.rows.rows[4 + number] = {
            "編號": f"C-{number}",
            "名稱": f"客戶{number}",
            "金額": amount,
            "備註": None,
        }
    return found


def update(cells: Mapping[str, tuple[object, object]], key: str = "C-1", row: int = 5) -> Plan:
    changes = tuple(CellChange("X1", header, *pair) for header, pair in cells.items())
    keys = ((key,), ("編號",)) if key else ((), ())
    return Plan("book.xlsx", "", (RowChange("客戶", row, "update", changes, TABLE, *keys),))


def addition(key: str, **cells: object) -> Plan:
    changes = [CellChange("A9", header, None, new) for header, new in cells.items()]
    first = CellChange("A9", "編號", None, key)
    row = RowChange("客戶", 9, "append", (first, *changes), TABLE, (key,), ("編號",))
    return Plan("book.xlsx", "", (row,))


def single(old: object, new: object, cell: str = "A1") -> Plan:
    return Plan("b", "", (RowChange(SHEET, 1, "set", (CellChange(cell, "", old, new),)),))


def reasons(current: ModelBook, plan: Plan) -> list[str]:
    return [conflict.reason for conflict in merge(plan, current).conflicts]


# Every case against the model: 10,500 of them.


@MANY
@given(CASES)
def test_what_both_sides_wrote_is_there_or_it_is_a_conflict(data: bytes) -> None:
    dice = Dice(data)
    base = base_book(dice)
    theirs, ours = made_plan(dice, base, "t"), made_plan(dice, base, "o")
    current, refused = base.merged(theirs)
    if refused:  # a plan that does not even fit its own base, such as one key added twice
        return
    result, conflicts = current.merged(ours)
    if conflicts:
        assert result.content() == current.content()
        check_conflicts_are_real(conflicts)
    else:
        written = (*theirs.rows, *ours.rows)
        for row in written:
            check_is_there(result, row, written)
        check_nothing_else_changed(base, result, written)


@MANY
@given(CASES)
def test_the_order_of_plans_without_conflict_and_their_repetition_make_no_difference(
    data: bytes,
) -> None:
    dice = Dice(data)
    base = base_book(dice)
    one, other = (made_plan(dice, base, name, keyless=False) for name in "ab")
    first, refused_one = base.merged(one)
    second, refused_other = base.merged(other)
    both, refused_then = first.merged(other)
    turned, refused_turned = second.merged(one)
    if not (refused_one or refused_other or refused_then or refused_turned):
        assert both.content() == turned.content()
    for result, refused, plan in (
        (first, refused_one, one),
        (second, refused_other, other),
        (both, refused_then, other),
    ):
        if not refused:
            again, conflicts = result.merged(plan)
            assert again.content() == result.content()
            assert bool(conflicts) is gives_new_keys(plan)


@MANY
@given(CASES)
def test_rows_and_columns_that_moved_are_found_or_it_is_a_conflict(data: bytes) -> None:
    dice = Dice(data)
    base = base_book(dice)
    plan = made_plan(dice, base, "o", keyless=False)
    current = base.copy()
    disturb(dice, current)
    result, conflicts = current.merged(plan)
    if conflicts:
        assert result.content() == current.content()
        return
    assert result.rows.formulas == current.rows.formulas
    for row in plan.rows:
        check_is_there(result, row, plan.rows)
    for number, held in current.rows.rows.items():
        touched = {cell.column for row in plan.rows for cell in row.cells if is_of(row, held)}
        plain = {header.strip() for header in touched}
        for header, value in held.items():
            if header.strip() not in plain:
                assert agree(result.rows.rows[number].get(header), value)


def is_of(row: RowChange, held: Mapping[str, object]) -> bool:
    return row.kind == "update" and row.key == (held["編號"],)


def gives_new_keys(plan: Plan) -> bool:
    changes = (row.cells for row in plan.rows if row.kind == "update")
    return any(cell.column == "編號" for cells in changes for cell in cells)


def check_conflicts_are_real(conflicts: tuple[object, ...]) -> None:
    for conflict in conflicts:
        assert isinstance(conflict, Conflict)
        if conflict.reason == "cell":
            assert not agree(conflict.base, conflict.theirs)
            assert not agree(conflict.theirs, conflict.ours)


def check_is_there(result: ModelBook, row: RowChange, written: tuple[RowChange, ...]) -> None:
    """Check that all cells of a change are in one row: that of its key, or of its place."""
    wanted = {cell.column: cell.new for cell in row.cells}
    if not row.table:
        for cell in row.cells:
            assert agree(result.single.cells.get(cell.cell), cell.new)
        return
    rows = list(result.rows.rows.values())
    if row.kind == "update" and not row.key:
        rows = [result.rows.rows[row.row]]
    elif row.kind == "update":
        keys = {
            other.key: cell.new
            for other in written
            for cell in other.cells
            if other.kind == "update" and cell.column == "編號"
        }
        rows = [each for each in rows if each.get("編號") == keys.get(row.key, row.key[0])]
    assert any(
        all(agree(_held(each, header), value) for header, value in wanted.items()) for each in rows
    )


def _held(row: Mapping[str, object], header: str) -> object:
    plain = {name.strip(): value for name, value in row.items()}
    return plain.get(header)


def check_nothing_else_changed(
    base: ModelBook, result: ModelBook, rows: tuple[RowChange, ...]
) -> None:
    written = {(row.row, cell.column) for row in rows for cell in row.cells if row.kind == "update"}
    for number, held in base.rows.rows.items():
        for header, value in held.items():
            if (number, header) not in written:
                assert agree(result.rows.rows[number][header], value)
    added = [row.key for row in rows if row.kind == "append"]
    keyless = added.count(())
    assert len(result.rows.rows) == len(base.rows.rows) + keyless + len({*added} - {()})


# Real workbooks.


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk: many saves, and none of them is about power cuts."""
    monkeypatch.setattr(system, "sync_file", lambda _: None)
    monkeypatch.setattr(system, "sync_folder", lambda _: None)


@pytest.mark.usefixtures("quick")
@settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(min_size=24, max_size=24))
def test_two_people_who_save_the_same_workbook_lose_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    dice = Dice(data)
    path = staff_copy(tmp_path_factory)
    with Workbook.open(path) as ours, Workbook.open(path) as theirs:
        wanted = [_edit(dice, each, name) for each, name in ((theirs, "t"), (ours, "o"))]
        theirs.save()
        before = path.read_bytes()
        if _overlap(*wanted):
            with pytest.raises(ConflictError):
                ours.save()
            assert path.read_bytes() == before
            return
        ours.save()
    read = Workbook.open(path).table("customer").read()
    rows = {key: place for place, key in enumerate(read.columns[0]) if key}
    for (key, header), value in (item for each in wanted for item in each.items()):
        held = read.columns[read.headers.index(header)][rows[key]]
        assert agree(held, value), (key, header)


def staff_copy(factory: pytest.TempPathFactory) -> Path:
    source = factory.getbasetemp() / "staff.xlsx"
    if not source.exists():
        staff_book(source)
    folder = factory.mktemp("merge")
    (folder / ".sheetsales").mkdir()
    return Path(shutil.copy(source, folder / "book.xlsx"))


def _edit(dice: Dice, opened: Workbook, name: str) -> dict[tuple[str, str], object]:
    """Change some cells by key, and perhaps add a row; return them by key and header."""
    table = opened.table("customer", key=["編號"])
    wanted: dict[tuple[str, str], object] = {}
    for number in range(1 + dice.below(3)):
        key = f"C-00000{1 + number}"
        values = {"名稱": f"{name}{dice.below(2)}", "金額": 1 + dice.below(2)}
        chosen = {header: value for header, value in values.items() if dice.below(2)}
        table.update({key: chosen})
        wanted |= {(key, header): value for header, value in chosen.items()}
    if dice.below(2):
        key = str(dice.of(("N-1", "N-2")))
        table.append([{"編號": key, "名稱": "新", "金額": 5}])
        wanted |= {(key, "編號"): key, (key, "名稱"): "新", (key, "金額"): 5}
    return wanted


def _overlap(
    one: Mapping[tuple[str, str], object], other: Mapping[tuple[str, str], object]
) -> bool:
    return any(not agree(value, other[place]) for place, value in one.items() if place in other)


@pytest.mark.usefixtures("quick")
@settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.binary(min_size=40, max_size=40))
def test_many_sessions_that_save_in_any_order_lose_no_acknowledged_cell(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    dice = Dice(data)
    path = staff_copy(tmp_path_factory)
    held: dict[tuple[str, str], object] = {
        (f"C-00000{number}", "名稱"): f"客戶{number}" for number in (1, 2, 3)
    }
    waiting: list[tuple[Workbook, dict[tuple[str, str], object], dict[tuple[str, str], object]]]
    waiting = []
    for number in range(10):
        if waiting and dice.below(2):
            opened, base, wanted = waiting.pop(dice.below(len(waiting)))
            clash = any(held[at] not in (base[at], value) for at, value in wanted.items())
            with opened:
                if clash:
                    with pytest.raises(ConflictError):
                        opened.save()
                else:
                    opened.save()
                    held |= wanted
        else:
            opened = Workbook.open(path)
            key = str(dice.of(sorted(key for key, _ in held)))
            value = f"v{dice.below(3)}-{number % 2}"
            opened.table("customer", key=["編號"]).update({key: {"名稱": value}})
            waiting.append((opened, dict(held), {(key, "名稱"): value}))
    read = Workbook.open(path).table("customer").read()
    assert {(key, "名稱"): value for key, value in zip(*read.columns[:2], strict=True)} == held


@pytest.mark.usefixtures("quick")
def test_rows_and_columns_are_found_after_another_program_moved_them(tmp_path: Path) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    (tmp_path / ".sheetsales").mkdir()
    with Workbook.open(path) as ours:
        ours.table("customer", key=["編號"]).update({"C-000001": {"名稱": "新"}})
        theirs = openpyxl_book(path)
        sheet = theirs["客戶"]
        rows = [[cell.value for cell in row] for row in sheet["B5:E7"]]
        for row, values in zip(sheet["B5:E7"], reversed(rows), strict=True):
            for cell, value in zip(row, values, strict=True):
                cell.value = value
        sheet["E7"].value = 7
        theirs.save(path)
        ours.save()
    read = Workbook.open(path).table("customer").read()
    assert list(read.columns[0]) == ["C-000003", "C-000002", "C-000001"]
    assert list(read.columns[1]) == ["客戶3", "客戶2", "新"]
    assert list(read.columns[3]) == [301.5, 201.0, 7.0]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("key", [["金額"], ["編號", "日期"], ["日期"]])
def test_rows_are_found_by_numbers_days_and_several_columns(tmp_path: Path, key: list[str]) -> None:
    path = staff_book(tmp_path / "book.xlsx")
    (tmp_path / ".sheetsales").mkdir()
    with Workbook.open(path) as book:
        table = book.table("customer", key=key)
        table.update_rows({6: {"名稱": "新"}})
        table.append([{"編號": "C-1", "日期": date(2026, 2, 1), "金額": Decimal("0.1")}])
        plan = Plan.from_json(book.changes.to_json())
    for _ in range(2):
        with Workbook.open(path) as book:
            book.apply(replace(plan, id=""))
            book.apply(replace(plan, id="another"))
            book.save()
    read = Workbook.open(path).table("customer").read()
    assert list(read.columns[1]) == ["客戶1", "新", "客戶3", ""]
    assert list(read.columns[3]) == [100.5, 201.0, 301.5, 0.1]


# One rule each.


def test_a_cell_that_both_changed_is_a_conflict_with_all_three_values() -> None:
    current = book()
    current.rows.rows[5]["名稱"] = "他們"
    found = merge(update({"名稱": ("客戶1", "我們"), "金額": (10, 11)}), current)
    assert found.conflicts == (
        Conflict(
            "book.xlsx", "客戶", TABLE, ("C-1",), "名稱", "X1", "客戶1", "他們", "我們", "cell"
        ),
    )


def test_the_same_change_on_both_sides_is_written_once() -> None:
    current = book()
    current.rows.rows[5]["名稱"] = "新"
    found = merge(update({"名稱": ("客戶1", "新"), "金額": (10, 11)}), current)
    assert not found.conflicts
    (row,) = found.plan.rows
    assert row.cells == (CellChange("C5", "金額", 10, 11),)


def test_a_row_that_moved_is_found_by_its_key() -> None:
    current = book()
    current.rows.rows = {7: current.rows.rows[6], 8: current.rows.rows[5]}
    found = merge(update({"名稱": ("客戶1", "新")}), current)
    assert [(row.row, row.cells[0].cell) for row in found.plan.rows] == [(8, "B8")]


def test_a_row_that_was_deleted_or_stands_there_twice_is_a_conflict() -> None:
    current = book()
    plan = update({"名稱": ("客戶1", "新")})
    current.rows.rows[7] = dict(current.rows.rows[5])
    assert reasons(current, plan) == ["two-rows"]
    del current.rows.rows[5], current.rows.rows[7]
    assert reasons(current, plan) == ["no-row"]


def test_a_column_is_found_by_its_header_however_wide_it_is_written() -> None:
    current = book()
    current.rows.headers = ["備註", "編號", " 名稱　", "金額"]
    for row in current.rows.rows.values():
        row[" 名稱　"] = row.pop("名稱")
    found = merge(update({"名稱": ("客戶1", "新")}), current)
    assert found.plan.rows[0].cells == (CellChange("C5", " 名稱　", "客戶1", "新"),)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["編號", "金額", "備註"], "no-column"),
        (["編號", "名稱 ", " 名稱", "金額"], "two-columns"),
        (["名稱", "金額"], "no-column"),
    ],
)
def test_a_column_that_is_missing_or_there_twice_is_a_conflict(
    headers: list[str], reason: str
) -> None:
    current = book()
    current.rows.headers = headers
    assert set(reasons(current, update({"名稱": ("客戶1", "新")}))) == {reason}


def test_a_formula_is_never_overwritten() -> None:
    current = book()
    current.rows.formulas = {(5, "金額")}
    current.single.cells, current.single.formulas = {"A1": 1}, {"A1": "B1*2"}
    assert reasons(current, update({"金額": (10, 11)})) == ["formula"]
    assert reasons(current, single(1, 2)) == ["formula"]
    assert reasons(current, single(1, Formula("=B1*2"))) == []
    assert reasons(current, single(1, Formula("=B1*3"))) == ["formula"]


def test_the_same_new_row_on_both_sides_is_added_once_and_a_different_one_is_a_conflict() -> None:
    current, _ = book().merged(addition("C-3", 名稱="新", 金額=5))
    assert merge(addition("C-3", 名稱="新", 金額=5.0), current).plan.rows == ()
    found = merge(addition("C-3", 名稱="別的", 金額=5), current).conflicts
    assert [(each.column, each.theirs, each.ours, each.reason) for each in found] == [
        ("名稱", "新", "別的", "key")
    ]
    assert reasons(current, addition("C-3", 名稱="新")) == ["key"]
    assert reasons(current, addition("C-3", 名稱="新", 金額=5, 備註="更多")) == ["key"]


def test_a_key_that_is_given_anew_must_be_free() -> None:
    current = book()
    assert reasons(current, update({"編號": ("C-1", "C-2")})) == ["key"]
    swap = (
        *update({"編號": ("C-1", "C-2")}).rows,
        *update({"編號": ("C-2", "C-1")}, "C-2", 6).rows,
    )
    assert reasons(current, Plan("b", "", swap)) == ["key", "key"]
    renamed, _ = current.merged(update({"編號": ("C-1", "C-9")}))
    assert reasons(renamed, update({"編號": ("C-1", "C-9")})) == ["key"]
    assert reasons(renamed, update({"編號": ("C-1", "C-8")})) == ["no-row"]


def test_a_row_without_a_key_is_taken_by_its_place_and_its_old_values() -> None:
    plan = update({"名稱": ("客戶1", "新")}, key="")
    assert merge(plan, book()).plan.rows[0].row == 5
    moved = book()
    moved.rows.rows = {5: moved.rows.rows[6]}
    assert reasons(moved, plan) == ["cell"]
    assert reasons(moved, update({"名稱": ("客戶1", "新")}, key="", row=6)) == ["no-row"]


def test_a_table_or_sheet_that_went_away_is_a_conflict() -> None:
    plan = update({"名稱": ("客戶1", "新")})
    gone = Plan("b", "", tuple(replace(row, table="別的") for row in plan.rows))
    assert reasons(book(), gone) == ["no-table"]
    lost = Plan("b", "", tuple(replace(row, sheet="別的") for row in single(None, 1).rows))
    assert reasons(book(), lost) == ["no-sheet"]


def test_a_rewritten_table_is_no_matter_of_merging() -> None:
    rows = tuple(replace(row, kind="replace") for row in update({"名稱": ("?", "新")}).rows)
    assert merge(Plan("b", "", rows), book()) == (Plan("b", ""), ())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (Decimal("0.1"), 0.1, True),
        (1, True, False),
        (1, "1", False),
        ("", None, True),
        (date(2026, 1, 2), datetime(2026, 1, 2), True),  # noqa: DTZ001
        (datetime(2026, 1, 2, 3, 0, 0, 1), datetime(2026, 1, 2, 3), True),  # noqa: DTZ001
        (datetime(2026, 1, 2, 3, 0, 1), datetime(2026, 1, 2, 3), False),  # noqa: DTZ001
        (CellError("#N/A"), CellError("#N/A"), True),
        (CellError("#N/A"), "#N/A", False),
        (Formula("=A1"), Formula("A1"), True),
        (Formula("A1"), "A1", False),
    ],
)
def test_values_agree_if_a_cell_holds_them_alike(one: object, other: object, same: bool) -> None:
    assert agree(one, other) is same
    assert agree(other, one) is same


@given(st.sampled_from(VALUES), st.sampled_from(VALUES))
def test_different_values_never_agree(one: object, other: object) -> None:
    assert agree(one, other) is (one is other)
